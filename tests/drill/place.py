"""Where a drill happens: a PostgreSQL and a Valkey of its own, and databases made from a scene.

The servers are our own children, not those of a keeper that starts them again by itself, because
the drill stops and kills them. They go with us, whatever ends us.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from portal.dev.embedded import Home, LauncherError, default_home
from portal.dev.embedded.account import server_account
from portal.dev.embedded.binaries import find_postgres, find_valkey
from portal.dev.embedded.home import locked
from portal.dev.embedded.keeper import credentials
from portal.dev.embedded.postgres import (
    APP,
    DISPATCH,
    OWNER,
    SUPERUSER,
    PortTakenError,
    PostgresServer,
)
from portal.dev.embedded.processes import free_port
from portal.dev.embedded.valkey import ValkeyServer

SCENE, STAGE = "portal_drill_scene", "portal_drill"
_TRIES = 5


class Place:
    """Servers, and the environment that leads the drill's processes to them."""

    def __init__(self, name: str) -> None:
        """`name` is a folder below PORTAL_HOME; one drill at a time may use it."""
        self.home = Home(default_home() / name)
        self.account = server_account()
        self.postgres: PostgresServer
        self.valkey: ValkeyServer

    @contextlib.contextmanager
    def running(self) -> Iterator[Place]:
        """Start the servers, and stop them at the end. Raises LauncherError."""
        self.home.prepare(self.account)
        with locked(self.home.run / "drill.lock", seconds=5, waiting=lambda: None):
            try:
                self._start()
                yield self
            finally:
                for name in ("valkey", "postgres"):
                    if hasattr(self, name):
                        getattr(self, name).stop()

    def _start(self) -> None:
        root, passwords = self.home.data_root(self.account), credentials(self.home)
        # Durable, as in production: a commit that a crash of the server may take back would be
        # the server's fault and look like ours.
        self.postgres = PostgresServer(
            find_postgres(self.account, root / "programs"),
            root / "postgres",
            self.account,
            passwords,
            free_port(),
            durable=True,
        )
        self.postgres.initialise()
        for attempt in range(_TRIES):
            try:
                self.postgres.start(self.home)
                break
            except PortTakenError:
                if attempt == _TRIES - 1:
                    raise
                self.postgres.port = free_port()
        self._note_commit_times()
        program = find_valkey(self.account, root / "programs")
        self.valkey = ValkeyServer(program, self.account, passwords["valkey"], free_port())
        self.valkey.start(self.home)

    def _note_commit_times(self) -> None:
        """Let the server keep the moment of each commit (`commits`)."""
        with contextlib.closing(self.postgres.connect(SUPERUSER, "postgres")) as connection:
            cursor = connection.cursor()
            cursor.execute("SHOW track_commit_timestamp")
            if cursor.fetchone() == ("on",):
                return
            cursor.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        self.postgres.stop()
        self.postgres.start(self.home)

    def environment(self, web_port: int, provider: str) -> dict[str, str]:
        """What every process of the drill gets: the stage's database, and the stand-in."""
        return {
            "PORTAL_MODE": "demo",  # whose processes follow a clock that is moved
            "PORTAL_HOME": str(self.home.path),
            "PORT": str(web_port),
            "SECRET_KEY": "a key for drills that opens nothing",
            "ENCRYPTION_KEYS": "5e" * 32,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "LOG_LEVEL": "ERROR",
            "DATABASE_URL": self.postgres.url(APP, STAGE),
            "DATABASE_OWNER_URL": self.postgres.url(OWNER, STAGE),
            "DATABASE_DISPATCH_URL": self.postgres.url(DISPATCH, STAGE),
            "REDIS_URL": self.valkey.url,
            "TWILIO_API_BASE": provider,
        }

    def enter(self, environment: dict[str, str]) -> None:
        """From now on this process works here too; before Django reads its settings."""
        for name in ("PUBLIC_URL", "EMAIL_URL", "CELERY_QUEUE", "CACHE_PREFIX"):
            os.environ.pop(name, None)
        os.environ.update(environment)
        import django

        from tests.environment import servers

        servers.home, servers.slot = self.home, 0
        django.setup()

    def template(self) -> str:
        """The migrated database with the cast of all tests; kept from drill to drill."""
        from tests.environment import databases

        return databases.make_template()

    def set_stage(self, source: str) -> None:
        """Begin again: the stage is a fresh copy of that database.

        Sessions of the killed may still be on their way out, and the owner may not hurry them.
        """
        with contextlib.closing(self.postgres.connect(SUPERUSER, "postgres")) as connection:
            connection.cursor().execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [STAGE]
            )
        copy(source, STAGE)


def copy(source: str, name: str) -> None:
    """Make one database from another; nobody else may be in either."""
    from django.db import connections

    from portal import clock
    from tests.environment import databases

    connections.close_all()
    databases.clone(source, name)
    clock.forget()


__all__ = ["SCENE", "STAGE", "LauncherError", "Place", "copy"]
