"""What ``manage.py`` does before Django reads the settings.

With DATABASE_URL and REDIS_URL in the environment, or PORTAL_MODE=production: nothing. Else the
command joins or starts the embedded servers of PORTAL_HOME, in the demo configuration, and stops
them if it is the last to use them. A command that works with rows finds the database migrated and,
in the demo, filled. Output goes to stdout, progress to stderr.
"""

import errno
import os
import sys
import time
from collections.abc import Callable, MutableMapping

from portal.dev.embedded import Home, LauncherError, Servers, default_home, join_or_start
from portal.dev.embedded.problems import disk_full

# They read the settings and no row: addresses that lead nowhere are enough.
_WITHOUT_SERVERS = frozenset(
    {"help", "version", "makemessages", "compilemessages", "startapp", "findstatic"}
)
# They look at the schema, or bring it up to date themselves.
_UNPREPARED = frozenset(
    {
        "check",
        "collectstatic",
        "dbshell",
        "diffsettings",
        "makemigrations",
        "migrate",
        "optimizemigration",
        "restore",
        "role_matrix",
        "showmigrations",
        "sqlflush",
        "sqlmigrate",
        "squashmigrations",
    }
)
_UNSEEDED = frozenset({"create_practice", "seed"})
NOWHERE = {
    "DATABASE_URL": "postgres://portal_app@127.0.0.1:1/none",
    "DATABASE_OWNER_URL": "postgres://portal_owner@127.0.0.1:1/none",
    "DATABASE_DISPATCH_URL": "postgres://portal_dispatch@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "for commands that sign nothing",
    "ENCRYPTION_KEYS": "0" * 64,
}


class Progress:
    """Lines on stderr with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self, line: str) -> None:
        sys.stderr.write(f"{time.monotonic() - self._started:6.1f} s  {line}\n")
        sys.stderr.flush()


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code; known troubles take one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if os.name == "nt":
        sys.stderr.write("Windows is not supported: use the Windows Subsystem for Linux.\n")
        return 1
    from django.core.exceptions import ImproperlyConfigured
    from django.db.utils import OperationalError

    try:
        return _run(arguments)
    except (LauncherError, ImproperlyConfigured) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except (OSError, OperationalError) as error:
        line = _known_trouble(error)
        if line is None:
            raise
        sys.stderr.write(f"{line}\n")
        return 1


def _known_trouble(error: BaseException) -> str | None:
    """One line for what is wrong with the machine; None for what is wrong with us."""
    said = str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or "could not extend file" in said or "No space left on device" in said:
        return str(disk_full(default_home()))
    if "connection to server" in said and "failed" in said:
        return (
            f"The database does not answer: {said.splitlines()[0].strip()}. Is DATABASE_URL right?"
        )
    return None


def _run(arguments: list[str]) -> int:
    command = next((word for word in arguments[1:] if not word.startswith("-")), "help")
    if command == "demo" and os.environ.get("PORTAL_MODE") != "production":
        from portal.dev import demonstration

        return demonstration.main(arguments[2:])
    parts = missing_parts(os.environ)
    if not parts:
        return _django(arguments)
    os.environ.setdefault("PORTAL_MODE", "demo")
    if command in _WITHOUT_SERVERS or {"--help", "-h", "--version"} & set(arguments):
        for name, value in NOWHERE.items():
            os.environ.setdefault(name, value)
        return _django(arguments)
    say = Progress()
    with enter(Home(default_home()), parts, say) as servers:
        if command not in _UNPREPARED:
            _prepare(servers.home, seed=command not in _UNSEEDED, say=say)
        return _django(arguments)


def missing_parts(environ: MutableMapping[str, str]) -> list[str]:
    """Which servers nobody has named: "postgres", "valkey", both or none.

    In production none ever: a forgotten address must be an error there and not a new database.
    """
    if environ.get("PORTAL_MODE") == "production":
        return []
    named = (("postgres", "DATABASE_URL"), ("valkey", "REDIS_URL"))
    return [part for part, name in named if not environ.get(name)]


def enter(
    home: Home,
    parts: list[str],
    say: Callable[[str], None],
    environ: MutableMapping[str, str] = os.environ,
) -> Servers:
    """Join or start the missing servers and write their addresses into the environment."""
    servers = join_or_start(home, durable=True, parts=parts, say=say)
    environ.update(servers.environment())
    environ["PORTAL_HOME"] = str(home.path)
    environ.setdefault("PORTAL_MODE", "demo")
    environ.setdefault("SECRET_KEY", home.secret())
    return servers


def _prepare(home: Home, *, seed: bool, say: Callable[[str], None]) -> None:
    import django

    django.setup()
    from django.conf import settings

    from portal.dev import preparation

    preparation.prepare(home, seed=seed and settings.DEMO, say=say)


def _django(arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(arguments)
    return 0
