"""More practices by SQL: copies of one, each row with ids of its own, made as the owner.

An id of a copy is a hash of the id and the copy's number, so references stay right without a map.
The audit trail is left out: it is a chain of seals, and a copy of it would be a forged one. What is
encrypted is bound to the row that it stood in, so nobody can read it in a copy: the copies are
closed practices, and their texts are due in ten years, so that no sweep and no dispatcher tries.
"""

from __future__ import annotations

import contextlib
from typing import Any

from django.apps import apps
from django.db import models
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from benchmarks import databases
from portal.people.models import User
from portal.practices.models import Membership, Practice, PracticeStatus
from portal.tenancy.models import PracticeOwned
from reminders.models import Reminder

_LEFT_OUT = {"audit"}
_LATER: dict[tuple[type[models.Model], str], str] = {
    (Practice, "status"): f"'{PracticeStatus.CLOSED}'",
    (Reminder, "due_at"): "t.due_at + interval '10 years'",
    (Reminder, "expires_at"): "t.expires_at + interval '10 years'",
}


def add_practices(database: str, *, source: str, first: int, count: int) -> int:
    """Copy the practice `source` `count` times; returns how many rows that made."""
    made = 0
    with contextlib.closing(databases.connect(database)) as connection:
        connection.autocommit = False
        with connection, connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("SELECT id FROM practices_practice WHERE slug = %s", [source])
            [practice_id] = cursor.fetchone() or [None]
            _let_triggers(cursor, "DISABLE")  # a rule about how rows change is none about copies
            for model in _tables():
                made += _copy(cursor, model, practice_id, first, count)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            _let_triggers(cursor, "ENABLE")
        connection.autocommit = True
        connection.cursor().execute("ANALYZE")
    return made


def _tables() -> list[type[models.Model]]:
    owned = [each for each in apps.get_models() if issubclass(each, PracticeOwned)]
    return [Practice, User, *(each for each in owned if each._meta.app_label not in _LEFT_OUT)]


def _let_triggers(cursor: Cursor, what: str) -> None:
    for model in _tables():
        cursor.execute(f'ALTER TABLE "{model._meta.db_table}" {what} TRIGGER USER')


def _copy(cursor: Cursor, model: type[models.Model], source: Any, first: int, count: int) -> int:
    fields = [field for field in model._meta.local_concrete_fields if not _is_counted(field)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_LATER.get((model, field.name)) or _value(field) for field in fields)
    places = Membership._meta.db_table
    of_source = {
        Practice: "t.id = %s",
        User: f"t.id IN (SELECT user_id FROM {places} WHERE practice_id = %s)",  # noqa: S608 - ours
    }.get(model, "t.practice_id = %s")
    cursor.execute(
        f'INSERT INTO "{model._meta.db_table}" ({columns}) '  # noqa: S608 - names of our own tables
        f'SELECT {values} FROM "{model._meta.db_table}" AS t, '
        f"generate_series(%s, %s) AS copy WHERE {of_source}",
        [first, first + count - 1, source],
    )
    return int(cursor.rowcount)


def _is_counted(field: models.Field[Any, Any]) -> bool:
    """A number that the database gives by itself."""
    return isinstance(field, models.AutoField | models.BigAutoField)


def _value(field: models.Field[Any, Any]) -> str:
    column = f't."{field.column}"'
    related = field.related_model
    copied = isinstance(related, type) and issubclass(related, (PracticeOwned, Practice, User))
    if field.primary_key or copied or field.column == "practice_id":
        return f"md5({column}::text || copy)::uuid"
    if isinstance(field, models.UUIDField):  # names a row without a key to it
        return f"md5({column}::text || copy)::uuid" if field.unique else column
    if isinstance(field, models.EmailField):
        return f"CASE WHEN {column} = '' THEN '' ELSE copy || '.' || {column} END"
    if field.unique and isinstance(field, models.BinaryField):
        return f"{column} || copy::text::bytea"
    if field.unique:
        return f"left({column}, 40) || '-' || copy"
    return column
