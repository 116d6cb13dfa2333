"""The test servers, and a slot of them for each process that runs tests.

All pytest processes of a checkout share one Postgres and one Valkey below PORTAL_HOME/test. Each
takes a slot, a number held by a lock file: its databases are called after it and its Valkey
database is that number, so nobody disturbs anybody and a killed run leaves nothing to clean.
"""

import fcntl
import os
from collections.abc import Mapping
from typing import IO
from urllib.parse import urlsplit, urlunsplit

from portal.dev.embedded import Home, LauncherError, Servers, default_home, join_or_start
from portal.dev.embedded.home import open_lock, try_lock

SLOTS = 60  # Valkey is started with 64 databases
_DATABASE_NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_DISPATCH_URL")

home = Home(default_home() / "test")
slot: int | None = None
_servers: Servers | None = None
_slot_lock: IO[bytes] | None = None


def enter(*, runs_tests: bool) -> None:
    """Join or start the servers and say in the environment where they are.

    A PostgreSQL given by DATABASE_URL and DATABASE_OWNER_URL is used instead of ours, a Redis
    given by REDIS_URL likewise. Raises LauncherError with one line that says what to do.
    """
    global _servers, slot, _slot_lock
    parts = [
        part
        for part, name in (("postgres", "DATABASE_URL"), ("valkey", "REDIS_URL"))
        if name not in os.environ
    ]
    if os.environ.get("PYTEST_XDIST_WORKER"):  # the controller's environment has ours in it
        parts = [part for part in os.environ.get("PORTAL_TEST_PARTS", "").split(",") if part]
    if parts:
        _servers = join_or_start(home, durable=False, parts=parts)
        os.environ.update(_servers.environment())
        os.environ["PORTAL_TEST_PARTS"] = ",".join(parts)
    os.environ.update(
        {
            "PORTAL_MODE": "test",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
            "PORTAL_HOME": str(home.path),
            "SECRET_KEY": "a key for tests that opens nothing",
            "ENCRYPTION_KEYS": "5e" * 32,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright keeps an event loop in the main thread
        }
    )
    if runs_tests:
        slot, _slot_lock = _take_slot()
        number = urlsplit(os.environ["REDIS_URL"])
        os.environ["REDIS_URL"] = urlunsplit(number._replace(path=f"/{slot}"))
        os.environ.update(addresses(database_name()))


def leave() -> None:
    """Give the slot back; the last process out stops the servers."""
    if _slot_lock is not None:
        _slot_lock.close()
    if _servers is not None:
        _servers.stop()


def database_name() -> str:
    """The database of this process."""
    return f"portal_test_{slot}"


def addresses(database: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The three database addresses, leading to ``database``."""
    return {
        name: urlunsplit(urlsplit(environ[name])._replace(path=f"/{database}"))
        for name in _DATABASE_NAMES
        if name in environ
    }


def _take_slot() -> tuple[int, IO[bytes]]:
    home.run.mkdir(parents=True, exist_ok=True)
    for number in range(1, SLOTS + 1):
        handle = open_lock(home.run / f"slot-{number}")
        if try_lock(handle, fcntl.LOCK_EX):
            return number, handle
        handle.close()
    raise LauncherError(f"{SLOTS} test processes are running: wait until one has ended.")
