"""`manage.py verify_audit`: whether what happened still stands as it was sealed."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.audit.services import look_at_chain
from portal.practices.selectors import all_practices
from portal.tenancy.context import practice_scope


class Command(BaseCommand):
    help = (
        "Follow each practice's audit chain from its beginning. Prints its head, to be written "
        "down elsewhere, and the first broken place; exits 1 if there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--practice", help="one practice's address word, like alder")
        parser.add_argument(
            "--head", help="with --practice: a head that was written down, like 1200:9f86…"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["practice"]
        practices = [row for row in all_practices() if wanted in (None, row.slug)]
        if not practices:
            raise CommandError(f"There is no practice called {wanted}.")
        if options["head"] and not wanted:
            raise CommandError("--head belongs to one practice: say --practice as well.")
        known = _head(options["head"]) if options["head"] else None
        broken = 0
        for practice in practices:
            with practice_scope(practice.pk):
                found = look_at_chain(known=known)
            broken += not found.holds
            state = "holds" if found.holds else f"BROKEN at {found.broken}"
            self.stdout.write(f"{practice.slug}: {state}; head {found.sealed}:{found.head.hex()}")
        if broken:
            raise SystemExit(1)


def _head(text: str) -> tuple[int, bytes]:
    if not re.fullmatch(r"[1-9]\d{0,17}:[0-9a-f]{64}", text):
        raise CommandError("--head is a number, a colon and 64 hex digits, as this command prints.")
    number, digits = text.split(":")
    return int(number), bytes.fromhex(digits)
