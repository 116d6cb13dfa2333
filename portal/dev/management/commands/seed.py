"""Fill an empty database with the demo's people."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import clock
from portal.dev import seeding
from portal.dev.cast import PRACTICES
from portal.tenancy.errors import DomainError


class Command(BaseCommand):
    """``manage.py seed``: progress on stderr, one line on stdout at the end."""

    help = "Fill an empty database with three practices, the cast and six months of appointments."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--as-of`` and ``--seed`` make the same demo again."""
        parser.add_argument(
            "--as-of",
            type=_date,
            metavar="DATE",
            help="make it as it looks at 10:00 on this date, and set the portal's clock to that",
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=seeding.DEFAULT_SEED,
            metavar="N",
            help="another number gives other people's histories (default: %(default)s)",
        )
        parser.add_argument(
            "--patients",
            type=int,
            metavar="N",
            help="at most N patients a practice beside the cast; DEMO_PATIENTS says the same",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, or say why not."""
        moment, as_of = None, options["as_of"]
        if as_of is not None:
            zone = clock.zone("Europe/London")
            moment = dt.datetime.combine(as_of, dt.time(10), tzinfo=zone)
        try:
            seeding.seed(
                as_of=moment,
                number=options["seed"],
                patients=options["patients"],
                say=lambda line: self.stderr.write(line),
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        names = ", ".join(str(plan.facts["name"]) for plan in PRACTICES)
        self.stdout.write(f"Made {names}.")


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
