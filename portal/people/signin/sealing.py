"""Short secrets at rest: sealed with a key that is made from SECRET_KEY and one purpose each.

For what the server itself must read back: an authenticator's secret, a form that waits for its
author. A stolen database alone opens none of it.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

VERSION = b"\x01"
NONCE_BYTES = 12


class CannotOpen(ValueError):
    """Another key, another purpose, another owner, or not sealed at all: one answer for all."""


def seal(text: str, *, purpose: str, owner: str = "") -> str:
    """Seal `text` for one purpose and, where given, one owner (any id). URL-safe text."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_key(purpose, settings.SECRET_KEY)).encrypt(
        nonce, text.encode(), owner.encode()
    )
    return base64.urlsafe_b64encode(VERSION + nonce + sealed).decode("ascii")


def unseal(sealed: str, *, purpose: str, owner: str = "") -> str:
    """The text again, also under one of SECRET_KEY_FALLBACKS. Raises CannotOpen."""
    try:
        raw = base64.urlsafe_b64decode(sealed.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise CannotOpen from error
    if raw[:1] != VERSION:
        raise CannotOpen
    nonce, body = raw[1 : 1 + NONCE_BYTES], raw[1 + NONCE_BYTES :]
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(purpose, secret)).decrypt(nonce, body, owner.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise CannotOpen


def _key(purpose: str, secret: str | bytes) -> bytes:
    """256 bits from the installation's secret, different for each purpose."""
    derivation = HKDF(SHA256(), length=32, salt=None, info=f"portal.people/{purpose}".encode())
    return derivation.derive(force_bytes(secret))
