"""The key-encryption key: what wraps the practices' keys, and never lies in the database.

`KEY_KEEPER` names the class. The one here holds keys from a file or the environment; an adapter to
a key management service has the same three members.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from portal.encryption import cipher
from portal.encryption.errors import KeyUnavailable, Unreadable

_NO_KID = UUID(int=0)  # the wrapping key is named in a column of its own


class KeyEncryption(Protocol):
    """Wraps keys. `current` names the key that wraps from now on."""

    @property
    def current(self) -> str: ...

    def wrap(self, key: bytes, *, place: bytes) -> bytes:
        """Encrypt a key under `current`. Raises KeyUnavailable."""
        ...

    def unwrap(self, wrapped: bytes, *, name: str, place: bytes) -> bytes:
        """Decrypt what was wrapped under the key called `name`. Raises KeyUnavailable."""
        ...


class LocalKeys:
    """Keys that this process was given: the first wraps, all of them unwrap."""

    def __init__(self, keys: Sequence[str] | None = None) -> None:
        given = settings.ENCRYPTION_KEYS if keys is None else keys
        self._keys = {name_of(each): bytes.fromhex(each) for each in given}

    @property
    def current(self) -> str:
        for name in self._keys:
            return name
        raise KeyUnavailable("There is no key-encryption key. Set ENCRYPTION_KEYS.")

    def wrap(self, key: bytes, *, place: bytes) -> bytes:
        return cipher.seal(key, key=self._keys[self.current], kid=_NO_KID, place=place)

    def unwrap(self, wrapped: bytes, *, name: str, place: bytes) -> bytes:
        if name not in self._keys:
            raise KeyUnavailable(
                f"The key-encryption key {name} is not among ENCRYPTION_KEYS. Put it back there."
            )
        try:
            return cipher.unseal(wrapped, key=self._keys[name], place=place)
        except Unreadable as error:
            raise KeyUnavailable("A wrapped key does not open.") from error


def name_of(key: str) -> str:
    """A short name that gives nothing away: the beginning of a hash of the key."""
    return hashlib.sha256(b"mhp-kek/1" + bytes.fromhex(key)).hexdigest()[:16]


@lru_cache(maxsize=1)
def keeper() -> KeyEncryption:
    """The one that the settings name."""
    made: KeyEncryption = import_string(settings.KEY_KEEPER)()
    return made
