"""Keys as they are used: wrapped rows made and opened, the practices' kept for five minutes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal.encryption import cipher
from portal.encryption.errors import KeyDestroyed, KeyUnavailable, Unreadable
from portal.encryption.kek import keeper
from portal.encryption.models import place_of

FRESH_SECONDS = 300.0


@dataclass(frozen=True)
class OpenKey:
    """An unwrapped key with its id and its owner. Its repr shows no key.

    `patient_id` is None for a key of the practice.
    """

    kid: UUID
    practice_id: UUID
    key: bytes = field(repr=False)
    patient_id: UUID | None = None


# The unwrapped keys of practices by their id and wrapping, and when each is asked for again: the
# keeper may be a service over the network.
_fresh: dict[tuple[UUID, bytes], tuple[float, bytes]] = {}


def forget() -> None:
    """Let go of every unwrapped key of this process."""
    _fresh.clear()
    keeper.cache_clear()


def open_practice_key(row: Any) -> OpenKey:
    """Unwrap a PracticeKey. Raises KeyUnavailable."""
    wrapped = bytes(row.wrapped)
    until, key = _fresh.get((row.pk, wrapped), (0.0, b""))
    if time.monotonic() >= until:
        key = keeper().unwrap(wrapped, name=row.kek, place=_place(row))
        _fresh[row.pk, wrapped] = (time.monotonic() + FRESH_SECONDS, key)
    return OpenKey(row.pk, row.practice_id, key)


def open_patient_key(row: Any) -> OpenKey:
    """Unwrap a PatientKey that has its `wrapped_by`. Raises KeyDestroyed and KeyUnavailable."""
    if row.destroyed_at is not None:
        raise KeyDestroyed
    outer = open_practice_key(row.wrapped_by)
    try:
        key = cipher.unseal(bytes(row.wrapped), key=outer.key, place=_place(row))
    except Unreadable as error:
        raise KeyUnavailable("A patient's key does not open.") from error
    return OpenKey(row.pk, row.practice_id, key, row.patient_id)


def wrap_under_keeper(row: Any, key: bytes) -> None:
    """Wrap a practice's key under the current key-encryption key."""
    row.kek = keeper().current
    row.wrapped = keeper().wrap(key, place=_place(row))


def wrap_under_practice(row: Any, key: bytes, outer: OpenKey) -> None:
    """Wrap a patient's key under a key of the practice."""
    row.wrapped_by_id = outer.kid
    row.wrapped = cipher.seal(key, key=outer.key, kid=outer.kid, place=_place(row))


def _place(row: Any) -> bytes:
    kind, owner = place_of(row)
    return cipher.key_place(kind, row.practice_id, owner, row.pk)
