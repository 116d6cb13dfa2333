"""Account keys, their fingerprint, and the chain in which a practice publishes them."""

from __future__ import annotations

from dataclasses import dataclass

from messaging.sealed.primitives import CannotOpen, check, sha256, sign
from portal.encoding import lp

FIRST = bytes(32)  # what stands before the first entry


@dataclass(frozen=True)
class PublicKeys:
    """A person's public keys, 32 bytes each: X25519 to seal to, Ed25519 to check by."""

    x25519: bytes
    ed25519: bytes

    @property
    def fingerprint(self) -> bytes:
        """32 bytes that two people can compare."""
        return sha256(b"mhp-fp/1", self.x25519, self.ed25519)

    @property
    def kid(self) -> str:
        """The name of this pair in headers: the first 16 hex digits of the fingerprint."""
        return self.fingerprint.hex()[:16]


@dataclass(frozen=True)
class Entry:
    """One line of a practice's key directory; `n` counts from 1, `revoked_at` is "" or ISO 8601."""

    practice: str
    n: int
    previous: bytes
    person: str
    keys: PublicKeys
    revoked_at: str = ""

    @property
    def signed(self) -> bytes:
        """What the practice's identity key signs."""
        keys = self.keys
        return lp(
            "mhp-e2ee/1/dir",
            self.practice,
            self.n,
            self.previous,
            self.person,
            keys.kid,
            keys.x25519,
            keys.ed25519,
            self.revoked_at,
        )

    @property
    def head(self) -> bytes:
        """The hash that the next entry, and every message sent meanwhile, carries."""
        return sha256(self.signed)

    def sign(self, identity_seed: bytes) -> bytes:
        """The practice's signature over this entry."""
        return sign(identity_seed, self.signed)


def follow(entries: list[tuple[Entry, bytes]], identity: bytes, head: bytes = FIRST) -> bytes:
    """Check entries (each with its signature) that come after `head`; return the new head.

    `identity` is the practice's pinned public key. Raises CannotOpen at the first entry that is
    not signed by it or does not follow the one before.
    """
    for entry, signature in entries:
        if entry.previous != head:
            raise CannotOpen
        check(identity, signature, entry.signed)
        head = entry.head
    return head
