"""What was changed, moved or made up is not opened, and nobody is told why."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from messaging.sealed import epochs, keys, messages
from messaging.sealed.attachments import CHUNK, open_file, seal_file
from messaging.sealed.epochs import Epoch, Member
from messaging.sealed.keys import Entry, PublicKeys
from messaging.sealed.messages import Header, Receipt, Sealed
from messaging.sealed.primitives import CannotOpen, seal, sign
from portal.encoding import lp

EPOCH = Epoch("alder", "thread-1", 1)


@dataclass(frozen=True)
class Reader:
    """Somebody with keys."""

    private: bytes
    seed: bytes

    @property
    def keys(self) -> PublicKeys:
        return PublicKeys(
            X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw(),
            Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw(),
        )


@pytest.fixture
def ana() -> Reader:
    return Reader(secrets.token_bytes(32), secrets.token_bytes(32))


@pytest.fixture
def thread_key() -> bytes:
    return secrets.token_bytes(32)


@pytest.fixture
def sealed(ana: Reader, thread_key: bytes) -> Sealed:
    header = Header(
        EPOCH, "m-1", "ana", ana.keys.kid, 1, messages.NONE_BEFORE, secrets.token_bytes(32)
    )
    nonce = secrets.token_bytes(12)
    return messages.seal_message(
        "Can we talk?", header, thread_key=thread_key, nonce=nonce, seed=ana.seed
    )


def flips(data: bytes) -> Iterator[bytes]:
    """The bytes with each single bit turned over."""
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << (bit % 8)
        yield bytes(changed)


def headers_like(header: Header) -> Iterator[Header]:
    """The header with one field of another message."""
    yield replace(header, epoch=replace(header.epoch, practice="birch"))
    yield replace(header, epoch=replace(header.epoch, thread="thread-2"))
    yield replace(header, epoch=replace(header.epoch, number=2))
    yield replace(header, message_id="m-2")
    yield replace(header, sender="cole")
    yield replace(header, kid="0" * 16)
    yield replace(header, sequence=2)
    yield replace(header, previous=bytes([1]) * 32)
    yield replace(header, directory=bytes(32))
    yield replace(header, directory=None)
    yield replace(header, kind="urgent")


def test_no_single_bit_of_a_message_can_be_changed(
    ana: Reader, thread_key: bytes, sealed: Sealed
) -> None:
    """T-E2E-02, with the next test: more than 2,800 changes here, 0 accepted, one text."""
    changed = [
        *(replace(sealed, ciphertext=other) for other in flips(sealed.ciphertext)),
        *(replace(sealed, nonce=other) for other in flips(sealed.nonce)),
        *(replace(sealed, signature=other) for other in flips(sealed.signature)),
        *(replace(sealed, header=other) for other in headers_like(sealed.header)),
    ]
    assert len(changed) > 2_700
    said = set()
    for other in changed:
        with pytest.raises(CannotOpen) as refused:
            messages.open_message(other, thread_key=thread_key, sender=ana.keys.ed25519)
        said.add(str(refused.value))
    assert said == {"This cannot be opened."}


def test_a_signature_made_anew_by_the_reader_does_not_make_it_theirs(
    ana: Reader, thread_key: bytes, sealed: Sealed
) -> None:
    mallory = Ed25519PrivateKey.generate()
    forged = replace(sealed, signature=mallory.sign(sealed.hash))
    with pytest.raises(CannotOpen):
        messages.open_message(forged, thread_key=thread_key, sender=ana.keys.ed25519)


def test_an_epochs_key_opens_for_its_reader_thread_and_number_alone(
    ana: Reader, thread_key: bytes
) -> None:
    kid, commit = ana.keys.kid, epochs.commitment(thread_key)
    box = epochs.seal_key(thread_key, EPOCH, "ana", kid, ana.keys.x25519)
    assert epochs.open_key(box, EPOCH, "ana", kid, ana.private, commit) == thread_key
    wrong = [
        (box, replace(EPOCH, practice="birch"), "ana", kid, ana.private, commit),
        (box, replace(EPOCH, thread="thread-2"), "ana", kid, ana.private, commit),
        (box, replace(EPOCH, number=2), "ana", kid, ana.private, commit),
        (box, EPOCH, "ben", kid, ana.private, commit),
        (box, EPOCH, "ana", "kid-2", ana.private, commit),
        (box, EPOCH, "ana", kid, secrets.token_bytes(32), commit),
        (box, EPOCH, "ana", kid, ana.private, epochs.commitment(bytes(32))),
        *((other, EPOCH, "ana", kid, ana.private, commit) for other in flips(box)),
    ]
    for one in wrong:
        with pytest.raises(CannotOpen):
            epochs.open_key(*one)


@pytest.mark.parametrize(
    "point",
    [
        bytes(32),
        b"\x01" + bytes(31),
        bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        bytes.fromhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        b"",
        bytes(31),
        bytes(33),
    ],
)
def test_nothing_is_sealed_to_a_key_that_is_none(point: bytes) -> None:
    """T-E2E-03: low-order points give everybody the same secret."""
    with pytest.raises(CannotOpen):
        seal(b"secret", point, b"info")


def test_the_directory_is_one_chain_by_one_hand(ana: Reader) -> None:
    identity, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    public, seed = identity.public_key().public_bytes_raw(), identity.private_bytes_raw()
    first = Entry("alder", 1, keys.FIRST, "ana", ana.keys)
    second = Entry("alder", 2, first.head, "ana", ana.keys, revoked_at="2026-11-24T12:00:00Z")
    chain = [(first, first.sign(seed)), (second, second.sign(seed))]
    assert keys.follow(chain, public) == second.head
    assert keys.follow(chain[1:], public, first.head) == second.head
    ghost = replace(first, person="mallory")
    for bad in (
        chain[1:],  # the beginning is hidden
        chain[::-1],
        [chain[0], chain[0]],
        [(ghost, chain[0][1])],
        [(first, first.sign(other.private_bytes_raw()))],
        [chain[0], (replace(second, revoked_at=""), chain[1][1])],
    ):
        with pytest.raises(CannotOpen):
            keys.follow(bad, public)


def test_a_roster_is_the_same_whoever_lists_it() -> None:
    cole = Member("cole", "kid-c", "clinician", 1)
    ana = Member("ana", "kid-a", "patient", 1)
    one, other = (epochs.roster(EPOCH, people, bytes(32)) for people in ([cole, ana], [ana, cole]))
    assert one == other
    assert epochs.roster(EPOCH, [ana], bytes(32)) != one


def test_a_receipt_is_the_readers_word_for_one_message(ana: Reader, sealed: Sealed) -> None:
    receipt = Receipt(
        "alder", "thread-1", "m-1", sealed.hash, "read", "ana", ana.keys.kid, "2026-11-24T12:00:00Z"
    )
    signature = sign(ana.seed, receipt.signed)
    receipt.check(signature, ana.keys.ed25519)
    for other in (
        replace(receipt, state="delivered"),
        replace(receipt, message_id="m-2"),
        replace(receipt, message_hash=bytes(32)),
        replace(receipt, reader="cole"),
        replace(receipt, at="2026-11-24T12:00:01Z"),
    ):
        with pytest.raises(CannotOpen):
            other.check(signature, ana.keys.ed25519)
    with pytest.raises(ValueError, match="delivered or read"):
        _ = replace(receipt, state="sent").signed


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_file_comes_back_whole_or_not_at_all(size: int) -> None:
    """T-E2E-17: cut off, swapped, repeated, added."""
    key, plain = secrets.token_bytes(32), secrets.token_bytes(size)
    sealed_file = seal_file(key, plain)
    assert open_file(key, sealed_file) == plain
    step = CHUNK + 16
    first, rest = sealed_file[:step], sealed_file[step:]
    wrong = {sealed_file[:-1], b"", first + sealed_file, sealed_file + bytes(16)}
    if rest:
        wrong |= {first, rest + first, first + first, rest}
    for other in wrong:
        with pytest.raises(CannotOpen):
            open_file(key, other)


@pytest.mark.parametrize("length", [0, 1, 254, 255, 256, 257, 1000])
def test_length_is_told_in_steps(length: int) -> None:
    plain = b"\x80\x00" * length
    padded = messages.pad(plain)
    assert len(padded) % messages.STEP == 0
    assert messages.unpad(padded) == plain


@pytest.mark.parametrize("padded", [b"", bytes(256), b"\x80", b"a" * 256, b"\x80" + bytes(511)])
def test_padding_that_nobody_makes_is_refused(padded: bytes) -> None:
    with pytest.raises(CannotOpen):
        messages.unpad(padded)


def test_fields_that_do_not_fit_are_refused() -> None:
    for field in (-1, 2**32, b"x" * 65_536):
        with pytest.raises(ValueError, match="header"):
            lp(field)
