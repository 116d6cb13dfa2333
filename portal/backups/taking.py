"""Take a backup: everything as it stood at one moment, with the numbers to compare it by."""

from __future__ import annotations

import datetime as dt
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections, transaction

from portal.backups import catalogue, programs
from portal.backups.folders import DATABASE, FILES, private_file, private_folder, write_manifest

KEYS_KEPT: Final = dt.timedelta(days=30)
_DUMP = ("--format=custom", "--no-sync", "--enable-row-security")


@dataclass(frozen=True)
class Taken:
    """Where a backup lies: the folder, and that of the keys where there are any."""

    folder: Path
    keys: Path | None
    rows: int
    pruned: int


def take(folder: Path, *, keys_folder: Path | None, without_keys: bool = False) -> Taken:
    """Write a backup into a new folder below `folder`. Raises CommandError.

    What is kept apart goes below `keys_folder`, and what is older than thirty days there goes: a
    patient's key that was destroyed is gone from everywhere a month later.
    """
    apart = catalogue.tables_apart()
    if apart and keys_folder is None and not without_keys:
        raise CommandError(
            "Patients' keys are kept apart: say where with --keys-dir, on another disk or machine "
            "than the backup. --without-keys leaves them out, and nobody can read the backup."
        )
    if keys_folder is not None and _are_together(folder, keys_folder):
        raise CommandError("Keys beside the backup protect nothing: choose another --keys-dir.")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), now(), current_setting('server_version')")
        snapshot, moment, version = cursor.fetchone()
        found = catalogue.contents(cursor)
        facts = {
            "taken_at": moment.isoformat(),
            "postgres": version,
            "migrations": catalogue.migrations(cursor),
            "heads": catalogue.heads(cursor),
        }
        name = f"portal-{moment:%Y%m%dT%H%M%SZ}"
        ordinary = {table: each for table, each in found.items() if table not in apart}
        excluded = [f"--exclude-table-data={table}" for table in apart]
        made = _new(folder, name)
        _dump(made, [f"--snapshot={snapshot}", *excluded])
        files = [DATABASE, *_store_files(made)]
        write_manifest(made, {**facts, "kind": "data", "tables": _plain(ordinary)}, files)
        keys = None
        if apart and keys_folder is not None:
            keys = _new(keys_folder, f"{name}-keys")
            only = [f"--table={table}" for table in apart]
            # Rows come back by INSERT: row security is in force on the table by then.
            _dump(keys, [f"--snapshot={snapshot}", "--data-only", "--inserts", *only])
            theirs = {table: found[table] for table in apart}
            write_manifest(keys, {**facts, "kind": "keys", "tables": _plain(theirs)}, [DATABASE])
    pruned = prune(keys_folder, before=moment - KEYS_KEPT) if keys_folder is not None else 0
    return Taken(made, keys, sum(each.rows for each in ordinary.values()), pruned)


def prune(folder: Path, *, before: dt.datetime) -> int:
    """Remove backups of keys that were taken before a moment; how many. Nothing else is touched."""
    gone = 0
    for path in sorted(folder.glob("portal-*Z-keys")):
        stamp = path.name.removeprefix("portal-").removesuffix("-keys")
        try:
            taken = dt.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
        except ValueError:
            continue
        if taken < before:
            for each in path.iterdir():
                each.unlink()
            path.rmdir()
            gone += 1
    return gone


def _are_together(folder: Path, keys: Path) -> bool:
    one, other = folder.resolve(), keys.resolve()
    return one == other or one in other.parents or other in one.parents


def _new(parent: Path, name: str) -> Path:
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = parent / name
    if path.exists():
        raise CommandError(f"{path} is there already: two backups in one second. Run this again.")
    return private_folder(path)


def _dump(folder: Path, more: list[str]) -> None:
    path = private_file(folder / DATABASE)
    programs.run("pg_dump", *_DUMP, *more, f"--file={path}")


def _store_files(folder: Path) -> list[str]:
    """Bytes that were uploaded; they are ciphertext where they lie."""
    stored = Path(settings.PORTAL_HOME) / "files"
    if not stored.is_dir():
        return []
    with tarfile.open(private_file(folder / FILES), "w") as archive:
        archive.add(stored, arcname="files")
    return [FILES]


def _plain(tables: dict[str, catalogue.Contents]) -> dict[str, Any]:
    return {name: each.as_json() for name, each in tables.items()}
