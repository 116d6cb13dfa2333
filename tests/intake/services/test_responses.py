"""Opening what was sent: recorded, and seen by the patient."""

from __future__ import annotations

import json

import pytest

from intake import selectors
from intake.audit_words import WORDS
from intake.models import (
    Assignment,
    QuestionnaireVersion,
)
from intake.services import assignments, responses, scores
from portal.audit.models import AuditEvent
from tests.cast import Cast
from tests.intake.conftest import (
    Filled,
)

pytestmark = pytest.mark.django_db


class TestOpening:
    def test_opening_is_recorded_and_the_patient_sees_that_it_was_read(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        response = filled(asked, *[0] * 9)
        for _ in range(2):
            responses.open_response(response_id=response.pk, by=cast.cole.viewer)
        asked.refresh_from_db()
        assert asked.read_by == cast.cole.membership
        events = AuditEvent.objects.filter(action="response.open", object_id=response.pk)
        assert events.count() == 2
        assert {event.patient_id for event in events} == {cast.patient("ana").pk}

    def test_reading_ones_own_answers_is_not_the_care_team_reading_them(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        response = filled(asked, *[0] * 9)
        responses.open_response(response_id=response.pk, by=cast.ana.viewer)
        asked.refresh_from_db()
        assert asked.read_at is None

    def test_histories_hold_the_last_totals_oldest_first(
        self, cast: Cast, phq9: QuestionnaireVersion, filled: Filled
    ) -> None:
        for value in (2, 1):
            assignment = assignments.assign(
                patient=cast.patient("ana"), version=phq9, by=cast.cole.viewer
            )
            filled(assignment, *[value] * 8, 0)
        [history] = selectors.score_histories_for(cast.cole.viewer, cast.patient("ana"))
        assert [row.total for row in history.rows] == [16, 8]
        assert history.change == -8
        for name in ("dee", "eve", "cleo", "nat"):
            viewer = cast.people[name].viewer
            assert selectors.score_histories_for(viewer, cast.patient("ana")) == []


def test_every_write_is_audited_without_a_word_of_the_answers(
    cast: Cast, asked: Assignment, filled: Filled
) -> None:
    filled(asked, *[1] * 9)
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {
        "questionnaire.import",
        "questionnaire.publish",
        "assignment.assign",
        "assignment.start",
        "flag.raise",
        "alert.raise",
        "response.submit",
    } <= actions
    text = json.dumps(list(AuditEvent.objects.values_list("details", flat=True)))
    assert "Several days" not in text


def test_every_action_on_a_patients_record_has_words_for_them(
    cast: Cast, asked: Assignment, filled: Filled
) -> None:
    response = filled(asked, *[1] * 9)
    responses.open_response(response_id=response.pk, by=cast.cole.viewer)
    responses.open_flags(assignment=asked, by=cast.cole.viewer)
    scores.open_scores(patient=cast.patient("ana"), by=cast.cole.viewer)
    ours = AuditEvent.objects.filter(object_type__startswith="intake.", patient_id__isnull=False)
    actions = set(ours.values_list("action", flat=True)) | {"scores.open"}
    assert actions <= set(WORDS)
    assert {"assignment.withdraw", "assignment.expire"} <= set(WORDS)
