"""`manage.py import_appointments FILE.csv --practice SLUG`: a record system's appointments."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.access.viewer import SystemActor
from portal.appointments.importing.planning import Plan, plan
from portal.appointments.importing.reading import MAX_BYTES, decoded
from portal.appointments.importing.writing import write
from portal.practices.selectors import practice_named
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError, NotFound

NOT_USABLE = 2
BY = SystemActor("Record system")
WORDS = {
    "new": "new",
    "moved": "moved",
    "cancelled": "cancelled",
    "outcomes": "with another outcome",
    "booked_again": "booked again",
    "details": "with another clinician, type or place",
    "unchanged": "as they were",
    "left": "left as they are here",
}


class Command(BaseCommand):
    """Exit 0 when everything is in; 2, with the rows and reasons, when nothing was."""

    help = (
        "Bring appointments from a CSV file into a practice: all of them, or none. The same file "
        "again changes nothing. Columns: docs/operations.md. Exits 2 with numbered rows when the "
        "file cannot be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a CSV file; - reads standard input")
        parser.add_argument("--practice", required=True, metavar="SLUG")
        parser.add_argument("--check", action="store_true", help="say what it would do, do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["file"]
        try:
            practice = practice_named(options["practice"])
            text = decoded(_read(name))
            with practice_scope(practice.pk):
                made = plan(text, practice=practice)
                self._report(made)
                if made.problems:
                    raise CommandError(_problems(name, made), returncode=NOT_USABLE)
                if not options["check"]:
                    write(made, practice=practice, by=BY, progress=self._progress)
        except (NotFound, DomainError) as error:
            raise CommandError(f"{name}: {error}", returncode=NOT_USABLE) from error
        self.stdout.write("Nothing was written." if options["check"] else "Done.")

    def _report(self, made: Plan) -> None:
        counts = made.counts()
        self.stdout.write(f"{counts['rows']} rows")
        for key, words in WORDS.items():
            if counts[key]:
                self.stdout.write(f"  {counts[key]} {words}")
        for note in made.notes:
            self.stdout.write(f"  note: {note}")
        for each in made.left:
            self.stdout.write(f"  row {each.row}: {each.text}")

    def _progress(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {total}", ending="\n" if done == total else "")


def _problems(name: str, made: Plan) -> str:
    lines = [f"row {each.row}: {each.text}" for each in made.problems]
    return "\n".join([f"{name} cannot be used, and nothing was brought in:", *lines])


def _read(name: str) -> bytes:
    """The file's bytes, one more than allowed at most; the reader says that it is too large."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(
            f"{name} cannot be read: {error.strerror}", returncode=NOT_USABLE
        ) from error
