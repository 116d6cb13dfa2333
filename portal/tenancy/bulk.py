"""Write many rows, or a few columns of many, in one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models

from portal.tenancy.context import current_practice_id


def write_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Save these fields of these rows, all of one model and of the ambient practice.

    As `bulk_update`, but the values travel as one array for each column, so that the cost of a row
    does not grow with its neighbours. Raises ValueError for a column that cannot travel so: an
    array, JSON, or one whose value is encrypted for its row.
    """
    if not rows:
        return
    columns = _columns(type(rows[0]), ["id", *fields])
    values = [[getattr(row, field.attname) for field in columns] for row in rows]
    write_values(type(rows[0]), fields, values)


def write_values(
    model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """The same for rows that are no objects: each has its id first, then a value for each field."""
    if not rows:
        return
    columns = _columns(model, ["id", *fields])
    table, key, *names = _quoted(model._meta.db_table, *(f.column for f in columns))
    sets = ", ".join(f"{name} = given.{name}" for name in names)
    statement = (
        f"UPDATE {table} SET {sets} FROM unnest({_arrays(columns)}) "  # noqa: S608
        f"AS given({', '.join([key, *names])}) WHERE {table}.{key} = given.{key} "
        f"AND {table}.practice_id = %s"
    )
    values = [_array(column) for column in zip(*rows, strict=True)]
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, [*values, current_practice_id()])


def insert_rows(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    same: Mapping[str, object],
    first_wins: bool = False,
) -> int:
    """Insert rows of the ambient practice; returns how many.

    `rows` are tuples in the order of `fields`, whose columns are uuids, arrays of them, texts,
    numbers or moments; `same` holds what every row has. Ids that are not given are made by the
    database. No model is built and nothing is asked of it: this is for hundreds of rows whose
    values the caller has made itself. Where `first_wins`, a row that is there already stays.
    Raises ValueError as `write_rows`.
    """
    if not rows:
        return 0
    connection = connections["default"]
    columns, fixed = _columns(model, fields, arrays=True), _columns(model, list(same))
    [table] = _quoted(model._meta.db_table)
    names = _quoted(*(f.column for f in columns))
    into = ["practice_id", *_quoted(*(f.column for f in fixed)), *names]
    chosen = ["%s"] * (1 + len(fixed)) + [
        f"{name}::{f.db_type(connection)}" if isinstance(f, ArrayField) else name
        for f, name in zip(columns, names, strict=True)
    ]
    if "id" not in fields:
        into, chosen = ["id", *into], ["gen_random_uuid()", *chosen]
    statement = (
        f"INSERT INTO {table} ({', '.join(into)}) SELECT {', '.join(chosen)} "  # noqa: S608
        f"FROM unnest({_arrays(columns)}) AS given({', '.join(names)})"
        f"{' ON CONFLICT DO NOTHING' if first_wins else ''}"
    )
    given = [_array(column) for column in zip(*rows, strict=True)]
    values = [f.get_db_prep_save(same[f.name], connection) for f in fixed]
    with connection.cursor() as cursor:
        cursor.execute(statement, [current_practice_id(), *values, *given])
        return int(cursor.rowcount)


def _columns(
    model: type[models.Model], names: Sequence[str], *, arrays: bool = False
) -> list[models.Field[Any, Any]]:
    """The fields of these names. Raises ValueError for one that cannot travel in an array."""
    by_name = {field.name: field for field in model._meta.concrete_fields}
    for field in (found := [by_name[name] for name in names]):
        is_array = isinstance(field, ArrayField) and not arrays
        if is_array or field.get_internal_type() in ("BinaryField", "JSONField"):
            message = f"{field} cannot be written in bulk."
            raise ValueError(message)
    return found


def _quoted(*names: str | None) -> list[str]:
    return [connections["default"].ops.quote_name(str(name)) for name in names]


def _arrays(columns: Sequence[models.Field[Any, Any]]) -> str:
    """A placeholder for each column, of its type; an array in an array travels as its text."""
    connection = connections["default"]
    return ", ".join(
        "%s::text[]" if isinstance(f, ArrayField) else f"%s::{f.db_type(connection)}[]"
        for f in columns
    )


def _array(column: Sequence[object]) -> str:
    """A column as the text of one array: a single value to the parser, however long."""
    return "{" + ",".join(map(_element, column)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        value = _array(value)
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"'
    return f'"{value}"' if isinstance(value, dt.datetime) else str(value)
