"""Bytes that are hashed, bound or signed: fields joined so that no two lists look alike.

Plain Python, because the twin of the browser's sealing uses it as well.
"""

from __future__ import annotations

import struct


def lp(*fields: str | bytes | int) -> bytes:
    """Join fields: 2-byte big-endian length, then the bytes, of each.

    Text is UTF-8, a number four bytes, big-endian. Raises ValueError for a field over 65,535 bytes
    and for a number outside 0 … 2³²-1.
    """
    return b"".join(_with_length(_bytes_of(field)) for field in fields)


def _bytes_of(field: str | bytes | int) -> bytes:
    if isinstance(field, int):
        if not 0 <= field < 2**32:
            raise ValueError("A number in a header has four bytes.")
        return struct.pack(">I", field)
    return field.encode() if isinstance(field, str) else field


def _with_length(part: bytes) -> bytes:
    if len(part) > 0xFFFF:
        raise ValueError("A field in a header has at most 65,535 bytes.")
    return struct.pack(">H", len(part)) + part
