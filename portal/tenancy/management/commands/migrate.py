"""`migrate`, as the role that owns the tables."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections


class Command(Migrate):
    help = "Bring the database up to date, as the role portal_owner."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == "owner" and "owner" not in connections.settings:
            raise CommandError(
                "DATABASE_OWNER_URL is not set. Set it to the database as portal_owner for this "
                "command only; the web server and the workers run without it."
            )
        super().handle(*args, **options)
