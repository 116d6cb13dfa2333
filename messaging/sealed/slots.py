"""The lock of one device: a PIN, a key that stays on the device, and a share that the server keeps.

None of the three alone lets anybody try PINs: the server counts tries before it compares.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from messaging.sealed.primitives import decrypt, derive, encrypt
from portal.encoding import lp

ROUNDS = 600_000  # PBKDF2-HMAC-SHA-256, as OWASP's password storage guidance asks


@dataclass(frozen=True)
class Lock:
    """What a PIN becomes on one device. `auth` goes to the server, which keeps only its hash."""

    person: str
    device: str
    root: bytes

    @property
    def auth(self) -> bytes:
        """What shows the server that the PIN was right, 32 bytes."""
        return derive(self.root, b"auth")

    def wrap(self, account_key: bytes, *, server_share: bytes, nonce: bytes) -> bytes:
        """The account key for this device's slot."""
        return encrypt(self._kek(server_share), nonce, account_key, self._aad)

    def unwrap(self, slot: bytes, *, server_share: bytes, nonce: bytes) -> bytes:
        """The account key. Raises CannotOpen."""
        return decrypt(self._kek(server_share), nonce, slot, self._aad)

    def _kek(self, server_share: bytes) -> bytes:
        return derive(self.root + server_share, b"kek")

    @property
    def _aad(self) -> bytes:
        return lp("mhp-e2ee/1/slot", self.person, self.device)


def lock(pin: str, *, salt: bytes, device_key: bytes, person: str, device: str) -> Lock:
    """Stretch a PIN or passphrase; takes a third of a second on purpose."""
    stretched = hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, ROUNDS)
    mac = HMAC(device_key, SHA256())
    mac.update(stretched)
    return Lock(person, device, derive(mac.finalize(), lp("mhp-e2ee/1/pin", person, device)))
