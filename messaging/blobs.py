"""Sealed bytes as they are stored and travel: a type of their own, so that nobody takes them for
text, and the suite byte in front that says how they were made.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final, NewType

# Opaque to the server: what only a browser with the right key opens. Starts with the suite byte.
SealedBytes = NewType("SealedBytes", bytes)

SUITE: Final = b"\x01"
TAG: Final = 16  # what AES-GCM adds
NONCE: Final = 12
ACCOUNT_KEYS: Final = 1 + NONCE + 64 + TAG  # two private keys
IDENTITY: Final = 1 + NONCE + 32 + TAG  # one private key
SLOT: Final = 1 + 32 + TAG  # the account key; its nonce stands beside it
EPOCH_KEY: Final = 1 + 32 + 32 + TAG  # HPKE: an ephemeral key, then the thread's key
MOST_PADDED: Final = 16 * 1024  # bytes of one message with its padding


def with_suite(inner: bytes) -> SealedBytes:
    """The blob to store, from what was sealed."""
    return SealedBytes(SUITE + inner)


def inner(blob: bytes) -> bytes:
    """What was sealed, from the stored blob. Raises ValueError for another suite."""
    if blob[:1] != SUITE:
        raise ValueError("These bytes were sealed in a way that is not known here.")
    return blob[1:]


def to_text(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """The bytes again. Raises ValueError for anything that `to_text` does not make."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("This is not base64url.") from None
    if to_text(data) != text:
        raise ValueError("This is not base64url as it is written here.")
    return data
