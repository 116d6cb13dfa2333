"""The keys that one transaction has at hand.

Reading: the ids of the keys stand in the values that were loaded, so the first value that is read
opens the keys of every row loaded so far in one query. Writing: the current key is locked for
sharing until the transaction ends, so after a key is retired nobody writes under it any more.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections, models, transaction

from portal import clock
from portal.encryption import cipher
from portal.encryption.errors import KeyDestroyed, KeyUnavailable
from portal.encryption.models import PatientKey, PracticeKey, Purpose
from portal.encryption.opened import (
    OpenKey,
    open_patient_key,
    open_practice_key,
    wrap_under_keeper,
    wrap_under_practice,
)
from portal.tenancy.context import current_practice_id, has_practice, practice_scope

R = TypeVar("R", bound="_Remembered")


class _Remembered:
    """Lives as long as its transaction or savepoint: the list of what to do on commit holds it.

    Django drops it from there with a rollback, as the database drops the locks.
    """

    def __call__(self) -> None:
        """There is nothing to do on commit."""


class _Reading(_Remembered):
    def __init__(self) -> None:
        self.wanted: set[UUID] = set()
        self.found: dict[UUID, OpenKey | None] = {}  # None: destroyed


class _Writing(_Remembered):
    def __init__(self) -> None:
        self.current: dict[tuple[UUID, UUID | str], OpenKey] = {}  # by practice and owner


def want(kid: UUID) -> None:
    """A value under this key was loaded; it is opened together with the others."""
    if connections["default"].in_atomic_block:
        _remembered(_Reading).wanted.add(kid)


@contextlib.contextmanager
def at_hand_for(practice_id: UUID) -> Iterator[None]:
    """Where the keys of a loaded row can be read: here, or in its own practice after its request.

    Inside another practice's transaction they stay out of reach.
    """
    if has_practice() and connections["default"].in_atomic_block:
        yield
        return
    with practice_scope(practice_id):
        yield


def open_for(patient_ids: Iterable[UUID]) -> None:
    """Open the keys of these patients in one query, before their values are read."""
    rows = PatientKey.objects.filter(patient_id__in=set(patient_ids))
    _open_patients(_remembered(_Reading), rows)


def for_reading(kid: UUID, *, of_patient: bool) -> OpenKey:
    """The key with this id. Raises KeyDestroyed and KeyUnavailable."""
    reading = _remembered(_Reading)
    if kid not in reading.found:
        wanted = {kid, *reading.wanted} - set(reading.found)
        if of_patient:
            _open_patients(reading, PatientKey.objects.filter(pk__in=wanted))
        if kid not in reading.found:
            for row in PracticeKey.objects.filter(pk__in=wanted):
                reading.found[row.pk] = open_practice_key(row)
        reading.wanted.clear()
    try:
        key = reading.found[kid]
    except KeyError:
        raise KeyUnavailable("The key of a value is not in the database.") from None
    if key is None:
        raise KeyDestroyed
    return key


def for_writing(patient_id: UUID | None) -> OpenKey:
    """The current key of the patient, or of the practice, made at the first use.

    Raises KeyDestroyed where the patient's keys were destroyed, and KeyUnavailable.
    """
    return _current(patient_id or Purpose.DATA)


def for_lookup() -> OpenKey:
    """The practice's key for tokens. Raises KeyUnavailable."""
    return _current(Purpose.LOOKUP)


def forget() -> None:
    """Let go of what this transaction has opened: keys were changed or destroyed in it."""
    for remembered in _all_of(_Remembered):
        if isinstance(remembered, _Reading):
            remembered.wanted.clear()
            remembered.found.clear()
        elif isinstance(remembered, _Writing):
            remembered.current.clear()


def _open_patients(reading: _Reading, rows: models.QuerySet[PatientKey]) -> None:
    for row in rows.select_related("wrapped_by"):
        try:
            reading.found[row.pk] = open_patient_key(row)
        except KeyDestroyed:
            reading.found[row.pk] = None


def _current(owner: UUID | str) -> OpenKey:
    # A transaction may pass through several practices, and each has a purpose of that name.
    place = (current_practice_id(), owner)
    for writing in _all_of(_Writing):
        if place in writing.current:
            return writing.current[place]
    key = _locked(owner)
    _remembered(_Writing, here=True).current[place] = key
    return key


def _locked(owner: UUID | str) -> OpenKey:
    row = _lock(owner)
    if row is None:
        _make(owner)
        row = _lock(owner)
    if row is None:
        raise KeyUnavailable("A key was made and is not there.")
    if isinstance(row, PracticeKey):
        return open_practice_key(row)
    opened = _remembered(_Reading).found.get(row.pk)
    if opened is not None and row.destroyed_at is None:
        return opened  # a key of that id never changes, however it is wrapped
    return open_patient_key(row)


def _lock(owner: UUID | str) -> PatientKey | PracticeKey | None:
    """The current row, locked for sharing: whoever retires it waits for us, and we for them."""
    model: Any
    model, column = (
        (PatientKey, "patient_id") if isinstance(owner, UUID) else (PracticeKey, "purpose")
    )
    found = model.objects.raw(
        f'SELECT * FROM "{model._meta.db_table}" WHERE practice_id = %s AND {column} = %s '  # noqa: S608 - names from the model
        "AND retired_at IS NULL FOR SHARE",
        [current_practice_id(), owner],
    )
    return next(iter(found), None)


def make_key(owner: UUID | str) -> PatientKey | PracticeKey:
    """A new wrapped key for a patient or a purpose, not saved yet."""
    row: PatientKey | PracticeKey
    key = cipher.new_key()
    if isinstance(owner, UUID):
        row = PatientKey(patient_id=owner, created_at=clock.now())
        wrap_under_practice(row, key, _current(Purpose.DATA))
    else:
        row = PracticeKey(purpose=owner, created_at=clock.now())
        wrap_under_keeper(row, key)
    return row


def _make(owner: UUID | str) -> None:
    """Save a new key; where another transaction was faster, theirs stands."""
    row = make_key(owner)
    type(row).objects.bulk_create([row], ignore_conflicts=True)  # type: ignore[list-item]


def _all_of(kind: type[R]) -> list[R]:
    pending: list[Any] = connections["default"].run_on_commit
    return [function for _, function, _ in pending if isinstance(function, kind)]


def _remembered(kind: type[R], *, here: bool = False) -> R:
    """What this transaction (with `here`: this savepoint) remembers, begun at the first use."""
    connection = connections["default"]
    pending: list[Any] = connection.run_on_commit
    for savepoints, function, _ in pending:
        if isinstance(function, kind) and not (here and savepoints != {*connection.savepoint_ids}):
            return function
    fresh = kind()
    if connection.in_atomic_block:
        transaction.on_commit(fresh)
    return fresh
