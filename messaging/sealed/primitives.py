"""The few functions that everything else is made of."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class CannotOpen(Exception):
    """Wrong key, wrong place, or changed on the way; nobody is told which."""

    def __init__(self) -> None:
        super().__init__("This cannot be opened.")


def sha256(*parts: bytes) -> bytes:
    """The digest of the parts, one after the other."""
    digest = Hash(SHA256())
    for part in parts:
        digest.update(part)
    return digest.finalize()


def derive(secret: bytes, info: bytes) -> bytes:
    """32 bytes by HKDF-SHA-256 with an empty salt."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


def encrypt(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """AES-256-GCM; the tag stands at the end. A nonce is used once for a key."""
    return AESGCM(key).encrypt(nonce, plain, aad)


def decrypt(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    """The plain bytes. Raises CannotOpen."""
    try:
        return AESGCM(key).decrypt(nonce, sealed, aad)
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def seal(plain: bytes, public: bytes, info: bytes) -> bytes:
    """HPKE to one reader: 32 bytes of ephemeral key, then the ciphertext. Raises CannotOpen for a
    public key that is none, low-order points included.
    """
    try:
        return _HPKE.encrypt(plain, X25519PublicKey.from_public_bytes(public), info)
    except ValueError:
        raise CannotOpen from None


def unseal(sealed: bytes, private: bytes, info: bytes) -> bytes:
    """What `seal` sealed to this reader, for this purpose. Raises CannotOpen."""
    try:
        return _HPKE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info)
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def sign(seed: bytes, message: bytes) -> bytes:
    """An Ed25519 signature, 64 bytes; `seed` is the private key."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def check(public: bytes, signature: bytes, message: bytes) -> None:
    """Raises CannotOpen unless the signature is by this key over this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise CannotOpen from None
