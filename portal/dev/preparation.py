"""Make a database ready for people: migrated, its clock movable, its demo people in it.

Needs Django. ``launch.py`` calls it before a command that works with rows; the tests use parts.
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from portal.dev.embedded import Home
from portal.dev.embedded.home import CHECKOUT, locked
from portal.practices.selectors import active_practices

_LOCK_SECONDS = 300.0
# The browsable API is off, and compressing what it would need takes as long as all the rest.
_NEVER_SERVED = ["rest_framework"]


def prepare(home: Home, *, seed: bool, say: Callable[[str], None]) -> None:
    """Migrate when something is missing; with ``seed`` fill a database without practices.

    Two commands at once take turns, so neither sees half of it.
    """
    with locked(
        home.run / "prepare.lock",
        seconds=_LOCK_SECONDS,
        waiting=lambda: say("waiting for another command to finish the database"),
    ):
        if migrations_are_missing():
            say("migrating the database")
            call_command("migrate", verbosity=0, interactive=False, stdout=sys.stderr)
        if not settings.PRODUCTION:
            let_the_clock_be_moved()
        if seed and not active_practices().exists():
            from portal.dev import seeding

            say("filling it with made-up people")
            seeding.seed(say=say)
    connections.close_all()


def migrations_are_missing() -> bool:
    """Whether the owner has something to migrate."""
    executor = MigrationExecutor(connections["owner"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def let_the_clock_be_moved() -> None:
    """Allow the application to move the portal's clock: in the demo and in tests, never else."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("GRANT UPDATE ON clock_offset TO portal_app")


def collect_static(home: Home, *, say: Callable[[str], None]) -> None:
    """Gather, name by content and compress the static files, when any has changed."""
    stamp = home.run / "static.stamp"
    fingerprint = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint and any(home.static.iterdir()):
        return
    say("gathering static files")
    call_command(
        "collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=_NEVER_SERVED
    )
    stamp.write_text(fingerprint)


def _static_fingerprint() -> str:
    """Changes when a file of ours or an installed package does."""
    digest = hashlib.sha256((CHECKOUT / "requirements/runtime.lock").read_bytes())
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                status = path.stat()
                digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
