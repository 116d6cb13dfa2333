"""Bytes in, bytes out: AES-256-GCM, bound to its place by the additional data.

Layout: suite (1 byte), key id (16), nonce (12), ciphertext with tag. A ciphertext that is moved to
another row, column, table or practice does not open, since its place is part of what is sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.encoding import lp
from portal.encryption.errors import Unreadable

SUITE = b"\x01"
KEY_BYTES = 32
FEWEST_DIGITS = 4
_KID, _NONCE = slice(1, 17), slice(17, 29)


def new_key() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def field_place(practice_id: object, table: str, column: str, row_id: object) -> bytes:
    """The additional data of one stored value."""
    return lp("mhp-field/1", str(practice_id), table, column, str(row_id))


def key_place(kind: str, practice_id: object, owner: object, kid: UUID) -> bytes:
    """The additional data of one wrapped key; `owner` is a patient, or a purpose in a practice."""
    return lp("mhp-key/1", kind, str(practice_id), str(owner), kid.bytes)


def seal(plain: bytes, *, key: bytes, kid: UUID, place: bytes) -> bytes:
    """Encrypt under a new random nonce."""
    nonce = secrets.token_bytes(12)
    return SUITE + kid.bytes + nonce + AESGCM(key).encrypt(nonce, plain, place)


def unseal(sealed: bytes, *, key: bytes, place: bytes) -> bytes:
    """Raises Unreadable for another key, another place, or a changed bit: one answer for all."""
    if sealed[:1] != SUITE:
        raise Unreadable("This is not a value that the portal encrypted.")
    try:
        return AESGCM(key).decrypt(sealed[_NONCE], sealed[29:], place)
    except (InvalidTag, ValueError):
        raise Unreadable("This value does not belong where it stands.") from None


def kid_of(sealed: bytes) -> UUID:
    """The id of the key. Raises Unreadable for what is too short or of another suite."""
    if sealed[:1] != SUITE or len(sealed) < 45:
        raise Unreadable("This is not a value that the portal encrypted.")
    return UUID(bytes=sealed[_KID])


def token(value: str, *, key: bytes, place: str) -> bytes:
    """What stands for `value` in look-ups for equality; `place` keeps columns apart."""
    return hmac.digest(key, lp("mhp-lookup/1", place, value), hashlib.sha256)


def ending_tokens(value: str, *, key: bytes, place: str) -> list[str]:
    """Tokens for the last four digits of a number, the last five, and so on; shortened, as text."""
    digits = "".join(character for character in value if character in "0123456789")
    lengths = range(FEWEST_DIGITS, len(digits) + 1)
    return [ending_token(digits[-length:], key=key, place=place) for length in lengths]


def ending_token(digits: str, *, key: bytes, place: str) -> str:
    """The token of one ending."""
    return token(digits, key=key, place=place)[:12].hex()
