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
    array, or one whose value is encrypted for its row.
    """
    if not rows:
        return
    model = type(rows[0])
    by_name = {field.name: field for field in model._meta.concrete_fields}
    key, *columns = (by_name[name] for name in ("id", *fields))
    connection = connections["default"]
    for field in columns:
        if isinstance(field, ArrayField) or field.get_internal_type() == "BinaryField":
            message = f"{field} cannot be written in bulk."
            raise ValueError(message)

    def quote(field: models.Field[Any, Any]) -> str:
        return connection.ops.quote_name(str(field.column))

    table = connection.ops.quote_name(model._meta.db_table)
    sets = ", ".join(f"{quote(f)} = given.{quote(f)}" for f in columns)
    names = ", ".join(quote(f) for f in (key, *columns))
    arrays = ", ".join(f"%s::{f.db_type(connection)}[]" for f in (key, *columns))
    values = [
        [f.get_db_prep_save(getattr(row, f.attname), connection) for row in rows]
        for f in (key, *columns)
    ]
    statement = (
        f"UPDATE {table} SET {sets} FROM unnest({arrays}) AS given({names}) "  # noqa: S608
        f"WHERE {table}.{quote(key)} = given.{quote(key)} "
        f"AND {table}.practice_id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, current_practice_id()])


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
    by_name = {field.name: field for field in model._meta.concrete_fields}
    given, fixed = [by_name[name] for name in fields], [by_name[name] for name in same]
    for field in (*given, *fixed):
        if isinstance(field, ArrayField) or field.get_internal_type() == "BinaryField":
            message = f"{field} cannot be written in bulk."
            raise ValueError(message)

    def listed(columns: Sequence[models.Field[Any, Any]]) -> str:
        return "".join(f", {connection.ops.quote_name(str(f.column))}" for f in columns)

    table = connection.ops.quote_name(model._meta.db_table)
    arrays = ", ".join(f"%s::{f.db_type(connection)}[]" for f in given)
    statement = (
        f"INSERT INTO {table} (id, practice_id{listed(fixed)}{listed(given)}) "  # noqa: S608
        f"SELECT gen_random_uuid(), %s{', %s' * len(fixed)}{listed(given)} "
        f"FROM unnest({arrays}) AS given({listed(given)[2:]}) ON CONFLICT DO NOTHING"
    )
    columns = [_array(column) for column in zip(*rows, strict=True)]
    values = [f.get_db_prep_save(same[f.name], connection) for f in fixed]
    with connection.cursor() as cursor:
        cursor.execute(statement, [current_practice_id(), *values, *columns])
        return int(cursor.rowcount)


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
