"""Planning: what ought to be sent becomes rows, once."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.appointments import services as appointments
from portal.people import services as people
from portal.practices import services as practices
from portal.practices.selectors import settings_of_practice
from portal.tenancy.context import practice_scope
from reminders.models import Reason, Reminder
from reminders.rules.states import State
from reminders.rules.timing import Moved, OffsetKind
from reminders.services import planning, policies
from tests.reminders.conftest import BY, LONDON, NOON, Desk

pytestmark = pytest.mark.django_db


def test_another_practice_sees_and_plans_nothing_of_it(desk: Desk):
    desk.book()
    desk.plan()
    with practice_scope(desk.cast.birch.pk):
        assert planning.plan() == planning.Planned()
        assert not Reminder.objects.exists()


def test_a_visit_tomorrow_plans_one_text(desk: Desk):
    visit = desk.book(NOON + dt.timedelta(hours=30))
    assert desk.plan().made == 1
    row = desk.row()
    assert (row.state, row.moved) == (State.PLANNED, Moved.NOT)
    assert row.due_at == row.wanted_at == visit.starts_at - dt.timedelta(hours=24)
    assert row.patient_id == visit.patient_id


def test_planning_twice_changes_nothing(desk: Desk):
    desk.book()
    desk.plan()
    before = Reminder.objects.values().get()
    assert desk.plan() == planning.Planned()
    assert Reminder.objects.values().get() == before


def test_planning_asks_the_same_number_of_questions_for_many_visits(
    desk: Desk, django_assert_max_num_queries
):
    for hours in range(30, 40, 2):
        desk.book(NOON + dt.timedelta(hours=hours))
    desk.plan()
    with django_assert_max_num_queries(12):
        desk.plan()


def test_a_visit_beyond_the_horizon_waits_for_a_later_sweep(desk: Desk):
    visit = desk.book(NOON + dt.timedelta(days=5))
    assert desk.plan().made == 0
    desk.go_to(visit.starts_at - dt.timedelta(hours=60))
    assert desk.plan().made == 1


def test_a_moved_visit_drops_the_old_text_and_plans_a_new_one(desk: Desk):
    visit = desk.book(NOON + dt.timedelta(hours=30))
    desk.plan()
    later = (visit.starts_at + dt.timedelta(hours=3)).astimezone(LONDON).replace(tzinfo=None)
    appointments.move(appointment=visit, local_start=later, by=BY, wished_by_patient=False)
    result = desk.plan()
    assert (result.made, result.dropped) == (1, 1)
    old, new = desk.rows()
    assert (old.state, old.reason) == (State.SUPPRESSED, Reason.MOVED)
    assert (new.state, new.subject_version) == (State.PLANNED, 2)


def test_a_cancelled_visit_drops_its_text(desk: Desk):
    visit = desk.book(NOON + dt.timedelta(hours=30))
    desk.plan()
    appointments.cancel(appointment=visit, by_patient=True, by=BY)
    desk.plan()
    assert (desk.row().state, desk.row().reason) == (State.SUPPRESSED, Reason.CANCELLED)


def test_confirming_plans_nothing_anew(desk: Desk):
    visit = desk.book()
    desk.plan()
    appointments.confirm(appointment=visit, by=BY)
    assert desk.plan() == planning.Planned()


def test_a_types_own_policies_replace_those_for_every_type(desk: Desk):
    special = appointments.add_type(name="Long meeting", minutes=90, by=BY)
    policies.add_policy(
        name="Two hours", kind=OffsetKind.HOURS_BEFORE, offset=2, appointment_type=special, by=BY
    )
    desk.book(NOON + dt.timedelta(hours=20))
    desk.type = special
    desk.book(NOON + dt.timedelta(hours=26), clinician="cleo")
    desk.plan()
    assert sorted(row.policy_step for row in desk.rows()) == ["hours_before:2", "hours_before:24"]


def test_a_retired_policy_plans_no_more(desk: Desk):
    policies.retire_policy(policy=desk.policy, by=BY)
    desk.book()
    assert desk.plan().made == 0


def test_the_same_step_made_anew_sends_no_second_text(desk: Desk):
    desk.sent()
    policies.retire_policy(policy=desk.policy, by=BY)
    policies.add_policy(name="Again", kind=OffsetKind.HOURS_BEFORE, offset=24, by=BY)
    assert desk.plan().made == 0


def test_a_text_wanted_in_quiet_hours_is_planned_for_the_evening_before(desk: Desk):
    # 24 hours before 07:00 on Thursday is 07:00 on Wednesday, before quiet hours end at 08:00.
    desk.book(NOON + dt.timedelta(hours=43))
    desk.plan()
    row = desk.row()
    assert row.moved == Moved.EARLIER
    assert row.due_at.astimezone(LONDON).strftime("%a %H:%M") == "Tue 19:50"
    assert row.wanted_at.astimezone(LONDON).strftime("%a %H:%M") == "Wed 07:00"


def test_quiet_hours_are_those_of_the_place_where_the_patient_is(desk: Desk):
    ana = desk.cast.patient("ana")
    people.change_patient(patient=ana, version=ana.version, time_zone="America/Los_Angeles", by=BY)
    # 14:00 in London is 06:00 in Los Angeles.
    desk.book(NOON + dt.timedelta(hours=26))
    desk.plan()
    row = desk.row()
    assert row.moved != Moved.NOT
    assert row.due_at != row.wanted_at


def test_a_text_without_a_decent_hour_stands_in_the_ledger_as_such(desk: Desk):
    desk.go_to(NOON.replace(hour=22))
    desk.book(NOON.replace(hour=22) + dt.timedelta(hours=9, minutes=30))
    desk.plan()
    assert (desk.row().state, desk.row().reason) == (State.EXPIRED, Reason.QUIET)


def test_a_visit_in_twenty_minutes_gets_no_text_and_the_ledger_says_so(desk: Desk):
    desk.book(NOON + dt.timedelta(minutes=20))
    desk.plan()
    assert (desk.row().state, desk.row().reason) == (State.EXPIRED, Reason.TOO_LATE)


def test_a_waiting_text_follows_new_zone_data(desk: Desk):
    desk.book(NOON + dt.timedelta(hours=30))
    desk.plan()
    row = desk.row()
    Reminder.objects.filter(pk=row.pk).update(wanted_at=row.wanted_at + dt.timedelta(hours=1))
    assert desk.plan().moved == 1
    assert desk.row().wanted_at == row.wanted_at


@pytest.mark.parametrize("change", [{"texts_enabled": False}])
def test_a_practice_that_sends_no_texts_plans_none(desk: Desk, change):
    practices.change_settings(settings=settings_of_practice(), by=BY, **change)
    desk.book()
    assert desk.plan() == planning.Planned()


def test_a_patient_without_a_number_is_planned_so_that_the_ledger_can_say_why(desk: Desk):
    from portal.people.models import ContactPoint

    for point in ContactPoint.objects.filter(patient=desk.cast.patient("ana")):
        people.remove_contact_point(point=point, by=BY)
    desk.book()
    assert desk.plan().made == 1
    assert desk.claim() == []
    assert (desk.row().state, desk.row().reason) == (State.SUPPRESSED, Reason.NO_NUMBER)
