"""Put a backup back into an empty database, and let reminders go again when a person says so."""

from __future__ import annotations

import datetime as dt
import tarfile
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader

from portal.backups import programs
from portal.backups.folders import DATABASE, FILES, read_manifest
from portal.encryption.errors import KeyUnavailable
from portal.encryption.models import PracticeKey
from portal.encryption.opened import open_practice_key

SESSIONS: Final = ("usersessions_usersession", "django_session")


def restore(folder: Path, *, keys: Path | None) -> dict[str, Any]:
    """Fill the empty database of the owner's address, mark it, and return the manifest.

    Raises CommandError for a damaged backup, a database with tables in it, and a backup of a
    newer portal.
    """
    manifest = read(folder, keys)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        if cursor.fetchone()[0]:
            raise CommandError(
                "The database has tables in it, and a restore overwrites nothing. "
                "Point DATABASE_OWNER_URL at an empty one."
            )
    load(folder, keys)
    _unpack(folder, manifest)
    mark(manifest)
    _count()
    return manifest


def read(folder: Path, keys: Path | None) -> dict[str, Any]:
    """The manifest of a backup that fits these keys and this program. Raises CommandError."""
    manifest = read_manifest(folder)
    if manifest["kind"] != "data":
        raise CommandError(f"{folder} holds keys. Say it with --keys.")
    if keys is not None:
        theirs = read_manifest(keys)
        if theirs["kind"] != "keys":
            raise CommandError(f"{keys} holds no keys.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(manifest["migrations"]) - known):
        raise CommandError(
            f"The backup was made by a newer portal (it knows {newer[0]}). Use that version."
        )
    return manifest


def what_stays_closed(manifest: dict[str, Any], keys: Path | None) -> list[str]:
    """Why some of what people wrote could not be read from the database that was just filled."""
    if keys is None:
        return ["Without patients' keys: what was encrypted cannot be read."]
    found = sorted({str(error) for row in _practice_keys() for error in _refusal(row)})
    theirs, ours = (
        dt.datetime.fromisoformat(m["taken_at"]) for m in (read_manifest(keys), manifest)
    )
    if theirs < ours:
        found.append("The keys are older than the data: whoever was new in between has none here.")
    return found


def _practice_keys() -> list[PracticeKey]:
    """As the owner, and by name: the tables may be those of an older portal."""
    names = ("id", "practice_id", "purpose", "kek", "wrapped")
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM encryption_practicekey")  # noqa: S608 - our own names
        return [PracticeKey(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _refusal(row: PracticeKey) -> list[KeyUnavailable]:
    try:
        open_practice_key(row)
    except KeyUnavailable as error:
        return [error]
    return []


def load(folder: Path, keys: Path | None, *, database: str | None = None) -> None:
    """Fill an empty database: all of it or nothing."""
    name = database or str(connections["owner"].settings_dict["NAME"])
    # No owner and no roles are made: they are there before the first restore.
    options = ("--exit-on-error", "--single-transaction", f"--dbname={name}")
    programs.run("pg_restore", *options, str(folder / DATABASE), database=name)
    if keys is not None:
        more = ("--data-only", "--enable-row-security")
        programs.run("pg_restore", *options, *more, str(keys / DATABASE), database=name)


def mark(manifest: dict[str, Any]) -> None:
    """Write down that this came out of a backup: from now on reminders are held.

    Everybody signs in anew: a session that was ended since must not come back with the data.
    """
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO backups_restore (taken_at, restored_at) VALUES (%s, portal_now())",
            [manifest["taken_at"]],
        )
        for table in SESSIONS:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def _count() -> None:
    """A backup holds no statistics; until PostgreSQL has its own, it plans as for empty tables."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def release() -> int:
    """Let reminders go again; how many restores were waiting for that."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE backups_restore SET released_at = portal_now() WHERE released_at IS NULL"
        )
        return int(cursor.rowcount)


def _unpack(folder: Path, manifest: dict[str, Any]) -> None:
    if FILES in manifest["files"]:
        with tarfile.open(folder / FILES) as archive:
            archive.extractall(settings.PORTAL_HOME, filter="data")
