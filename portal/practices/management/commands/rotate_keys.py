"""`manage.py rotate_keys`: new keys for what people wrote, while they go on writing."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from portal.encryption.errors import KeyUnavailable
from portal.encryption.services import rewrap, rotate
from portal.practices.selectors import all_practices
from portal.tenancy.errors import DomainError


class Command(BaseCommand):
    help = (
        "Give each practice a new key and encrypt anew what was under the old one, in batches. A "
        "run that is stopped is taken up by the next. Needs DATABASE_OWNER_URL, since forms that "
        "were sent are not the application's to change. Progress goes to stderr."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--practice", help="one practice's address word, like alder")
        parser.add_argument("--patients", action="store_true", help="new keys for patients as well")
        parser.add_argument(
            "--kek",
            action="store_true",
            help="only wrap the practices' keys under the first of ENCRYPTION_KEYS",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["practice"]
        practices = [row for row in all_practices() if wanted in (None, row.slug)]
        if not practices:
            raise CommandError(f"There is no practice called {wanted}.")
        if not options["kek"]:
            _needs_the_owner()
        for practice in practices:
            try:
                if options["kek"]:
                    self.stdout.write(f"{practice.slug}: {rewrap(practice.pk)} keys wrapped anew")
                    continue
                moved = rotate(practice.pk, patients=options["patients"], say=_says(practice.slug))
            except (KeyUnavailable, DomainError) as error:
                raise CommandError(f"{practice.slug}: {error}") from error
            self.stdout.write(f"{practice.slug}: {moved} rows under new keys")


def _needs_the_owner() -> None:
    if "owner" not in connections.settings:
        raise CommandError("DATABASE_OWNER_URL is not set. Set it for this command only.")


def _says(slug: str) -> Any:
    def say(line: str) -> None:
        sys.stderr.write(f"{slug}: {line}\n")
        sys.stderr.flush()

    return say
