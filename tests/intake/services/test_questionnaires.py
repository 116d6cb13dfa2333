"""Bringing forms in: idempotent, frozen once published, nothing dropped."""

from __future__ import annotations

import pytest
from django.db import InternalError, transaction

from intake.fhir.notices import RefusedError
from intake.models import (
    QuestionnaireVersion,
    VersionState,
)
from intake.services import questionnaires
from portal.practices.models import Practice
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from tests.cast import Cast
from tests.intake.conftest import (
    SET_UP,
    import_form,
    in_use,
)
from tests.intake.fhir.forms import as_bytes, document, question, shipped

pytestmark = pytest.mark.django_db


class TestImporting:
    def test_the_same_file_twice_changes_nothing(self, in_alder: Practice) -> None:
        first = import_form(question("a"))
        again = import_form(question("a"))
        assert (first.outcome, again.outcome) == ("new", "same")
        assert QuestionnaireVersion.objects.count() == 1

    def test_a_published_version_never_changes(self, in_alder: Practice) -> None:
        version = import_form(question("a")).version
        with pytest.raises(DomainError, match="says something else"):
            import_form(question("b"))
        version.document = {"changed": True}
        with pytest.raises(InternalError, match="frozen"), transaction.atomic():
            version.save()

    def test_a_draft_may_still_change_and_a_new_version_retires_the_old(
        self, in_alder: Practice
    ) -> None:
        draft = import_form(question("a"), publish=False).version
        assert draft.state == VersionState.DRAFT
        replaced = import_form(question("b"))
        assert (replaced.outcome, replaced.version.pk) == ("replaced", draft.pk)
        newer = import_form(question("c"), version="2").version
        draft.refresh_from_db()
        assert (draft.state, newer.state) == (VersionState.RETIRED, VersionState.PUBLISHED)
        with pytest.raises(DomainError, match="retired"):
            questionnaires.put_in_use(version=draft, by=SET_UP)

    def test_a_form_that_could_harm_is_kept_as_a_draft(self, in_alder: Practice) -> None:
        file = question("a", "attachment", required=True)
        with pytest.raises(DomainError, match="cannot be answered"):
            import_form(file)
        assert import_form(file, publish=False).version.state == VersionState.DRAFT

    def test_a_form_without_an_address_is_the_same_form_by_its_content(
        self, in_alder: Practice
    ) -> None:
        content = as_bytes(document(question("a"), url="", version=""))
        ids = {
            questionnaires.import_questionnaire(content=content, by=SET_UP)[0].version.pk
            for _ in range(2)
        }
        assert len(ids) == 1

    def test_what_is_refused_writes_nothing(self, in_alder: Practice) -> None:
        with pytest.raises(RefusedError):
            questionnaires.import_questionnaire(content=b"{}", by=SET_UP)
        assert not QuestionnaireVersion.objects.exists()

    def test_unknown_members_are_kept_in_the_stored_file(self, in_alder: Practice) -> None:
        version = import_form(question("a"), myOwn={"kept": [1.5]}).version
        version.refresh_from_db()
        assert version.document["myOwn"] == {"kept": [1.5]}

    def test_each_practice_has_its_own(self, cast: Cast) -> None:
        for practice in (cast.alder, cast.birch):
            with practice_scope(practice.pk):
                assert import_form(question("a")).outcome == "new"


def test_the_shipped_forms_come_in_without_a_doubt(in_alder: Practice) -> None:
    for name in ("phq-9", "gad-7"):
        version = in_use(name)
        assert version.state == VersionState.PUBLISHED
        assert version.title == shipped(name).title
