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


def create_rows(rows: Sequence[models.Model]) -> None:
    """Insert these rows, all of one model and of the ambient practice: `bulk_create` by arrays.

    Their ids are their own. Raises ValueError as `write_rows`, except for arrays of uuids.
    """
    if not rows:
        return
    model = type(rows[0])
    own = [field.name for field in model._meta.concrete_fields if field.name != "practice_id"]
    columns = _columns(model, own, arrays=True)
    table, *names = _quoted(model._meta.db_table, *(f.column for f in columns))
    given = ", ".join(
        f"{name}::{f.db_type(connections['default'])}" if isinstance(f, ArrayField) else name
        for f, name in zip(columns, names, strict=True)
    )
    statement = (
        f"INSERT INTO {table} (practice_id, {', '.join(names)}) "  # noqa: S608
        f"SELECT %s, {given} FROM unnest({_arrays(columns)}) AS given({', '.join(names)})"
    )
    values = [_array([_value(row, f) for row in rows]) for f in columns]
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, [current_practice_id(), *values])


def insert_rows(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    same: Mapping[str, object],
) -> int:
    """Insert rows of the ambient practice; returns how many, since one that is there already wins.

    `rows` are tuples in the order of `fields`, whose columns are uuids, texts, numbers or moments;
    `same` holds what every row has. Ids are made by the database. No model is built and nothing is
    asked of it: this is for thousands of rows whose values the caller has made itself.
    """
    if not rows:
        return 0
    connection = connections["default"]
    given, fixed = _columns(model, fields), _columns(model, list(same))
    [table] = _quoted(model._meta.db_table)
    names = _quoted(*(f.column for f in given))
    into = ", ".join(["id", "practice_id", *_quoted(*(f.column for f in fixed)), *names])
    statement = (
        f"INSERT INTO {table} ({into}) "  # noqa: S608
        f"SELECT gen_random_uuid(), {', '.join(['%s'] * (1 + len(fixed)) + names)} "
        f"FROM unnest({_arrays(given)}) AS given({', '.join(names)}) ON CONFLICT DO NOTHING"
    )
    columns = [_array(column) for column in zip(*rows, strict=True)]
    values = [f.get_db_prep_save(same[f.name], connection) for f in fixed]
    with connection.cursor() as cursor:
        cursor.execute(statement, [current_practice_id(), *values, *columns])
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


def _value(row: models.Model, field: models.Field[Any, Any]) -> object:
    value = getattr(row, field.attname)
    return _array(value) if isinstance(field, ArrayField) else value


def _array(column: Sequence[object]) -> str:
    """A column as the text of one array: a single value to the parser, however long."""
    return "{" + ",".join(map(_element, column)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"'
    return f'"{value}"' if isinstance(value, dt.datetime) else str(value)
