"""Try a backup: put it into a scratch database, compare, read it as the portal does, drop it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connections, transaction

from portal.audit.services import look_at_chain, seal_events
from portal.backups import catalogue, restoring, scratch
from portal.backups.folders import read_manifest
from portal.encryption.errors import KeyUnavailable, Unreadable
from portal.encryption.places import encrypted_fields
from portal.encryption.selectors import is_destroyed
from portal.practices.selectors import all_practices
from portal.tenancy.context import practice_scope
from portal.tenancy.models import PracticeOwned


@dataclass
class Report:
    """What was compared, and what is wrong; nothing of what the rows say."""

    tables: int = 0
    rows: int = 0
    practices: int = 0
    events: int = 0
    wrong: list[str] = field(default_factory=list)
    left: str = ""  # the scratch database, where somebody stayed in it


def check(folder: Path, *, keys: Path | None) -> Report:
    """Whether this backup could be put back. The portal's own database is not touched."""
    manifest = restoring.read(folder, keys)
    report = Report()
    with scratch.scratch() as name:
        restoring.load(folder, keys, database=name)
        with _everything_uses(name):
            _compare(folder, keys, report)
            if keys is not None:
                report.wrong += restoring.what_stays_closed(manifest, keys)
            call_command("migrate", database="owner", interactive=False, verbosity=0)
            restoring.mark(manifest)
            _read_as_the_portal(manifest["heads"], report)
            if keys is not None and not report.wrong:
                _open_what_was_written(report)
    report.left = name if scratch.is_there(name) else ""
    return report


def _compare(folder: Path, keys: Path | None, report: Report) -> None:
    expected = dict(read_manifest(folder)["tables"])
    if keys is not None:
        expected |= read_manifest(keys)["tables"]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        found = catalogue.contents(cursor)
        forced = _forced(cursor)
    for table, said in expected.items():
        here = found.get(table)
        if here is None or here.as_json() != said:
            rows = here.rows if here else "no"
            report.wrong.append(f"{table}: {rows} rows, and {said['rows']} were backed up")
    report.tables, report.rows = len(expected), sum(each["rows"] for each in expected.values())
    report.wrong += [f"{table}: row security is not in force" for table in _open(forced)]


def _forced(cursor: object) -> set[str]:
    cursor.execute(  # type: ignore[attr-defined]  # a cursor of Django's
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relrowsecurity AND relforcerowsecurity"
    )
    return {name for (name,) in cursor.fetchall()}  # type: ignore[attr-defined]  # the same


def _open(forced: set[str]) -> list[str]:
    return sorted({model._meta.db_table for model in _owned()} - forced)


def _read_as_the_portal(heads: dict[str, str], report: Report) -> None:
    """Every model of every practice, as the application's role; and the audit from its start."""
    for practice in all_practices():
        with practice_scope(practice.pk):
            for model in _owned():
                model._default_manager.order_by("pk").first()
            seal_events()  # what came in the last minute before the backup
            n, _colon, digits = heads.get(str(practice.pk), "").partition(":")
            known = (int(n), bytes.fromhex(digits)) if n else None
            found = look_at_chain(known=known)
        report.practices += 1
        report.events += found.sealed
        if not found.holds:
            report.wrong.append(f"audit of {practice.slug}: {found.broken}")


def _open_what_was_written(report: Report) -> None:
    """One row of every model with encrypted values, in every practice, with the keys at hand."""
    for practice in all_practices():
        with practice_scope(practice.pk):
            for model, fields in encrypted_fields():
                row = model._default_manager.order_by("pk").first()
                for field in fields if row is not None else ():
                    try:
                        is_destroyed(row, field.attname)
                    except (KeyUnavailable, Unreadable) as error:
                        report.wrong.append(f"{model._meta.db_table} of {practice.slug}: {error}")


def _owned() -> list[type[PracticeOwned]]:
    return [model for model in apps.get_models() if issubclass(model, PracticeOwned)]


@contextlib.contextmanager
def _everything_uses(name: str) -> Iterator[None]:
    """Point the owner's and the application's connections at another database for a while."""
    aliases = [alias for alias in ("owner", "default") if alias in connections]
    before = {alias: connections[alias].settings_dict["NAME"] for alias in aliases}
    _point(dict.fromkeys(aliases, name))
    try:
        yield
    finally:
        _point(before)


def _point(names: dict[str, object]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
