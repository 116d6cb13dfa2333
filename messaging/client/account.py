"""A person's keys on their own device, and the two ways to open them again."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from messaging.blobs import NONCE, from_text, inner, to_text, with_suite
from messaging.client.errors import Hostile
from messaging.sealed.keys import PublicKeys
from messaging.sealed.primitives import CannotOpen, decrypt, derive, encrypt
from portal.encoding import lp

CODE_BYTES: Final = 20
# Base32 as the library writes it, and as Crockford does: no I, L, O or U to mistake.
_LIBRARY: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PRINTED: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> bytes:
    """What a recovery sheet carries: 160 random bits."""
    return secrets.token_bytes(CODE_BYTES)


def code_words(code: bytes) -> str:
    """The code as it is printed: eight groups of four."""
    letters = base64.b32encode(code).decode().translate(str.maketrans(_LIBRARY, _PRINTED))
    return "-".join(letters[start : start + 4] for start in range(0, 32, 4))


def code_bytes(words: str) -> bytes:
    """The code from what somebody typed: any case, spaces, dashes, O for 0, I and L for 1.

    Raises ValueError.
    """
    typed = "".join(words.upper().replace("-", " ").split())
    letters = typed.translate(str.maketrans("OIL", "011"))
    if len(letters) != 32 or any(letter not in _PRINTED for letter in letters):
        raise ValueError("A recovery code has eight groups of four letters and digits.")
    return base64.b32decode(letters.translate(str.maketrans(_PRINTED, _LIBRARY)))


@dataclass(frozen=True)
class Account:
    """Private keys, open. `wrapping` is the account key that every slot wraps."""

    practice: str
    person: str
    wrapping: bytes
    x25519: bytes
    ed25519: bytes  # the seed

    @classmethod
    def make(cls, practice: str, person: str) -> Account:
        """New keys."""
        return cls(practice, person, *(secrets.token_bytes(32) for _ in range(3)))

    @property
    def public(self) -> PublicKeys:
        """The public halves."""
        return PublicKeys(
            X25519PrivateKey.from_private_bytes(self.x25519).public_key().public_bytes_raw(),
            public_of(self.ed25519),
        )

    @property
    def kid(self) -> str:
        """The name of the pair."""
        return self.public.kid

    @property
    def _aad(self) -> bytes:
        return lp("mhp-e2ee/1/account", self.person, self.kid)

    def as_body(self) -> dict[str, Any]:
        """The public halves and the wrapped private ones, as the server is given them."""
        nonce = secrets.token_bytes(NONCE)
        sealed = encrypt(self.wrapping, nonce, self.x25519 + self.ed25519, self._aad)
        return {
            "kid": self.kid,
            "x25519": to_text(self.public.x25519),
            "ed25519": to_text(self.public.ed25519),
            "wrapped": to_text(with_suite(nonce + sealed)),
        }

    @classmethod
    def opened(cls, practice: str, person: str, wrapping: bytes, keys: dict[str, Any]) -> Account:
        """The keys from what the server kept. Raises CannotOpen, and Hostile for another pair."""
        blob = inner(from_text(keys["wrapped"]))
        aad = lp("mhp-e2ee/1/account", person, keys["kid"])
        plain = decrypt(wrapping, blob[:NONCE], blob[NONCE:], aad)
        account = cls(practice, person, wrapping, plain[:32], plain[32:])
        if (account.kid, to_text(account.public.x25519)) != (keys["kid"], keys["x25519"]):
            raise Hostile("These public keys do not belong to the private ones.")
        return account

    def sheet_for(self, code: bytes) -> dict[str, str]:
        """The account key wrapped for a recovery code."""
        nonce = secrets.token_bytes(NONCE)
        sealed = encrypt(_sheet_key(self.person, code), nonce, self.wrapping, _sheet(self.person))
        return {"nonce": to_text(nonce), "wrapped": to_text(with_suite(sealed))}

    @classmethod
    def from_sheet(cls, practice: str, person: str, code: bytes, kept: dict[str, Any]) -> Account:
        """The keys by the recovery code. Raises CannotOpen for a wrong one."""
        nonce, sealed = from_text(kept["nonce"]), inner(from_text(kept["wrapped"]))
        wrapping = decrypt(_sheet_key(person, code), nonce, sealed, _sheet(person))
        return cls.opened(practice, person, wrapping, kept["keys"])


def public_of(seed: bytes) -> bytes:
    """The public half of a signing key."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _sheet_key(person: str, code: bytes) -> bytes:
    return derive(code, lp("mhp-e2ee/1/recovery", person))


def _sheet(person: str) -> bytes:
    return lp("mhp-e2ee/1/recovery-slot", person)


@dataclass(frozen=True)
class Identity:
    """The practice's identity, open on its maker's device."""

    seed: bytes

    @property
    def public(self) -> bytes:
        """What everybody pins."""
        return public_of(self.seed)

    def as_body(self, account: Account) -> dict[str, str]:
        """The public half, and the private one wrapped for its maker."""
        nonce = secrets.token_bytes(NONCE)
        sealed = encrypt(account.wrapping, nonce, self.seed, _identity(account))
        return {
            "public": to_text(self.public),
            "wrapped": to_text(with_suite(nonce + sealed)),
        }

    @classmethod
    def opened(cls, account: Account, kept: dict[str, Any]) -> Identity:
        """The identity from what the server kept. Raises CannotOpen, and Hostile for another."""
        blob = inner(from_text(kept["wrapped"]))
        plain = decrypt(account.wrapping, blob[:NONCE], blob[NONCE:], _identity(account))
        identity = cls(plain)
        if to_text(identity.public) != kept["public"]:
            raise Hostile("This is not the practice's identity.")
        return identity


def _identity(account: Account) -> bytes:
    return lp("mhp-e2ee/1/identity", account.practice, account.person)


__all__ = ["Account", "CannotOpen", "Identity", "code_bytes", "code_words", "new_code"]
