"""For migrations: what stood as plain text is stored encrypted from then on.

Runs as the owner, in the migration's own transaction, over every practice. There is no way back:
nobody turns encryption off by migrating backwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import migrations, router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from portal.encryption import cipher
from portal.encryption.fields import BlindField, EncryptedField
from portal.encryption.models import PatientKey, PracticeKey, Purpose
from portal.encryption.opened import (
    OpenKey,
    open_patient_key,
    open_practice_key,
    wrap_under_keeper,
    wrap_under_practice,
)

BATCH = 500


class _ChangeRows(Operation):
    """As `RunPython`, which builds every model of the project anew before it calls.

    `change` gets the models as they stand, and the schema's editor.
    """

    reversible = False
    reduces_to_sql = False

    def __init__(self, change: Callable[[Any, BaseDatabaseSchemaEditor], None]) -> None:
        self.change = change

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model changes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            self.change(to_state.apps, schema_editor)

    def describe(self) -> str:
        return "Change rows"


def encrypt_column(
    model: str, field: EncryptedField, *, name: str, table: str, patient: str = ""
) -> list[Any]:
    """The operations that put the encrypted `field` in the place of the plain one called `name`.

    `patient` is SQL that says, for a row `r`, whose key it is. Indexes and constraints that name
    the column are for the migration to take away before, and to bring back where they still hold.
    """
    during = f"{name}_sealed"
    loose = field.clone()
    loose.null = True
    return [
        migrations.AddField(model, during, loose),
        _ChangeRows(_converting(table, name, during, patient or "NULL::uuid")),
        migrations.RemoveField(model, name),
        migrations.RenameField(model, during, name),
        *([] if field.null else [migrations.AlterField(model, name, field)]),
    ]


def _converting(
    table: str, name: str, during: str, patient: str
) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    select = (
        f'SELECT r.id, r.practice_id, {patient}, r."{name}"::text FROM "{table}" r '  # noqa: S608 - names from a migration
        f'WHERE r."{name}" IS NOT NULL AND r.id > %s ORDER BY r.id LIMIT %s'
    )
    update = f'UPDATE "{table}" SET "{during}" = %s WHERE id = %s'  # noqa: S608 - as above

    def convert(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        with schema_editor.connection.cursor() as cursor:
            keys, after = OwnersKeys(cursor), UUID(int=0)
            while True:
                cursor.execute(select, [after, BATCH])
                rows = cursor.fetchall()
                if not rows:
                    return settle(cursor)
                for row_id, practice_id, patient_id, value in rows:
                    place = cipher.field_place(practice_id, table, name, row_id)
                    cursor.execute(
                        update, [keys.seal(practice_id, patient_id, value, place), row_id]
                    )
                after = rows[-1][0]

    return convert


def add_tokens(model: str, field: BlindField, *, name: str, table: str) -> list[Any]:
    """The operations that add a blind index beside its attribute, while that is still plain."""
    select = f'SELECT id, practice_id, "{field.of}" FROM "{table}"'  # noqa: S608 - names from a migration
    update = f'UPDATE "{table}" SET "{name}" = %s WHERE id = %s'  # noqa: S608 - as above

    def fill(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        stored = apps.get_model(model)._meta.get_field(name)
        with schema_editor.connection.cursor() as cursor:
            keys = OwnersKeys(cursor)
            cursor.execute(select)
            for row_id, practice_id, value in cursor.fetchall():
                key = keys.practice(practice_id, Purpose.LOOKUP).key
                cursor.execute(update, [stored.tokens(value, key), row_id])
            settle(cursor)

    return [
        migrations.AddField(model.rsplit(".", 1)[1], name, field),
        _ChangeRows(fill),
    ]


def settle(cursor: Any) -> None:
    """Check the keys between rows that were changed, so that their tables can be altered next."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class OwnersKeys:
    """The keys of all practices, for the role that may see them; made where there are none."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._open: dict[tuple[UUID, UUID | str], OpenKey] = {}

    def seal(self, practice_id: UUID, patient_id: UUID | None, value: str, place: bytes) -> bytes:
        """The stored form of a text; b"" for an empty one."""
        if not value:
            return b""
        key = self.patient(practice_id, patient_id) if patient_id else self.practice(practice_id)
        return cipher.seal(value.encode(), key=key.key, kid=key.kid, place=place)

    def practice(self, practice_id: UUID, purpose: str = Purpose.DATA) -> OpenKey:
        """The practice's current key for a purpose."""
        at = (practice_id, str(purpose))
        if at not in self._open:
            row = self._row(PracticeKey, practice_id, "purpose", str(purpose), ("purpose", "kek"))
            if row is None:
                row = PracticeKey(practice_id=practice_id, purpose=str(purpose))
                wrap_under_keeper(row, cipher.new_key())
                self._insert(row, ("purpose", "kek"))
            self._open[at] = open_practice_key(row)
        return self._open[at]

    def patient(self, practice_id: UUID, patient_id: UUID) -> OpenKey:
        """The patient's current key."""
        if (practice_id, patient_id) not in self._open:
            columns = ("patient_id", "wrapped_by_id")
            row = self._row(PatientKey, practice_id, "patient_id", patient_id, columns)
            if row is None:
                row = PatientKey(practice_id=practice_id, patient_id=patient_id)
                wrap_under_practice(row, cipher.new_key(), self.practice(practice_id))
                self._insert(row, columns)
            row.wrapped_by = self._practice_row(row.wrapped_by_id)
            self._open[practice_id, patient_id] = open_patient_key(row)
        return self._open[practice_id, patient_id]

    def _row(
        self, model: Any, practice_id: UUID, column: str, value: object, more: tuple[str, ...]
    ) -> Any:
        names = ("id", "practice_id", "wrapped", "destroyed_at", *more)
        self._cursor.execute(
            f"SELECT {', '.join(names)} FROM {model._meta.db_table} "  # noqa: S608 - our own names
            f"WHERE practice_id = %s AND {column} = %s AND retired_at IS NULL",
            [practice_id, value],
        )
        found = self._cursor.fetchone()
        return model(**dict(zip(names, found, strict=True))) if found else None

    def _practice_row(self, kid: UUID) -> PracticeKey:
        self._cursor.execute(
            "SELECT id, practice_id, wrapped, purpose, kek FROM encryption_practicekey "
            "WHERE id = %s",
            [kid],
        )
        names = ("id", "practice_id", "wrapped", "purpose", "kek")
        return PracticeKey(**dict(zip(names, self._cursor.fetchone(), strict=True)))

    def _insert(self, row: Any, more: tuple[str, ...]) -> None:
        names = ("id", "practice_id", "wrapped", *more)
        marks = ", ".join(["%s"] * len(names))
        self._cursor.execute(
            f"INSERT INTO {row._meta.db_table} ({', '.join(names)}, created_at) "  # noqa: S608 - our own names
            f"VALUES ({marks}, now())",
            [getattr(row, name) for name in names],
        )
