"""Saving answers as they are given, and sending the form."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from intake import selectors
from intake.fhir.answers import Answer, Reason
from intake.models import (
    Assignment,
    AssignmentState,
    DraftAnswer,
    Flag,
    Response,
    Score,
)
from intake.services import answers, assignments
from portal import clock
from portal.practices.models import Practice
from portal.tenancy.errors import DomainError
from portal.work.models import WorkItem
from tests.cast import Cast
from tests.intake.conftest import (
    Filled,
    chosen,
    fill_in,
    import_form,
    phq9_places,
    send,
    words,
)
from tests.intake.fhir.forms import question

pytestmark = pytest.mark.django_db

CONSENT = {"code": [{"system": "http://loinc.org", "code": "59284-0"}], "required": True}


class TestSaving:
    def test_each_answer_is_kept_as_it_was_given(self, cast: Cast, asked: Assignment) -> None:
        fill_in(asked, {"q1": 2}, by=cast.ana)
        answers.save_answers(
            assignment=asked, answers={"q2": Answer(reason=Reason.DECLINED)}, by=cast.ana.viewer
        )
        asked.refresh_from_db()
        assert (asked.state, asked.started_at is not None) == (AssignmentState.STARTED, True)
        kept = selectors.answers_so_far(asked)
        assert kept["q1"] == chosen(asked.version, {"q1": 2})["q1"]
        assert kept["q2"].reason == Reason.DECLINED

    def test_a_changed_answer_replaces_and_an_empty_one_clears(
        self, cast: Cast, asked: Assignment
    ) -> None:
        for place in (1, 3):
            fill_in(asked, {"q1": place}, by=cast.ana)
        kept = selectors.answers_so_far(asked)
        assert kept == chosen(asked.version, {"q1": 3})
        answers.save_answers(assignment=asked, answers={"q1": Answer()}, by=cast.ana.viewer)
        assert selectors.answers_so_far(asked) == {}

    def test_an_answer_that_is_none_of_the_options_is_refused(
        self, cast: Cast, asked: Assignment
    ) -> None:
        foreign = chosen(asked.version, {"q10": 1})["q10"]
        for link_id in ("q1", "stem", "nothing"):
            with pytest.raises(DomainError):
                answers.save_answers(
                    assignment=asked, answers={link_id: foreign}, by=cast.ana.viewer
                )
        assert selectors.answers_so_far(asked) == {}


class TestSending:
    def test_the_response_is_fhir_and_says_exactly_what_was_answered(
        self, cast: Cast, asked: Assignment
    ) -> None:
        fill_in(asked, phq9_places(0, 1, 2, 3, 0, 1, 2), by=cast.ana)
        answers.save_answers(
            assignment=asked,
            answers={"q8": Answer(reason=Reason.DECLINED), "q9": Answer(reason=Reason.LEFT_OUT)},
            by=cast.ana.viewer,
        )
        response = send(asked, by=cast.ana)
        response.refresh_from_db()
        QuestionnaireResponse.model_validate(response.document)
        given = response.answers
        assert {k: v for k, v in given.items() if v.is_given} == chosen(
            asked.version, phq9_places(0, 1, 2, 3, 0, 1, 2)
        )
        assert (given["q8"].reason, given["q9"].reason) == (Reason.DECLINED, Reason.LEFT_OUT)
        assert str(response.document["questionnaire"]).endswith("/phq-9|1")

    def test_the_score_is_stored_with_its_version_band_and_day(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        response = filled(asked, 2, 2, 2, 2, 2, 2, 2, 0)
        score = Score.objects.get()
        assert (score.instrument, score.instrument_version) == ("phq-9", "1")
        assert (score.total, score.band) == (16, "moderately severe")
        assert (score.prorated, score.complete, score.answered) == (True, False, 8)
        assert score.answered_on == response.answered_on == clock.today("Europe/London")

    def test_sending_twice_gives_one_record(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        """T-CONC-04."""
        first = filled(asked, *[1] * 9)
        again = send(asked, by=cast.ana)
        assert first == again
        assert (Response.objects.count(), Score.objects.count()) == (1, 1)
        assert (Flag.objects.count(), WorkItem.objects.count()) == (1, 1)
        with pytest.raises(answers.FormClosed):
            fill_in(asked, {"q1": 0}, by=cast.ana)

    def test_drafts_go_with_the_form(self, asked: Assignment, filled: Filled) -> None:
        filled(asked, *[0] * 9)
        assert not DraftAnswer.objects.exists()

    def test_a_missing_consent_holds_the_form_and_keeps_every_answer(
        self, cast: Cast, in_alder: Practice
    ) -> None:
        version = import_form(question("a"), question("agree", "boolean", **CONSENT)).version
        assignment = assignments.assign(
            patient=cast.patient("ana"), version=version, by=cast.cole.viewer
        )
        given = {"a": words("kept")}
        answers.save_answers(assignment=assignment, answers=given, by=cast.ana.viewer)
        with pytest.raises(answers.ConsentMissing) as refused, transaction.atomic():
            send(assignment, by=cast.ana)
        assert [item.link_id for item in refused.value.items] == ["agree"]
        assert selectors.answers_so_far(assignment) == given

    def test_what_was_switched_off_is_not_sent(self, cast: Cast, in_alder: Practice) -> None:
        gate = {"question": "a", "operator": "exists", "answerBoolean": True}
        version = import_form(question("a"), question("b", enableWhen=[gate])).version
        assignment = assignments.assign(
            patient=cast.patient("ana"), version=version, by=cast.cole.viewer
        )
        both = {name: words(name) for name in "ab"}
        answers.save_answers(assignment=assignment, answers=both, by=cast.ana.viewer)
        answers.save_answers(assignment=assignment, answers={"a": Answer()}, by=cast.ana.viewer)
        assert "b" not in send(assignment, by=cast.ana).answers

    def test_the_application_cannot_change_or_remove_what_was_sent(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        filled(asked, *[0] * 9)
        for rows in (Response.objects.all(), Score.objects.all()):
            with pytest.raises(ProgrammingError), transaction.atomic():
                rows.update(answered_on=dt.date(2020, 1, 1))
            with pytest.raises(ProgrammingError), transaction.atomic():
                rows._raw_delete("default")

    def test_sending_takes_few_statements(
        self, cast: Cast, asked: Assignment, django_assert_max_num_queries: Any
    ) -> None:
        fill_in(asked, phq9_places(*[1] * 8, 0), by=cast.ana)
        with django_assert_max_num_queries(10):
            send(asked, by=cast.ana)
