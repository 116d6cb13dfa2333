"""Named here so that ``manage.py help`` lists it; manage.py runs it before Django is set up."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """See portal/dev/demonstration.py."""

    help = "Run the portal with made-up people, until Ctrl-C (--fresh, --check, --port)."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Reached in production only: launch.py has taken the command over everywhere else."""
        raise CommandError("There is no demo in production: unset PORTAL_MODE.")

    def handle(self, *args: Any, **options: Any) -> None:
        """From other code than manage.py, as manage.py does it."""
        from portal.dev import demonstration

        sys.exit(demonstration.main([]))
