"""`manage.py import_questionnaire FILE --practice SLUG`: bring a FHIR questionnaire in."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intake.catalogue import Form
from intake.fhir.documents import MAX_BYTES
from intake.fhir.generate import BASE
from intake.fhir.notices import RefusedError
from intake.models import VersionState
from intake.services import questionnaires
from intake.services.questionnaires import Imported
from intake.words import said
from portal.access.viewer import SystemActor
from portal.practices.selectors import practice_named
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError, NotFound

NOT_USABLE = 2
BY = SystemActor("Command line")


class Command(BaseCommand):
    """Exit 0 when the form is there; 2 with the reasons for a file that cannot be used."""

    help = (
        "Bring a FHIR R4 Questionnaire (or a Bundle of them) into a practice. Exits 0 when it is "
        "there, also when it was before; 2 with the reason when the file cannot be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a JSON file; - reads standard input")
        parser.add_argument("--practice", required=True, metavar="SLUG")
        state = parser.add_mutually_exclusive_group()
        state.add_argument(
            "--publish",
            action="store_true",
            default=None,
            help="put it in use (forms that come with the portal are, unless --draft)",
        )
        state.add_argument("--draft", action="store_false", dest="publish", help="only bring it in")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            practice = practice_named(options["practice"])
        except NotFound as error:
            raise CommandError(str(error), returncode=NOT_USABLE) from error
        content = _read(options["file"])
        try:
            with practice_scope(practice.pk):
                imported = questionnaires.import_questionnaire(content=content, by=BY)
                for one in imported:
                    self._put_in_use(one, options["publish"])
                self._report(imported)
        except RefusedError as refused:
            lines = [f"{problem.path}: {said(problem)}" for problem in refused.problems]
            words = "\n".join([f"{options['file']} cannot be used:", *lines])
            raise CommandError(words, returncode=NOT_USABLE) from refused
        except DomainError as error:
            raise CommandError(str(error), returncode=NOT_USABLE) from error

    def _put_in_use(self, one: Imported, publish: bool | None) -> None:
        wanted = one.form.questionnaire.url.startswith(BASE) if publish is None else publish
        if wanted and one.version.state == VersionState.DRAFT:
            questionnaires.put_in_use(version=one.version, by=BY)

    def _report(self, imported: list[Imported]) -> None:
        done = {"new": "brought in", "same": "here already", "replaced": "draft replaced"}
        for one in imported:
            version = one.version
            self.stdout.write(
                f"{version.title}, version {version.version}: {done[one.outcome]}, "
                f"{version.get_state_display().lower()}. {_facts(one.form)}"
            )
            self._list("cannot be published", one.form.rules.blockers)
            self._list("not done here yet", one.form.questionnaire.unsupported)
            self._list("warning", (*one.form.rules.warnings, *one.form.questionnaire.warnings))

    def _list(self, kind: str, notices: Any) -> None:
        for notice in notices:
            self.stdout.write(f"  {kind}: {notice.path}: {said(notice)}")


def _facts(form: Form) -> str:
    scored = ", ".join(binding.instrument.title for binding in form.rules.bindings)
    questions = len(form.questionnaire.questions)
    return f"{questions} questions; scored as {scored or 'nothing'}."


def _read(name: str) -> bytes:
    """The file's bytes, one more than allowed at most; the importer says that it is too large."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(
            f"{name} cannot be read: {error.strerror}", returncode=NOT_USABLE
        ) from error
