"""One message: padded, encrypted under its own key, bound to its header, signed; its receipts."""

from __future__ import annotations

from dataclasses import dataclass

from messaging.sealed.epochs import Epoch
from messaging.sealed.primitives import (
    CannotOpen,
    check,
    decrypt,
    derive,
    encrypt,
    sha256,
    sign,
)
from portal.encoding import lp

STEP = 256  # lengths are told in steps of this many bytes
NONE_BEFORE = bytes(32)
STATES = ("delivered", "read")


@dataclass(frozen=True)
class Header:
    """What everybody may see of a message, and nobody may change.

    `previous` is the hash of the sender's message before (`NONE_BEFORE` for the first); `directory`
    is the sender's latest head of the key directory, None only in the vector that has none.
    """

    epoch: Epoch
    message_id: str
    sender: str
    kid: str
    sequence: int
    previous: bytes
    directory: bytes | None
    kind: str = "text"

    @property
    def aad(self) -> bytes:
        """The additional data of the encryption."""
        epoch = self.epoch
        head = () if self.directory is None else (self.directory,)
        return lp(
            "mhp-e2ee/1/hdr",
            epoch.practice,
            epoch.thread,
            epoch.number,
            self.message_id,
            self.sender,
            self.kid,
            self.sequence,
            self.previous,
            *head,
            self.kind,
        )


@dataclass(frozen=True)
class Sealed:
    """What is sent and stored: no word of it can be read without the epoch's key."""

    header: Header
    nonce: bytes
    ciphertext: bytes
    signature: bytes

    @property
    def hash(self) -> bytes:
        """What is signed, what receipts name and what the sender's next message carries."""
        return sha256(self.header.aad, self.nonce, self.ciphertext)


def pad(plain: bytes) -> bytes:
    """0x80, then zeros up to a whole number of steps."""
    short = -(len(plain) + 1) % STEP
    return plain + b"\x80" + bytes(short)


def unpad(padded: bytes) -> bytes:
    """Raises CannotOpen for what `pad` does not make."""
    plain, mark, _zeros = padded.rstrip(b"\x00").rpartition(b"\x80")
    if not mark or pad(plain) != padded:
        raise CannotOpen
    return plain


def message_key(thread_key: bytes, message_id: str) -> bytes:
    """A key for one message."""
    return derive(thread_key, lp("mhp-e2ee/1/msg", message_id))


def seal_message(
    text: str, header: Header, *, thread_key: bytes, nonce: bytes, seed: bytes
) -> Sealed:
    """A message of `text`; `seed` signs, `nonce` is 12 random bytes."""
    key = message_key(thread_key, header.message_id)
    ciphertext = encrypt(key, nonce, pad(text.encode()), header.aad)
    return Sealed(header, nonce, ciphertext, sign(seed, sha256(header.aad, nonce, ciphertext)))


def open_message(sealed: Sealed, *, thread_key: bytes, sender: bytes) -> str:
    """The text, if the sender's key signed it as it stands. Raises CannotOpen."""
    check(sender, sealed.signature, sealed.hash)
    key = message_key(thread_key, sealed.header.message_id)
    plain = unpad(decrypt(key, sealed.nonce, sealed.ciphertext, sealed.header.aad))
    try:
        return plain.decode()
    except UnicodeDecodeError:
        raise CannotOpen from None


@dataclass(frozen=True)
class Receipt:
    """A reader's word that a message came (`delivered`) or was seen (`read`); `at` is ISO 8601."""

    practice: str
    thread: str
    message_id: str
    message_hash: bytes
    state: str
    reader: str
    kid: str
    at: str

    @property
    def signed(self) -> bytes:
        """What the reader's key signs. Raises ValueError for a state that is none."""
        if self.state not in STATES:
            raise ValueError("A receipt says delivered or read.")
        return lp(
            "mhp-e2ee/1/receipt",
            self.practice,
            self.thread,
            self.message_id,
            self.message_hash,
            self.state,
            self.reader,
            self.kid,
            self.at,
        )

    def check(self, signature: bytes, reader: bytes) -> None:
        """Raises CannotOpen unless the reader's key signed this receipt."""
        check(reader, signature, self.signed)
