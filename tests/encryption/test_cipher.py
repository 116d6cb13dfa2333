"""Bytes: the written-down vector, and what does not open."""

from __future__ import annotations

import random
import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.encryption import cipher
from portal.encryption.errors import Unreadable

KEY = bytes(range(32))
KID = uuid.UUID(int=7)


def test_the_vector_of_the_design_comes_out() -> None:
    place = cipher.field_place("tenant-01", "intake_answer", "value", "1001")
    made = AESGCM(KEY).encrypt(bytes(range(12)), b"Several days", place)
    assert made.hex() == "1467a07eb784ae3be920eef84c9e7cdeb9b4b4dc4a7ae58f357e9b92"
    stored = cipher.SUITE + KID.bytes + bytes(range(12)) + made
    assert cipher.unseal(stored, key=KEY, place=place) == b"Several days"
    assert cipher.kid_of(stored) == KID


def test_a_nonce_is_never_used_twice() -> None:
    made = {cipher.seal(b"x", key=KEY, kid=KID, place=b"")[17:29] for _ in range(10_000)}
    assert len(made) == 10_000


def test_no_changed_bit_opens() -> None:
    place = cipher.field_place("a", "b", "c", "d")
    stored = cipher.seal(b"Several days", key=KEY, kid=KID, place=place)
    kid = range(8, 17 * 8)  # names the key; another id is another key
    for bit in (n for n in range(len(stored) * 8) if n not in kid):
        changed = bytearray(stored)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Unreadable):
            cipher.unseal(bytes(changed), key=KEY, place=place)


def test_nothing_opens_in_another_place() -> None:
    """10,000 swaps between practices, tables, columns and rows: none decrypts."""
    draw = random.Random(3)
    places = [
        (f"practice {p}", f"table {t}", f"column {c}", f"row {r}")
        for p in range(4)
        for t in range(4)
        for c in range(4)
        for r in range(4)
    ]
    opened = 0
    for _ in range(10_000):
        here, there = draw.sample(places, 2)
        stored = cipher.seal(b"words", key=KEY, kid=KID, place=cipher.field_place(*here))
        try:
            cipher.unseal(stored, key=KEY, place=cipher.field_place(*there))
            opened += 1
        except Unreadable:
            pass
    assert opened == 0


@pytest.mark.parametrize("data", [b"", b"\x02" * 60, b"\x01" * 20, b"plain text"])
def test_what_was_never_encrypted_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        cipher.unseal(data, key=KEY, place=b"")
    with pytest.raises(Unreadable):
        cipher.kid_of(data)
