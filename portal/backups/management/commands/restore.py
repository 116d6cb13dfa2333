"""`manage.py restore`: put a backup back, only try it, or let reminders go again after one."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from portal.backups import checking, folders, restoring


class Command(BaseCommand):
    help = (
        "Put the backup in DIR into the empty database of DATABASE_OWNER_URL. Afterwards no "
        "reminder leaves until you have looked and run this with --release."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, nargs="?")
        parser.add_argument("--keys", type=Path, metavar="DIR", help="the backup of patients' keys")
        parser.add_argument(
            "--check",
            action="store_true",
            help="put it into a database of its own, compare, read it, drop it; exit 1 if wrong",
        )
        parser.add_argument(
            "--release", action="store_true", help="after a restore: let reminders go again"
        )
        parser.add_argument("--json", action="store_true", help="with --check: report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError("DATABASE_OWNER_URL is not set. A restore makes every table.")
        if options["release"]:
            self._release()
        elif options["folder"] is None:
            raise CommandError("Say which backup: its folder, as `backup` printed it.")
        elif options["check"]:
            self._check(_folder(options["folder"]), options)
        else:
            self._restore(_folder(options["folder"]), options)

    def _check(self, folder: Path, options: dict[str, Any]) -> None:
        report = checking.check(folder, keys=options["keys"] and _folder(options["keys"]))
        if options["json"]:
            self.stdout.write(json.dumps({"holds": not report.wrong, **asdict(report)}))
        else:
            for line in report.wrong:
                self.stdout.write(f"WRONG  {line}")
            self.stdout.write(
                f"{report.tables} tables with {report.rows} rows compared; {report.practices} "
                f"practices read; {report.events} audit events followed from the first."
            )
            if report.left:
                self.stdout.write(
                    f"Somebody stays in {report.left}, which is shut. The next check drops it."
                )
            self.stdout.write("It does not hold." if report.wrong else "It holds.")
        if report.wrong:
            raise SystemExit(1)

    def _restore(self, folder: Path, options: dict[str, Any]) -> None:
        keys = options["keys"] and _folder(options["keys"])
        manifest = restoring.restore(folder, keys=keys)
        self.stdout.write(f"Restored as of {manifest['taken_at']}.")
        for line in restoring.what_stays_closed(manifest, keys):
            self.stdout.write(line)
        self.stdout.write(
            "Reminders are held. Run `migrate`, look at each practice's schedule, then: "
            "manage.py restore --release"
        )

    def _release(self) -> None:
        count = restoring.release()
        self.stdout.write(
            "Reminders go again. What was wanted before the restore stays unsent."
            if count
            else "No restore was waiting."
        )


def _folder(path: Path) -> Path:
    """The folder of a backup, also where its manifest or its dump was named."""
    return path.parent if path.name in (folders.MANIFEST, folders.DATABASE) else path
