"""What the environment says, read once, with words that tell how to mend it."""

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
