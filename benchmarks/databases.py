"""The benchmark's databases: made anew for each run, filled with the demo's people."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg2
from psycopg2 import sql

from benchmarks.servers import environment
from portal.dev.embedded.home import CHECKOUT
from portal.dev.embedded.postgres import furnish

SMALL, GROWN = "portal_bench", "portal_bench_grown"
SEED = 3
AS_OF = dt.datetime(2026, 3, 11, 10, tzinfo=dt.UTC)
"""Every run looks at the same morning, so that it asks for the same rows."""


def make_anew() -> float:
    """Make the small one and migrate it; returns the seconds that `migrate` took."""
    for name in (GROWN, SMALL):
        maintain(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    maintain(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(SMALL)))
    with contextlib.closing(connect(SMALL)) as connection:
        furnish(connection)
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=CHECKOUT,
        env=environment(SMALL),
        check=True,
    )
    return time.monotonic() - started


def fill(patients: int, say: Callable[[str], None]) -> None:
    """The demo's practices, the same for the same number."""
    from portal.dev import preparation, seeding

    preparation.let_the_clock_be_moved()
    seeding.seed(as_of=AS_OF, number=SEED, patients=patients, say=say)


def copy_small() -> None:
    """The grown one begins as a copy. Nobody may be connected to the small one."""
    from django.db import connections

    connections.close_all()
    time.sleep(0.3)  # a session that has just ended may still be on its way out
    maintain(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(GROWN)))
    maintain(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(GROWN), sql.Identifier(SMALL)
        )
    )
    with contextlib.closing(connect(GROWN)) as connection:
        furnish(connection)


def point_at(name: str) -> None:
    """From now on Django's own connections in this process go there."""
    from django.db import connections

    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def maintain(statement: sql.Composed) -> None:
    """One statement about databases, as their owner."""
    with contextlib.closing(connect("portal")) as connection:
        connection.cursor().execute(statement)


def connect(name: str) -> psycopg2.extensions.connection:
    """A connection of the owner, each statement on its own."""
    address = environment(name)["DATABASE_OWNER_URL"]
    connection = psycopg2.connect(address)
    connection.autocommit = True
    return connection


def use(name: str) -> None:
    """From now on this process and those it starts work there; before Django reads settings."""
    os.environ.update(
        {key: value for key, value in environment(name).items() if key.startswith("DATABASE_")}
    )
