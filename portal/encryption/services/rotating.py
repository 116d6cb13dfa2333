"""New keys while people work: made, put in force, and every value encrypted anew in batches.

A run that is killed is taken up by the next: what is to do is read from the rows. Keys change in
moments of their own, which wait for whoever writes under the old one; rows that somebody holds are
left for the next round, so nobody waits for a rotation longer than for one batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext as _

from portal import clock
from portal.encryption import keyring
from portal.encryption.fields import EncryptedField
from portal.encryption.kek import keeper
from portal.encryption.models import KeyRotation, PatientKey, PracticeKey, Purpose
from portal.encryption.opened import (
    open_patient_key,
    open_practice_key,
    wrap_under_keeper,
    wrap_under_practice,
)
from portal.encryption.places import encrypted_fields
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError

BATCH = 500
_ROUND_AGAIN_SECONDS, _PATIENCE_SECONDS = 0.2, 60.0
# A key that several people write under at once is free for moments only: look often, it is cheap.
_KEY_AGAIN_SECONDS = 0.01
Progress = Callable[[str], None]


def rotate(practice_id: UUID, *, patients: bool, say: Progress) -> int:
    """Replace the practice's key, with `patients` theirs too; returns how many values were moved.

    Takes up an unfinished rotation instead of beginning another. Outside any transaction. Raises
    KeyUnavailable, and DomainError where somebody holds a row for a minute.
    """
    rotation = _begin(practice_id, patients=patients)
    _until_none(lambda: _renew_practice_key(rotation))
    _until_none(lambda: _rewrap_patients(rotation), pause=_KEY_AGAIN_SECONDS)
    if rotation.of_patients:
        _until_none(lambda: _renew_patients(rotation), pause=_KEY_AGAIN_SECONDS)
    moved = 0
    for model, fields in encrypted_fields():
        count = _until_none(lambda m=model, f=fields: _reencrypt(practice_id, m, f, say))  # type: ignore[misc]  # bound at once
        moved += count
        say(f"{model._meta.label}: {count} rows")
    with practice_scope(practice_id):
        KeyRotation.objects.filter(pk=rotation.pk).update(finished_at=clock.now())
    return moved


def rewrap(practice_id: UUID) -> int:
    """Wrap the practice's keys under the current key-encryption key; returns how many were not."""
    count = 0
    with practice_scope(practice_id):
        rows = PracticeKey.objects.exclude(kek=keeper().current).filter(destroyed_at=None)
        for row in rows.select_for_update().order_by("pk"):
            wrap_under_keeper(row, open_practice_key(row).key)
            row.save(update_fields=["kek", "wrapped"])
            count += 1
    return count


def _begin(practice_id: UUID, *, patients: bool) -> KeyRotation:
    with practice_scope(practice_id):
        new = KeyRotation(of_patients=patients, started_at=clock.now())
        KeyRotation.objects.bulk_create([new], ignore_conflicts=True)
        return KeyRotation.objects.get(finished_at=None)


def _until_none(
    step: Callable[[], tuple[int, bool]], *, pause: float = _ROUND_AGAIN_SECONDS
) -> int:
    """Repeat a step, which says how many it did and whether rows were left, until none are."""
    total, moved_at = 0, time.monotonic()
    while time.monotonic() - moved_at < _PATIENCE_SECONDS:
        count, left = step()
        total += count
        if not left:
            return total
        if count:
            moved_at = time.monotonic()
        else:
            time.sleep(pause)  # all that is left is in somebody's hands
    raise DomainError(_("Some rows stay in other hands. Run it again: it goes on from here."))


def _renew_practice_key(rotation: KeyRotation) -> tuple[int, bool]:
    with practice_scope(rotation.practice_id):
        old = (
            PracticeKey.objects.filter(
                purpose=Purpose.DATA, retired_at=None, created_at__lt=rotation.started_at
            )
            .select_for_update()
            .first()
        )
        if old is not None:
            _replace(old, Purpose.DATA)
    return 0, False


def _renew_patients(rotation: KeyRotation) -> tuple[int, bool]:
    with practice_scope(rotation.practice_id):
        old = PatientKey.objects.filter(
            retired_at=None, destroyed_at=None, created_at__lt=rotation.started_at
        )
        rows = list(old.select_for_update(skip_locked=True).order_by("pk")[:BATCH])
        for row in rows:
            _replace(row, row.patient_id)
        return len(rows), old.exists()


