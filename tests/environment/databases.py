"""Databases for tests: one migrated template with the cast, and clones that take 40 ms each.

The template is named after what its migrations say, so a second run finds it. Everything is made
as ``portal_owner`` and used as ``portal_app``: row security holds in tests as it does outside.
"""

import contextlib
import gc
import hashlib
import os
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg2
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from portal import clock
from portal.dev.embedded.home import CHECKOUT, locked
from portal.dev.embedded.postgres import furnish
from portal.dev.preparation import let_the_clock_be_moved
from tests.cast import build_cast
from tests.environment import servers

_TEMPLATE = "portal_template_"
_LOCK_SECONDS = 180.0
_CAST_NEEDS = [
    f"portal/{name}" for name in ("access", "audit", "clock", "encryption", "people", "practices")
] + ["portal/tenancy"]


def make_template() -> str:
    """The name of the migrated template; makes it when there is none of this fingerprint."""
    name = _TEMPLATE + _fingerprint()
    with (
        locked(servers.home.run / "template.lock", seconds=_LOCK_SECONDS, waiting=lambda: None),
        _maintenance() as cursor,
    ):
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{_TEMPLATE}%"])
        existing = {found for (found,) in cursor.fetchall()}
        if name in existing:
            return name
        unfinished = _TEMPLATE + "new"
        for old in existing | {unfinished}:
            _drop(cursor, old)
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        _fill(unfinished)
        clone(unfinished, bare(name))
        _add_cast(unfinished)
        cursor.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(unfinished), sql.Identifier(name)
            )
        )
    return name


def bare(template: str) -> str:
    """The template's sibling without anybody in it, for tests of set-up and seeding."""
    return f"{template}_bare"


def clone(template: str, name: str) -> None:
    """Make a database from the template, replacing one that a killed run left."""
    with _maintenance() as cursor:
        _drop(cursor, name)
        for attempt in range(20):
            try:
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                        sql.Identifier(name), sql.Identifier(template)
                    )
                )
                break
            except psycopg2.errors.ObjectInUse:  # autovacuum is looking at the template
                if attempt == 19:
                    raise
                time.sleep(0.1)
        # A database does not inherit who may connect to it.
        with contextlib.closing(_connect(name)) as connection:
            furnish(connection)


def make_fresh(name: str) -> None:
    """A database as production's first start finds it: its roles may connect, and no table."""
    with _maintenance() as cursor:
        _drop(cursor, name)
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        )
        with contextlib.closing(_connect(name)) as connection:
            furnish(connection)


def drop(name: str) -> None:
    """Drop a database, ending sessions that are still in it."""
    with _maintenance() as cursor:
        _drop(cursor, name)


@contextlib.contextmanager
def everything_uses(name: str) -> Iterator[None]:
    """Point all of Django's connections at another database for a while."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _point(dict.fromkeys(before, name))
    try:
        yield
    finally:
        _point(before)


def _point(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        # The same dict backs every thread's connection, so a server in a thread follows.
        connections[alias].settings_dict["NAME"] = name


def _fill(name: str) -> None:
    with contextlib.closing(_connect(name)) as connection:
        furnish(connection)
    owner = connections["owner"]
    before = owner.settings_dict["NAME"]
    _point({"owner": name})
    try:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        let_the_clock_be_moved()
    finally:
        _point({"owner": before})


def _add_cast(name: str) -> None:
    with everything_uses(name):
        clock.forget()
        build_cast()
    clock.forget()


@contextlib.contextmanager
def _maintenance() -> Iterator[Cursor]:
    """A cursor as the owner, in the database that is always there."""
    owner = urlsplit(os.environ["DATABASE_OWNER_URL"])
    database = "portal" if servers.slot is not None else owner.path.lstrip("/")
    with contextlib.closing(_connect(database)) as connection:
        yield connection.cursor()


def _connect(database: str) -> psycopg2.extensions.connection:
    connection = psycopg2.connect(servers.addresses(database)["DATABASE_OWNER_URL"])
    connection.autocommit = True
    return connection


def _drop(cursor: Cursor, name: str, seconds: float = 10.0) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    until = time.monotonic() + seconds
    while True:
        try:
            cursor.execute(statement)
            return
        except psycopg2.errors.InsufficientPrivilege:
            # A session of the app's role, closed a moment ago, is still on its way out, and the
            # owner may not hurry it. That of a thread which has ended goes when it is collected.
            if time.monotonic() > until:
                raise
            gc.collect()
            time.sleep(0.05)


def _fingerprint() -> str:
    """A hash of everything that decides what the migrated database looks like."""
    digest = hashlib.sha256()
    sources = [
        *CHECKOUT.glob("*/migrations/*.py"),
        *CHECKOUT.glob("portal/*/migrations/*.py"),
        *(path for package in _CAST_NEEDS for path in (CHECKOUT / package).rglob("*.py")),
        CHECKOUT / "tests/cast.py",
        CHECKOUT / "tests/environment/databases.py",
        CHECKOUT / "portal/settings.py",
        CHECKOUT / "portal/dev/preparation.py",
        CHECKOUT / "requirements/runtime.lock",
    ]
    for source in sorted(sources):
        digest.update(str(source.relative_to(CHECKOUT)).encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]
