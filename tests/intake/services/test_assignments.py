"""Asking a form of a patient and taking it back."""

from __future__ import annotations

import datetime as dt

import pytest

from intake import selectors
from intake.models import (
    Assignment,
    AssignmentState,
    DraftAnswer,
    QuestionnaireVersion,
)
from intake.services import answers, assignments, questionnaires
from portal.tenancy.errors import DomainError
from tests.cast import Cast
from tests.intake.conftest import (
    SET_UP,
    Filled,
    fill_in,
    send,
)

pytestmark = pytest.mark.django_db


class TestAssigning:
    def test_a_form_waits_for_a_patient_once_at_a_time(
        self, cast: Cast, phq9: QuestionnaireVersion, asked: Assignment, filled: Filled
    ) -> None:
        with pytest.raises(DomainError, match="has this form already"):
            assignments.assign(patient=cast.patient("ana"), version=phq9, by=cast.cole.viewer)
        filled(asked, *[0] * 9)
        again = assignments.assign(patient=cast.patient("ana"), version=phq9, by=cast.cole.viewer)
        assert again.is_open

    def test_only_a_form_in_use_can_be_asked(self, cast: Cast, phq9: QuestionnaireVersion) -> None:
        questionnaires.retire(version=phq9, by=cast.eve.viewer)
        with pytest.raises(DomainError, match="not in use"):
            assignments.assign(patient=cast.patient("ana"), version=phq9, by=cast.cole.viewer)

    def test_a_form_taken_back_closes_and_keeps_its_answers(
        self, cast: Cast, asked: Assignment
    ) -> None:
        fill_in(asked, {"q1": 1}, by=cast.ana)
        assignments.withdraw(assignment=asked, by=cast.cole.viewer)
        with pytest.raises(answers.FormClosed):
            fill_in(asked, {"q2": 1}, by=cast.ana)
        with pytest.raises(answers.FormClosed):
            send(asked, by=cast.ana)
        assert DraftAnswer.objects.filter(assignment=asked).count() == 1
        assert not selectors.waiting_for(cast.ana.viewer).exists()

    def test_what_is_sent_cannot_be_taken_back(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        filled(asked, *[0] * 9)
        with pytest.raises(DomainError):
            assignments.withdraw(assignment=asked, by=cast.cole.viewer)

    def test_old_forms_end(self, cast: Cast, phq9: QuestionnaireVersion) -> None:
        day = dt.date(2026, 1, 5)
        old = assignments.assign(
            patient=cast.patient("ana"), version=phq9, due_on=day, by=cast.cole.viewer
        )
        assert assignments.expire_overdue(before=day, by=SET_UP) == 0
        assert assignments.expire_overdue(before=day + dt.timedelta(days=1), by=SET_UP) == 1
        old.refresh_from_db()
        assert old.state == AssignmentState.EXPIRED
