"""What the environment says, read once, with words that tell how to mend it."""

import contextlib
import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
MODES = ("production", "demo", "test")

env = environ.Env()


def mode() -> str:
    """`PORTAL_MODE`: production unless said otherwise, so that forgetting it is safe."""
    value: str = env.str("PORTAL_MODE", default="production")
    if value not in MODES:
        raise ImproperlyConfigured(f"PORTAL_MODE is {value!r}; use one of {', '.join(MODES)}.")
    return value


def required(name: str, mend: str) -> str:
    """The setting `name`, or a refusal that names it and says what to do."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {mend}")
    return value


def database(url: str) -> dict[str, object]:
    """Django's database settings for a `postgres://` address.

    Raises ImproperlyConfigured for any other scheme: row security needs PostgreSQL.
    """
    config: dict[str, object] = environ.Env.db_url_config(url)
    if config.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("The database address must begin with postgres://.")
    config["DISABLE_SERVER_SIDE_CURSORS"] = True  # PgBouncer in transaction mode
    return config


def is_private(url: str) -> bool:
    """True for a socket or a loopback host, where TLS adds nothing."""
    host = urlsplit(url).hostname
    return host in (None, "localhost", "127.0.0.1", "::1")


def encryption_keys(given: list[str], file: str, *, stand_in: Path | None) -> list[str]:
    """The key-encryption keys, the current one first: 64 hexadecimal digits each.

    `given` comes from the environment, else the lines of `file` count, else those of `stand_in`,
    which is made at the first call. Raises ImproperlyConfigured for none and for what is no key.
    """
    keys = given
    if not keys and file:
        keys = _keys_in(Path(file))
    elif not keys and stand_in is not None:
        _make_key_file(stand_in)
        keys = _keys_in(stand_in)
    if not keys:
        raise ImproperlyConfigured(
            "ENCRYPTION_KEYS is not set. Set it to 64 hexadecimal digits, or ENCRYPTION_KEY_FILE "
            "to a file with them, and keep a copy apart from the backups: without it nothing that "
            "people wrote can be read."
        )
    for key in keys:
        if not re.fullmatch(r"[0-9a-fA-F]{64}", key):
            raise ImproperlyConfigured(
                "ENCRYPTION_KEYS holds something that is not a key. Set it to 64 hexadecimal "
                "digits a key, with commas between keys."
            )
    return keys


def _make_key_file(path: Path) -> None:
    """A new key for its owner alone, unless there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as made:
            made.write(secrets.token_hex(32) + "\n")


def _keys_in(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        raise ImproperlyConfigured(
            f"ENCRYPTION_KEY_FILE cannot be read: {path}. Set it to a file of this account's."
        ) from None
