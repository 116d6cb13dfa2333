"""`manage.py backup DIR`: everything as it stands, in a new folder for its owner alone."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from portal.backups import taking


class Command(BaseCommand):
    help = (
        "Write a backup into a new folder below DIR, readable by its owner alone and not "
        "encrypted: keep it on an encrypted disk. Patients' keys go below --keys-dir."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument(
            "--keys-dir",
            type=Path,
            help="where patients' keys go, apart from the backup; those older than 30 days go",
        )
        parser.add_argument(
            "--without-keys", action="store_true", help="leave patients' keys out altogether"
        )
        parser.add_argument("--json", action="store_true", help="say what was written as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError("DATABASE_OWNER_URL is not set. A backup reads every practice.")
        try:
            taken = taking.take(
                options["folder"],
                keys_folder=options["keys_dir"],
                without_keys=options["without_keys"],
            )
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        if options["json"]:
            said = {"folder": str(taken.folder), "rows": taken.rows, "pruned": taken.pruned}
            said["keys"] = str(taken.keys) if taken.keys else None
            self.stdout.write(json.dumps(said))
            return
        self.stdout.write(f"{taken.folder}: {taken.rows} rows. Only you can read it (0600).")
        if taken.keys:
            self.stdout.write(f"{taken.keys}: patients' keys. Keep them apart from the backup.")
        if taken.pruned:
            self.stdout.write(f"{taken.pruned} older than 30 days removed from {taken.keys}.")
        keys = f" --keys {taken.keys}" if taken.keys else ""
        self.stdout.write(f"Try it now and then: manage.py restore --check {taken.folder}{keys}")
