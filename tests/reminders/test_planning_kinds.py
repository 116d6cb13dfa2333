"""Texts after a missed visit and about forms; notice; and what is dropped when it is done."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from intake.instruments import shipped_questionnaire
from intake.models import Assignment
from intake.services import assignments, questionnaires
from portal import clock
from portal.appointments import services as appointments
from portal.appointments.models import Appointment, Status
from portal.tenancy.context import practice_scope
from reminders.models import LateRule, Reason, Reminder, ReminderPolicy
from reminders.rules.states import State
from reminders.rules.timing import OffsetKind
from reminders.services import planning, policies
from tests.reminders.conftest import BY, LONDON, NOON, Desk

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
WORDS = "Hello {first_name}. {practice} waits for an answer. {phone}. Automatic text. {link}"
DISCREET = "Hello {first_name}. An answer is awaited. Ring {phone}. Automatic text."


def policy(kind: OffsetKind, offset: int, **more: Any) -> ReminderPolicy:
    return ReminderPolicy.objects.create(
        name=f"{kind} {offset}",
        kind=kind.value,
        offset=offset,
        template=WORDS,
        discreet_template=DISCREET,
        created_at=clock.now(),
        **more,
    )


@pytest.fixture
def asking(desk: Desk) -> Desk:
    """Alder with no text before visits."""
    policies.retire_policy(policy=desk.policy, by=BY)
    return desk


def missed(desk: Desk, *, hours: int = 2) -> Appointment:
    """A visit that begins two hours from noon, to which nobody came."""
    visit = desk.book(NOON + dt.timedelta(hours=hours))
    desk.go_to(visit.ends_at)
    return appointments.record_outcome(appointment=visit, outcome=Status.NO_SHOW, by=BY)


def asked(desk: Desk, **more: Any) -> Assignment:
    [imported] = questionnaires.import_questionnaire(
        content=shipped_questionnaire("gad-7"), publish=True, by=BY
    )
    return assignments.assign(
        patient=desk.cast.patient("ana"),
        version=imported.version,
        by=desk.cast.cole.viewer,
        **more,
    )


# --- After a missed visit ---------------------------------------------------------------------


def test_another_practice_plans_nothing_about_forms_and_missed_visits(asking: Desk):
    policy(OffsetKind.AFTER_NO_SHOW, 2)
    policy(OffsetKind.FORM_UNFINISHED, 1)
    asked(asking)
    missed(asking)
    with practice_scope(asking.cast.birch.pk):
        assert planning.plan() == planning.Planned()
    assert planning.plan().made == 2


def test_a_missed_visit_is_followed_by_a_text_some_hours_after_it_ended(asking: Desk):
    policy(OffsetKind.AFTER_NO_SHOW, 2)
    visit = missed(asking)
    asking.plan()
    row = asking.row()
    assert row.due_at == visit.ends_at + dt.timedelta(hours=2)
    asking.go_to(row.due_at)
    (text,) = asking.claim()
    assert text.body.startswith("Hello Ana. Alder Practice waits for an answer.")
    assert "/alder/me/appointments/" in text.body  # the visit's own page ended with it


def test_what_is_said_after_a_visit_is_moved_later_and_never_before_it(asking: Desk):
    policy(OffsetKind.AFTER_NO_SHOW, 3)
    missed(asking, hours=6)  # ends at 18:50; three hours later is quiet until eight
    asking.plan()
    assert asking.row().due_at.astimezone(LONDON).strftime("%a %H:%M") == "Wed 08:00"


def test_a_corrected_outcome_drops_the_text(asking: Desk):
    policy(OffsetKind.AFTER_NO_SHOW, 2)
    visit = missed(asking)
    asking.plan()
    appointments.record_outcome(appointment=visit, outcome=Status.ATTENDED_LATE, by=BY)
    asking.go_to(asking.row().due_at)
    assert asking.claim() == []
    assert asking.row().reason == Reason.OUTCOME_CHANGED


def test_the_sweep_drops_it_at_once(asking: Desk):
    policy(OffsetKind.AFTER_NO_SHOW, 2)
    visit = missed(asking)
    asking.plan()
    appointments.undo_outcome(appointment=visit, by=BY)
    assert asking.plan().dropped == 1
    assert asking.row().reason == Reason.OUTCOME_CHANGED


def test_a_new_policy_writes_about_no_visit_missed_before(asking: Desk):
    missed(asking)
    policy(OffsetKind.AFTER_NO_SHOW, 2)
    assert asking.plan().made == 0


# --- Forms ------------------------------------------------------------------------------------


def test_a_form_is_asked_for_before_its_day_at_the_hour(asking: Desk):
    policy(OffsetKind.FORM_DUE, 1, at=dt.time(9, 30))
    asked(asking, due_on=dt.date(2026, 11, 26))
    asking.plan()
    row = asking.row()
    assert row.due_at.astimezone(LONDON).strftime("%a %H:%M") == "Wed 09:30"
    assert row.expires_at.astimezone(LONDON).strftime("%a %H:%M") == "Fri 00:00"
    asking.go_to(row.due_at)
    (text,) = asking.claim()
    assert "/alder/me/forms/" in text.body


def test_an_unfinished_form_is_asked_for_no_more_than_the_policy_says(asking: Desk):
    policy(OffsetKind.FORM_UNFINISHED, 3, at_most=2)
    asked(asking)
    texts = 0
    for day in range(14):
        asking.go_to(NOON + day * DAY)
        asking.plan()
        asking.plan()
        texts += len(asking.claim())
    assert texts == len(asking.rows()) == 2
    first, second = asking.rows()
    assert second.wanted_at - first.wanted_at == 3 * DAY


def test_a_form_that_was_worked_on_is_asked_for_later(asking: Desk):
    policy(OffsetKind.FORM_UNFINISHED, 2)
    form = asked(asking)
    asking.plan()
    due = asking.row().due_at
    asking.go_to(due - dt.timedelta(hours=1))
    Assignment.objects.filter(pk=form.pk).update(last_activity_at=clock.now())
    asking.go_to(due)
    assert asking.claim() == []  # also before a sweep has seen it
    assert asking.row().due_at > due + DAY
    asking.plan()
    assert asking.row().state == State.PLANNED


@pytest.mark.parametrize("by_sweep", [True, False])
def test_a_form_taken_back_is_not_asked_for(asking: Desk, by_sweep: bool):
    policy(OffsetKind.FORM_UNFINISHED, 1)
    form = asked(asking)
    asking.plan()
    assignments.withdraw(assignment=form, by=asking.cast.cole.viewer)
    if by_sweep:
        assert asking.plan().dropped == 1
    asking.go_to(NOON + 2 * DAY)
    assert asking.claim() == []
    assert (asking.row().state, asking.row().reason) == (State.SUPPRESSED, Reason.FORM_DONE)


def test_fewer_texts_in_a_policy_hold_for_those_that_wait(asking: Desk):
    nudge = policy(OffsetKind.FORM_UNFINISHED, 1, at_most=2)
    asked(asking)
    asking.plan()
    Reminder.objects.update(subject_version=2)
    nudge.at_most = 1
    nudge.save(update_fields=["at_most"])
    asking.go_to(NOON + DAY)
    assert asking.claim() == []
    assert asking.row().reason == Reason.ENOUGH


def test_many_forms_are_planned_with_the_same_number_of_questions(
    asking: Desk, django_assert_max_num_queries: Any
):
    policy(OffsetKind.FORM_UNFINISHED, 1)
    policy(OffsetKind.FORM_DUE, 1)
    policy(OffsetKind.AFTER_NO_SHOW, 2)
    asked(asking, due_on=dt.date(2026, 11, 26))
    missed(asking)
    asking.plan()
    with django_assert_max_num_queries(16):
        asking.plan()


# --- Notice -----------------------------------------------------------------------------------


def short_notice(desk: Desk, rule: LateRule, *, hours: int = 6) -> None:
    desk.policy.minimum_notice_hours, desk.policy.late_rule = hours, rule
    desk.policy.save()
    desk.book(NOON + dt.timedelta(hours=28))  # its text is wanted in four hours


def test_short_notice_leaves_the_text_out_and_the_ledger_says_so(desk: Desk):
    short_notice(desk, LateRule.DROP)
    desk.plan()
    assert (desk.row().state, desk.row().reason) == (State.SUPPRESSED, Reason.SHORT_NOTICE)


def test_short_notice_sends_the_text_at_once(desk: Desk):
    short_notice(desk, LateRule.SEND)
    desk.plan()
    assert len(desk.claim()) == 1


def test_enough_notice_waits_for_the_moment(desk: Desk):
    short_notice(desk, LateRule.DROP, hours=3)
    desk.plan()
    assert desk.row().state == State.PLANNED
    assert desk.row().due_at == desk.row().wanted_at


def test_a_moved_visit_counts_from_when_it_was_moved(desk: Desk):
    short_notice(desk, LateRule.DROP, hours=3)
    visit = Appointment.objects.get()
    desk.go_to(NOON + dt.timedelta(hours=2))
    later = (visit.starts_at + dt.timedelta(hours=0.5)).astimezone(LONDON).replace(tzinfo=None)
    appointments.move(appointment=visit, local_start=later, by=BY, wished_by_patient=True)
    desk.plan()
    assert desk.row().reason == Reason.SHORT_NOTICE
