"""The secrets of invitations: what stands in a link or on a sheet, and what is given apart."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings

# Crockford's base 32: no I, L, O, U. 26 signs are 130 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_SIGNS, CODE_SIGNS = 26, 8
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_token() -> str:
    """130 random bits in letters and digits that can be read out."""
    return "".join(secrets.choice(ALPHABET) for _sign in range(TOKEN_SIGNS))


def new_code() -> str:
    """40 random bits, enough for five tries: `4F7K-9QXT`."""
    signs = "".join(secrets.choice(ALPHABET) for _sign in range(CODE_SIGNS))
    return f"{signs[:4]}-{signs[4:]}"


def read_signs(text: str) -> str:
    """What was typed from paper: no gaps, big letters, the usual misreadings put right."""
    return text.strip().upper().translate(MISREAD)


def hash_token(token: str) -> str:
    return hashlib.sha256(read_signs(token).encode()).hexdigest()


def hash_code(code: str) -> str:
    """Keyed with the installation's secret: eight signs alone could be tried out from a dump."""
    if not code:
        return ""
    key = f"portal.people.invitations {settings.SECRET_KEY}".encode()
    return hmac.new(key, read_signs(code).encode(), hashlib.sha256).hexdigest()


def in_groups(token: str) -> str:
    """The token as it is printed, so that a person can type it: `4F7K 9QXT …`."""
    return " ".join(token[start : start + 4] for start in range(0, len(token), 4))
