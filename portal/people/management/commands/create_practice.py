"""`manage.py create_practice`: a new practice in set-up, and a way in for its first manager."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from kombu.exceptions import OperationalError

from portal.access.roles import Role
from portal.access.viewer import SystemActor
from portal.people.invitations import Invited, invite_again, invite_staff
from portal.practices.models import Practice
from portal.practices.services import create_practice
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError

OPERATOR = SystemActor("Operator")
BAD_INPUT = 2


class Command(BaseCommand):
    """Make a practice and invite its first manager.

    The link and the code are printed as well, for an installation whose mail is not set up yet:
    tell the code to the manager yourself, not in the mail with the link.
    """

    help = "Make a practice and invite its first manager; prints the link and the code."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Bad arguments are one line and exit 2, like every other bad input here."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)

        def refuse(message: str) -> NoReturn:
            line = f"{message} (see --help)"
            if parser.called_from_command_line:
                parser.exit(BAD_INPUT, f"{line}\n")
            raise CommandError(line, returncode=BAD_INPUT)

        parser.error = refuse  # type: ignore[method-assign]  # argparse prints its usage as well
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """Slug, name, manager, and the facts that are hard to guess."""
        parser.add_argument("slug", help="first part of its addresses, like elm-court")
        parser.add_argument("--name", required=True, help="what patients call it")
        parser.add_argument("--manager-email", required=True, help="who sets it up")
        parser.add_argument("--manager-name", default="", help="their name, if it is known")
        parser.add_argument("--time-zone", default="Europe/London", help="like Europe/London")
        parser.add_argument("--country", default="GB", help="two letters; numbers are read by it")
        parser.add_argument("--town", default="")
        parser.add_argument("--phone", default="", help="in E.164, like +441134960142")
        parser.add_argument("--json", dest="as_json", action="store_true", help="JSON only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Everything in one transaction: a practice without a way in helps nobody."""
        email, name = options["manager_email"].strip(), options["name"].strip()
        self._check(email, name, options["country"])
        try:
            practice = create_practice(
                slug=options["slug"],
                name=name,
                time_zone=options["time_zone"],
                country=options["country"].upper(),
                town=options["town"],
                phone=options["phone"],
                by=OPERATOR,
            )
            invited, was_mailed = self._invite(practice, options["manager_name"] or email, email)
        except DomainError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        with practice_scope(practice.pk):
            link = invited.link
        self._say(practice, email, link, invited.code, was_mailed, as_json=options["as_json"])

    def _check(self, email: str, name: str, country: str) -> None:
        try:
            validate_email(email)
        except ValidationError:
            problem = f"{email!r} is not an e-mail address."
            raise CommandError(problem, returncode=BAD_INPUT) from None
        if not 2 <= len(name) <= 120:
            raise CommandError("The name needs 2 to 120 characters.", returncode=BAD_INPUT)
        if len(country) != 2 or not country.isalpha():
            raise CommandError(
                f"{country!r} is not a country of two letters.", returncode=BAD_INPUT
            )

    def _invite(self, practice: Practice, name: str, email: str) -> tuple[Invited, bool]:
        """On paper, so that the link can be printed; by mail as well, where the broker answers."""
        with practice_scope(practice.pk):
            invited = invite_staff(
                display_name=name, roles={Role.MANAGER}, email=email, on_paper=True, by=OPERATOR
            )
        try:
            with practice_scope(practice.pk):
                invite_again(invitation=invited.invitation, code=invited.code, by=OPERATOR)
        except (OperationalError, OSError):
            return invited, False
        return invited, True

    def _say(
        self,
        practice: Practice,
        email: str,
        link: str,
        code: str,
        was_mailed: bool,
        *,
        as_json: bool,
    ) -> None:
        if as_json:
            facts = {"slug": practice.slug, "manager": email, "link": link, "code": code}
            self.stdout.write(json.dumps({**facts, "mailed": was_mailed}))
            return
        mail = f"A mail is on its way to {email}." if was_mailed else "No mail was sent."
        self.stdout.write(
            f"{practice.name} is made, in set-up. {mail}\n"
            f"Link, once, within 72 hours:  {link}\n"
            f"Code, told apart:             {code}"
        )
