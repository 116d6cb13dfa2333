"""A database beside ours, made for one look at a backup and dropped after it.

The portal's owner is no superuser. It may end its own sessions in that database and nobody else's:
neither one of the application's role that is just leaving, nor an autovacuum worker's. So what
is dropped is shut first, and then waited for.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Final

from django.core.management.base import CommandError
from django.db import connections
from django.db.utils import OperationalError, ProgrammingError

SECONDS: Final = 30.0


@contextlib.contextmanager
def scratch() -> Iterator[str]:
    """Make an empty database and yield its name; drop it afterwards, if it can be dropped.

    Raises CommandError where the owner may not make one, or somebody stays in an earlier one.
    """
    name = name_of_scratch()
    try:
        if not drop(name):
            raise CommandError(f"Somebody is in the database {name}, where backups are tried.")
        _make(name)
    except ProgrammingError:
        raise CommandError(
            "portal_owner may not make the database to try the backup in. As the superuser: "
            "ALTER ROLE portal_owner CREATEDB (and NOCREATEDB afterwards)."
        ) from None
    try:
        yield name
    finally:
        drop(name)


def name_of_scratch() -> str:
    """The name of the database in which a backup of ours is tried."""
    return f"{connections['owner'].settings_dict['NAME']}_check"


def drop(name: str) -> bool:
    """Shut a database and drop it as soon as nobody is in it; whether it is gone.

    Waits SECONDS for others to leave, and a few more: PostgreSQL itself waits five at each try.
    """
    until = time.monotonic() + SECONDS
    while is_there(name):
        _shut(name)
        if _dropped(name):
            break
        if time.monotonic() > until:
            return False
    return True


def is_there(name: str) -> bool:
    """Whether there is a database of this name."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _shut(name: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {_quoted(name)} ALLOW_CONNECTIONS false")


def _dropped(name: str) -> bool:
    """Try once. FORCE ends sessions of the owner, a plain DROP ends autovacuum and waits."""
    for how in ("WITH (FORCE)", ""):
        # One of the sessions is another role's, or has not ended yet.
        with contextlib.suppress(ProgrammingError, OperationalError):
            with connections["owner"].cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {_quoted(name)} {how}")
            return True
    return False


def _make(name: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {_quoted(name)} TEMPLATE template0")
        cursor.execute(f"REVOKE ALL ON DATABASE {_quoted(name)} FROM PUBLIC")
        cursor.execute(f"GRANT CONNECT ON DATABASE {_quoted(name)} TO portal_app, portal_dispatch")


def _quoted(name: str) -> str:
    return str(connections["owner"].ops.quote_name(name))
