"""`manage.py mend_times`: appointments after a country has changed its clocks."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.access.viewer import SystemActor
from portal.appointments.clock_rules import mend
from portal.practices.models import Practice
from portal.practices.selectors import active_practices, practice_named
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import NotFound

BY = SystemActor("New time zone data")


class Command(BaseCommand):
    help = (
        "Work the instants of appointments to come out anew from their hour on the wall, after "
        "newer time zone data was installed. A second time changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--practice", metavar="SLUG", help="this one only")
        parser.add_argument("--check", action="store_true", help="say what it would do, do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        for practice in _practices(options["practice"]):
            with practice_scope(practice.pk):
                done = mend(by=BY, only_look=options["check"])
            verb = "to mend" if options["check"] else "mended"
            self.stdout.write(
                f"{practice.slug}: {done.right} right, {done.mended} {verb}, "
                f"{done.left} for the front desk"
            )


def _practices(slug: str | None) -> list[Practice]:
    if slug is None:
        return list(active_practices())
    try:
        return [practice_named(slug)]
    except NotFound as error:
        raise CommandError(str(error)) from error
