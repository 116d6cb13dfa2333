"""HPKE of RFC 9180 (base mode, one message) with an ephemeral key that the test chooses.

Never in the product: a chosen ephemeral key gives two messages the same keystream. Here it lets a
vector be compared byte for byte.
"""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEM_ID = struct.pack(">H", 0x0020)


def _extract(salt: bytes, key: bytes) -> bytes:
    return hmac.new(salt or bytes(32), key, sha256).digest()


def _expand(prk: bytes, info: bytes, length: int) -> bytes:
    block, out, count = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([count]), sha256).digest()
        out, count = out + block, count + 1
    return out[:length]


@dataclass(frozen=True)
class Hpke:
    """`aead_id` 1 is AES-128-GCM (the RFC's first vector), 2 is AES-256-GCM (ours)."""

    aead_id: int = 2

    @property
    def _suite(self) -> bytes:
        return b"HPKE" + _KEM_ID + struct.pack(">HH", 1, self.aead_id)

    def _labelled_extract(self, salt: bytes, label: bytes, key: bytes, suite: bytes) -> bytes:
        return _extract(salt, b"HPKE-v1" + suite + label + key)

    def _labelled_expand(
        self, prk: bytes, label: bytes, info: bytes, length: int, suite: bytes
    ) -> bytes:
        return _expand(prk, struct.pack(">H", length) + b"HPKE-v1" + suite + label + info, length)

    def seal(
        self, plain: bytes, public: bytes, info: bytes, ephemeral: bytes, aad: bytes = b""
    ) -> bytes:
        """Encapsulated key, then ciphertext."""
        private = X25519PrivateKey.from_private_bytes(ephemeral)
        enc = private.public_key().public_bytes_raw()
        shared = private.exchange(X25519PublicKey.from_public_bytes(public))
        kem = b"KEM" + _KEM_ID
        eae = self._labelled_extract(b"", b"eae_prk", shared, kem)
        secret = self._labelled_expand(eae, b"shared_secret", enc + public, 32, kem)
        hashed = self._labelled_extract(b"", b"info_hash", info, self._suite)
        nothing = self._labelled_extract(b"", b"psk_id_hash", b"", self._suite)
        context = b"\x00" + nothing + hashed
        prk = self._labelled_extract(secret, b"secret", b"", self._suite)
        size = {1: 16, 2: 32}[self.aead_id]
        key = self._labelled_expand(prk, b"key", context, size, self._suite)
        nonce = self._labelled_expand(prk, b"base_nonce", context, 12, self._suite)
        return enc + AESGCM(key).encrypt(nonce, plain, aad)