def _replace(row: Any, owner: UUID | str) -> None:
    """Retire a locked key and put a new one in its place, in this transaction."""
    row.retired_at = clock.now()
    row.save(update_fields=["retired_at"])
    keyring.make_key(owner).save(force_insert=True)


def _rewrap_patients(rotation: KeyRotation) -> tuple[int, bool]:
    """Patients' keys under the practice's current one; the values stay as they are."""
    with practice_scope(rotation.practice_id):
        current = keyring.for_writing(None)
        outside = PatientKey.objects.filter(destroyed_at=None).exclude(wrapped_by_id=current.kid)
        rows = list(
            outside.select_related("wrapped_by")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("pk")[:BATCH]
        )
        for row in rows:
            wrap_under_practice(row, open_patient_key(row).key, current)
            row.save(update_fields=["wrapped", "wrapped_by"])
        return len(rows), outside.exists()


def _reencrypt(
    practice_id: UUID, model: Any, fields: list[EncryptedField], say: Progress
) -> tuple[int, bool]:
    """One round over a table: what is still under retired keys, some hundred rows at a time."""
    total, after = 0, UUID(int=0)
    while True:
        with practice_scope(practice_id):
            ids = list(_stale_ids(model, fields, practice_id, after))
            total += _move_rows(model, fields, ids)
        if not ids:
            break
        after = ids[-1]
        say(f"{model._meta.label}: {total} rows")
    with practice_scope(practice_id):
        return total, bool(list(_stale_ids(model, fields, practice_id, UUID(int=0), limit=1)))


def _stale_ids(
    model: Any, fields: list[EncryptedField], practice_id: UUID, after: UUID, limit: int = BATCH
) -> Iterator[UUID]:
    """Rows with a value whose key is retired and not destroyed, by id."""
    kid = "encode(substring(\"{}\" from 2 for 16), 'hex')::uuid"
    retired = (
        "SELECT id FROM {} WHERE practice_id = %(p)s "
        "AND retired_at IS NOT NULL AND destroyed_at IS NULL"
    )
    keys = " UNION ALL ".join(
        retired.format(each._meta.db_table) for each in (PracticeKey, PatientKey)
    )
    stale = " OR ".join(
        f'(length("{field.column}") > 0 AND {kid.format(field.column)} IN (SELECT id FROM old))'  # noqa: S608 - as below
        for field in fields
    )
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"WITH old AS MATERIALIZED ({keys}) "  # noqa: S608 - names from the models
            f'SELECT id FROM "{model._meta.db_table}" WHERE practice_id = %(p)s AND id > %(a)s '
            f"AND ({stale}) ORDER BY id LIMIT %(n)s",
            {"p": practice_id, "a": after, "n": limit},
        )
        for (row_id,) in cursor.fetchall():
            yield row_id


def _move_rows(model: Any, fields: list[EncryptedField], ids: list[UUID]) -> int:
    """Encrypt those rows anew, without those that somebody else holds; returns how many."""
    ours = _may_change(model)
    beside = {f.patient.rsplit(".", 1)[0].replace(".", "__") for f in fields if "." in f.patient}
    rows = model.objects.filter(pk__in=ids).select_related(*sorted(beside)).order_by("pk")
    if ours:
        rows = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
    # What was sent is the owner's to change, and nobody else does.
    with connections["default" if ours else "owner"].cursor() as cursor:
        return sum(_move(row, fields, cursor) for row in rows)


def _move(row: Any, fields: list[EncryptedField], cursor: Any) -> bool:
    """Put a row's values under the current keys, each only if it still stands as it was read."""
    changed = 0
    for field in fields:
        before = row.__dict__[field.attname]
        after = field.pre_save(row, add=False)
        if before is None or after.data == before.data:
            continue
        cursor.execute(
            f'UPDATE "{row._meta.db_table}" SET "{field.column}" = %s '  # noqa: S608 - names from the model
            f'WHERE id = %s AND "{field.column}" = %s',
            [after.data, row.pk, before.data],
        )
        changed += cursor.rowcount
    return changed > 0


def _may_change(model: Any) -> bool:
    """Whether the application may change these rows; what was sent stays, for it."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'UPDATE')", [model._meta.db_table])
        return bool(cursor.fetchone()[0])
