"""`manage.py destroy_patient_key`: delete for good what one patient's key protects."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from portal.access.viewer import SystemActor
from portal.people.selectors import patient_by_id
from portal.people.services import destroy_patient_key
from portal.practices.selectors import practice_named
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError, NotFound

BY = SystemActor("Command line")


class Command(BaseCommand):
    help = (
        "Destroy one patient's keys: their answers, notes, texts and numbers can never be read "
        "again, in no backup either. The person must have ended in the practice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("practice", help="the practice's address word, like alder")
        parser.add_argument("patient", type=UUID, help="the id of the record")
        parser.add_argument("--reason", required=True, help="the rule that asks for it")
        parser.add_argument("--yes", action="store_true", help="there is no way back: say it")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"]:
            raise CommandError("Nothing was destroyed. There is no way back: say --yes.")
        try:
            practice = practice_named(options["practice"])
            with practice_scope(practice.pk):
                patient = patient_by_id(options["patient"])
                count = destroy_patient_key(patient=patient, by=BY, reason=options["reason"])
        except (DomainError, NotFound) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} keys destroyed.")
