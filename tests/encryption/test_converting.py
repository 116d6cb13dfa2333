"""An older installation's plain column becomes ciphertext that the portal reads, row by row."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import connections, migrations, models
from django.db.migrations.state import ProjectState

from portal.encryption import cipher, converting, keyring
from portal.encryption.fields import EncryptedTextField
from portal.tenancy.context import practice_scope
from tests.cast import Cast
from tests.environment.fixtures import CommittedDatabase

pytestmark = pytest.mark.committed
TABLE = "work_old"
MADE = migrations.CreateModel(
    "Old",
    [
        ("id", models.UUIDField(primary_key=True)),
        ("practice_id", models.UUIDField()),
        ("patient_id", models.UUIDField(null=True)),
        ("words", models.TextField()),
    ],
)


def migrate(state: ProjectState, *operations: migrations.operations.base.Operation) -> None:
    """Run operations as the owner, in one transaction, as a migration does."""
    with connections["owner"].schema_editor(atomic=True) as editor:
        for operation in operations:
            before = state.clone()
            operation.state_forwards("work", state)
            operation.database_forwards("work", editor, before, state)


def test_rows_of_every_owner_are_converted_and_nothing_plain_is_left(
    cast: Cast, committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converting, "BATCH", 2)
    patients = [cast.patient("ana").pk, cast.patient("ben").pk, None]
    rows: dict[UUID, tuple[UUID | None, str]] = {
        uuid4(): (patients[n % 3], f"canary {n}" if n else "") for n in range(7)
    }
    state = ProjectState()
    migrate(state, MADE)
    with connections["owner"].cursor() as cursor:
        for pk, (patient, words) in rows.items():
            cursor.execute(
                f"INSERT INTO {TABLE} VALUES (%s, %s, %s, %s)",  # noqa: S608 - our own name
                [pk, cast.alder.pk, patient, words],
            )
    field = EncryptedTextField(patient="patient_id")
    migrate(
        state,
        *converting.encrypt_column("old", field, name="words", table=TABLE, patient="r.patient_id"),
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT id, words FROM {TABLE}")  # noqa: S608 - our own name
        stored = {pk: bytes(sealed) for pk, sealed in cursor.fetchall()}
        cursor.execute(f"DROP TABLE {TABLE}")
    assert stored.keys() == rows.keys()
    with practice_scope(cast.alder.pk):
        for pk, (patient, words) in rows.items():
            assert b"canary" not in stored[pk]
            if not words:
                assert stored[pk] == b""
                continue
            key = keyring.for_reading(cipher.kid_of(stored[pk]), of_patient=patient is not None)
            assert key.patient_id == patient
            place = cipher.field_place(cast.alder.pk, TABLE, "words", pk)
            assert cipher.unseal(stored[pk], key=key.key, place=place).decode() == words
