"""`manage.py keys`: which keys there are, where each lives, how old it is, when it is replaced."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.encryption import selectors
from portal.practices.selectors import all_practices
from portal.tenancy.context import practice_scope


class Command(BaseCommand):
    help = "List every class of key: where it lives, whose it is, its age, its next rotation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="JSON only")

    def handle(self, *args: Any, **options: Any) -> None:
        lines, notes = selectors.installation_keys(), []
        for practice in all_practices():
            with practice_scope(practice.pk):
                lines += selectors.practice_keys(practice.slug)
                if selectors.rotation_is_unfinished():
                    notes.append(f"{practice.slug}: a rotation waits; run rotate_keys.")
                if selectors.waits_for_rewrapping():
                    notes.append(f"{practice.slug}: keys wait for rotate_keys --kek.")
        if options["json"]:
            self.stdout.write(json.dumps({"keys": [_as_json(line) for line in lines]}))
            return
        for line in lines:
            self.stdout.write(_as_text(line))
        for note in notes:
            self.stdout.write(note)


def _as_json(line: selectors.KeyLine) -> dict[str, object]:
    return {
        "class": line.kind,
        "lives": line.lives,
        "owner": line.owner,
        "count": line.count,
        "retired": line.retired,
        "age_days": selectors.age_in_days(line),
        "next_rotation": line.next_rotation.date().isoformat() if line.next_rotation else None,
    }


def _as_text(line: selectors.KeyLine) -> str:
    days = selectors.age_in_days(line)
    age = "age unknown here" if days is None else f"{days} days"
    due = f"next {line.next_rotation:%Y-%m-%d}" if line.next_rotation else "no date"
    return (
        f"{line.kind:<15} {line.owner:<16} {line.count:>6} ({line.retired} retired)  "
        f"{age:<17} {due:<16} {line.lives}"
    )
