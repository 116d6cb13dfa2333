"""Flags and alerts (T-RISK): in the transaction of the answer, to somebody, once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

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
from portal.audit import services as audit
from portal.people.models import Cover
from portal.people.selectors import care_team_of
from portal.people.services import leave_care_team
from portal.practices import services as practices
from portal.practices.selectors import settings_of_practice
from portal.work import services as work
from portal.work.models import WorkItem, WorkState
from tests.cast import Cast
from tests.intake.conftest import (
    Filled,
    chosen,
    fill_in,
    phq9_places,
    send,
)

pytestmark = pytest.mark.django_db


class TestRisk:
    """T-RISK: the flag is in the answer's transaction; the alert goes when the form is sent."""

    def test_the_flag_is_written_with_the_answer_and_the_alert_with_the_form(
        self, cast: Cast, asked: Assignment
    ) -> None:
        fill_in(asked, {"q9": 1}, by=cast.ana)
        flag = Flag.objects.get()
        assert (flag.code, flag.link_id, flag.alert_raised_at) == ("suicide-item", "q9", None)
        assert flag.answer == chosen(asked.version, {"q9": 1})["q9"]
        assert not WorkItem.objects.exists()
        response = send(asked, by=cast.ana)
        flag.refresh_from_db()
        alert = WorkItem.objects.get()
        assert flag.work_item == alert
        assert flag.alert_raised_at is not None
        assert (alert.assigned_to, alert.state) == (cast.cole.membership, WorkState.OPEN)
        assert (alert.source_type, alert.source_id) == ("intake.response", response.pk)
        minutes = (alert.due_at - flag.alert_raised_at).total_seconds() / 60
        assert round(minutes) == 15

    def test_an_alert_says_nothing_of_the_answer(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        filled(asked, *[3] * 9)
        title = WorkItem.objects.get().title.lower()
        for word in ("suicide", "dead", "harm", "phq", "27", "severe", "9"):
            assert word not in title

    def test_no_risk_raises_nothing(self, asked: Assignment, filled: Filled) -> None:
        filled(asked, 3, 3, 3, 3, 3, 3, 3, 3, 0)
        assert not Flag.objects.exists()
        assert not WorkItem.objects.exists()

    def test_item_nine_alone_flags_with_the_rest_empty(self, cast: Cast, asked: Assignment) -> None:
        """T-RISK-04."""
        fill_in(asked, {"q9": 3}, by=cast.ana)
        send(asked, by=cast.ana)
        assert Flag.objects.get().code == "suicide-item"
        assert Score.objects.get().total is None
        assert WorkItem.objects.count() == 1

    def test_a_risk_item_left_empty_is_a_flag_of_its_own(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        filled(asked, *[1] * 8)
        flag = Flag.objects.get()
        assert (flag.code, flag.answer) == ("risk-item-unanswered", None)
        assert flag.work_item is not None

    def test_declining_the_risk_item_counts_as_leaving_it_empty(
        self, cast: Cast, asked: Assignment
    ) -> None:
        declined = {"q9": Answer(reason=Reason.DECLINED)}
        answers.save_answers(assignment=asked, answers=declined, by=cast.ana.viewer)
        send(asked, by=cast.ana)
        assert Flag.objects.get().code == "risk-item-unanswered"

    def test_a_changed_risk_answer_is_kept_beside_the_first_and_still_alerts(
        self, cast: Cast, asked: Assignment
    ) -> None:
        fill_in(asked, {"q9": 2}, by=cast.ana)
        fill_in(asked, {"q9": 0}, by=cast.ana)
        send(asked, by=cast.ana)
        flag = Flag.objects.get()
        first, later = (chosen(asked.version, {"q9": place})["q9"] for place in (2, 0))
        assert (flag.answer, flag.later_answer) == (first, later)
        assert flag.later_at is not None
        assert WorkItem.objects.count() == 1

    def test_going_back_to_the_first_answer_clears_the_change(
        self, cast: Cast, asked: Assignment
    ) -> None:
        for place in (2, 0, 2):
            fill_in(asked, {"q9": place}, by=cast.ana)
        assert Flag.objects.get().later_answer is None

    def test_clearing_a_risk_answer_keeps_the_first(self, cast: Cast, asked: Assignment) -> None:
        fill_in(asked, {"q9": 1}, by=cast.ana)
        answers.save_answers(assignment=asked, answers={"q9": Answer()}, by=cast.ana.viewer)
        assert Flag.objects.get().later_answer == Answer()
        send(asked, by=cast.ana)
        assert {flag.code for flag in Flag.objects.all()} == {
            "suicide-item",
            "risk-item-unanswered",
        }

    def test_a_form_taken_back_with_a_risk_in_it_still_alerts(
        self, cast: Cast, asked: Assignment
    ) -> None:
        fill_in(asked, {"q9": 1}, by=cast.ana)
        assignments.withdraw(assignment=asked, by=cast.cole.viewer)
        assert WorkItem.objects.get().source_type == "intake.assignment"

    def test_risk_in_an_unsent_form_is_there_for_the_care_team_to_see(
        self, cast: Cast, asked: Assignment
    ) -> None:
        fill_in(asked, {"q9": 1}, by=cast.ana)
        seen = {
            name: selectors.unsent_flags_for(cast.people[name].viewer).count()
            for name in ("cole", "cleo", "dee", "eve", "ana")
        }
        assert seen == {"cole": 1, "cleo": 0, "dee": 0, "eve": 0, "ana": 0}
        send(asked, by=cast.ana)
        assert not selectors.unsent_flags_for(cast.cole.viewer).exists()

    @pytest.mark.parametrize("at", ["flag.raise", "assignment.start"])
    def test_without_its_audit_row_no_answer_and_no_flag_is_written(
        self, cast: Cast, asked: Assignment, monkeypatch: pytest.MonkeyPatch, at: str
    ) -> None:
        """T-AUD-04."""
        fail_audit(monkeypatch, at)
        with pytest.raises(RuntimeError), transaction.atomic():
            fill_in(asked, {"q9": 1}, by=cast.ana)
        assert not Flag.objects.exists()
        assert not DraftAnswer.objects.exists()

    @pytest.mark.parametrize("at", ["response.submit", "alert.raise"])
    def test_without_its_audit_row_nothing_is_sent(
        self, cast: Cast, asked: Assignment, monkeypatch: pytest.MonkeyPatch, at: str
    ) -> None:
        """T-RISK-01, T-AUD-04."""
        fill_in(asked, phq9_places(*[1] * 9), by=cast.ana)
        fail_audit(monkeypatch, at)
        with pytest.raises(RuntimeError), transaction.atomic():
            send(asked, by=cast.ana)
        asked.refresh_from_db()
        assert asked.state == AssignmentState.STARTED
        assert not Response.objects.exists()
        assert not Score.objects.exists()
        assert not WorkItem.objects.exists()
        assert DraftAnswer.objects.count() == 9


def fail_audit(monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    real = audit.record

    def record(action: str, **more: Any) -> Any:
        if action == at:
            raise RuntimeError("the audit row could not be written")
        return real(action, **more)

    monkeypatch.setattr(audit, "record", record)


def nobody_leads(cast: Cast) -> None:
    for member in care_team_of(cast.patient("ana")):
        leave_care_team(member=member, by=cast.eve.viewer)


class TestWhoIsAlerted:
    """decisions 43: lead clinician, cover, duty clinician, manager."""

    def test_the_cover_while_the_lead_is_away(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        now = clock.now()
        Cover.objects.create(
            absent=cast.cole.membership,
            cover=cast.cleo.membership,
            starts_at=now - dt.timedelta(hours=1),
            ends_at=now + dt.timedelta(hours=1),
            created_at=now,
        )
        filled(asked, *[1] * 9)
        assert WorkItem.objects.get().assigned_to == cast.cleo.membership

    def test_the_duty_clinician_where_nobody_leads(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        nobody_leads(cast)
        filled(asked, *[1] * 9)
        assert WorkItem.objects.get().assigned_to == cast.cleo.membership

    def test_the_manager_where_nobody_is_on_duty(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        nobody_leads(cast)
        practices.change_settings(
            settings=settings_of_practice(), duty_clinician=None, by=cast.eve.viewer
        )
        filled(asked, *[1] * 9)
        assert WorkItem.objects.get().assigned_to == cast.eve.membership

    def test_acknowledging_is_the_alerts_own_and_shows_on_the_flag(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        filled(asked, *[1] * 9)
        work.acknowledge(item=WorkItem.objects.get(), by=cast.cole.viewer)
        [flag] = selectors.flags_of(asked)
        assert flag.work_item is not None
        assert flag.work_item.acknowledged_by == cast.cole.membership
