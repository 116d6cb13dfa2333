"""A file in chunks of 64 KiB, each at its place and the last one marked, so that none can be cut
off, swapped or repeated.
"""

from __future__ import annotations

from messaging.sealed.primitives import CannotOpen, decrypt, encrypt

CHUNK = 64 * 1024
_TAG = 16


def seal_file(key: bytes, plain: bytes) -> bytes:
    """The chunks, one after the other; `key` is used for one file alone."""
    parts = [plain[start : start + CHUNK] for start in range(0, len(plain), CHUNK)] or [b""]
    last = len(parts) - 1
    return b"".join(
        encrypt(key, _nonce(index, final=index == last), part, b"")
        for index, part in enumerate(parts)
    )


def open_file(key: bytes, sealed: bytes) -> bytes:
    """The file. Raises CannotOpen when a chunk is changed, missing, moved or too much."""
    size = CHUNK + _TAG
    parts = [sealed[start : start + size] for start in range(0, len(sealed), size)]
    if not parts:
        raise CannotOpen
    last = len(parts) - 1
    return b"".join(
        decrypt(key, _nonce(index, final=index == last), part, b"")
        for index, part in enumerate(parts)
    )


def _nonce(index: int, *, final: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([final])
