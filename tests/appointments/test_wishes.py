"""The wish for another time: one task, over by itself with any change of the visit."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.appointments import services, slots, wishes
from portal.appointments.models import Appointment, Status
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from portal.work import services as work
from portal.work.models import WorkItem, WorkState
from tests.appointments.conftest import BY, NOON, TOMORROW, Schedule
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 11, 30)
LATER = dt.datetime(2026, 12, 2, 10)  # noqa: DTZ001 - a wall-clock time


def wish(schedule: Schedule, row: Appointment, title: str = "Another time") -> WorkItem:
    with practice_scope(schedule.cast.alder.pk):
        due_at = clock.now() + dt.timedelta(hours=4)
        return wishes.raise_wish(appointment=row, title=title, due_at=due_at, by=BY)


def state(schedule: Schedule) -> tuple[str, str]:
    """State and outcome of the only task."""
    with practice_scope(schedule.cast.alder.pk):
        item = WorkItem.objects.get()
        return item.state, item.outcome


def test_moving_ends_the_wish_and_says_why(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    item = wish(schedule, row)
    form = {"day": "2026-12-02", "time": "10:00", "wished_by": "patient", "version": row.version}
    client = schedule.cast.dee.client()
    assert client.post(f"/alder/staff/appointments/{row.pk}/move/", form).status_code == 302
    assert state(schedule) == (WorkState.DONE, "The appointment was moved.")
    page = client.get(f"/alder/staff/work/{item.pk}/").content.decode()
    assert "Done by itself, Dee Staff" in page
    assert "The appointment was moved." in page


def test_a_move_that_fails_leaves_the_wish(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    schedule.book("ben", day=LATER.date())
    wish(schedule, row)
    with practice_scope(schedule.cast.alder.pk), pytest.raises(DomainError):
        services.move(appointment=row, local_start=LATER, wished_by_patient=True, by=BY)
    assert state(schedule)[0] == WorkState.OPEN


def test_whoever_moves_it_by_themselves_ends_their_wish(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    wish(schedule, row)
    with practice_scope(schedule.cast.alder.pk):
        slots.take(appointment=row, value="2026-12-02T10:00", by=BY)
    assert state(schedule)[0] == WorkState.DONE


def test_cancelling_ends_it_and_taking_that_back_opens_it_again(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    wish(schedule, row)
    with practice_scope(schedule.cast.alder.pk):
        services.cancel(appointment=row, by_patient=True, by=BY)
    assert state(schedule) == (WorkState.DONE, "The appointment was cancelled.")
    with practice_scope(schedule.cast.alder.pk):
        services.restore(appointment=row, by=BY)
    assert state(schedule) == (WorkState.OPEN, "")


def test_what_a_person_has_done_stays_done_when_a_cancellation_is_taken_back(
    schedule: Schedule,
) -> None:
    row = schedule.book("ana", day=MONDAY)
    item = wish(schedule, row)
    with practice_scope(schedule.cast.alder.pk):
        work.finish(item=item, by=schedule.cast.dee.viewer, outcome="Rang")
        services.cancel(appointment=row, by_patient=True, by=BY)
        services.restore(appointment=row, by=BY)
    assert state(schedule) == (WorkState.DONE, "Rang")


def test_a_visit_that_has_taken_place_ends_it(schedule: Schedule) -> None:
    row = schedule.book("ana")
    wish(schedule, row)
    clock.move_to(NOON + dt.timedelta(days=1))
    with practice_scope(schedule.cast.alder.pk):
        services.record_outcome(appointment=row, outcome=Status.ATTENDED, by=BY)
        assert WorkItem.objects.get().state == WorkState.DONE
        services.undo_outcome(appointment=row, by=BY)
        assert WorkItem.objects.get().state == WorkState.OPEN


def test_a_wish_that_a_move_has_met_stays_over_when_a_later_change_is_taken_back(
    schedule: Schedule,
) -> None:
    row = schedule.book("ana", day=MONDAY)
    wish(schedule, row)
    with practice_scope(schedule.cast.alder.pk):
        services.move(appointment=row, local_start=LATER, wished_by_patient=True, by=BY)
        services.cancel(appointment=row, by_patient=True, by=BY)
        services.restore(appointment=row, by=BY)
    assert state(schedule) == (WorkState.DONE, "The appointment was moved.")
    clock.move_to(NOON + dt.timedelta(hours=1))
    wish(schedule, row, "A morning")  # said again: this one is not met
    with practice_scope(schedule.cast.alder.pk):
        services.cancel(appointment=row, by_patient=True, by=BY)
        services.restore(appointment=row, by=BY)
    assert state(schedule)[0] == WorkState.OPEN


def test_confirming_and_another_visit_change_nothing(schedule: Schedule) -> None:
    row, other = schedule.book("ana", day=MONDAY), schedule.book("ana", day=TOMORROW)
    wish(schedule, row)
    with practice_scope(schedule.cast.alder.pk):
        services.confirm(appointment=row, by=BY)
        services.cancel(appointment=other, by_patient=True, by=BY)
    assert state(schedule)[0] == WorkState.OPEN


def test_a_new_wish_opens_the_same_task_with_new_words_and_a_new_time(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    wish(schedule, row)
    with practice_scope(schedule.cast.alder.pk):
        services.move(appointment=row, local_start=LATER, wished_by_patient=True, by=BY)
    clock.move_to(NOON + dt.timedelta(days=2))
    item = wish(schedule, row, "A morning")
    assert (item.state, item.title) == (WorkState.OPEN, "A morning")
    assert item.due_at > clock.now()


def test_a_wish_that_waits_takes_what_says_more_and_keeps_it(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    client = schedule.cast.ana.client()
    page = f"/alder/me/appointments/{row.pk}/other-time/"
    for each in ("morning", "afternoon"):
        assert client.post(page, {"wish": each, "ask": "1"}).status_code == 302
    wish(schedule, row)  # an R to a text says no more than that
    with practice_scope(schedule.cast.alder.pk):
        assert WorkItem.objects.get().title == "Asks for another time: An afternoon"


def test_an_alert_is_never_over_by_itself(schedule: Schedule, cast: Cast) -> None:
    row = schedule.book("ana")
    with practice_scope(cast.alder.pk):
        alert = work.raise_alert(code="x", title="T", patient_id=row.patient_id, source=row, by=BY)
        with pytest.raises(DomainError):
            work.overtake(item=alert, why="Moved", by=BY)
        services.cancel(appointment=row, by_patient=True, by=BY)
        assert WorkItem.objects.get().state == WorkState.OPEN


def test_a_visit_without_a_wish_costs_one_more_statement(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    with (
        practice_scope(schedule.cast.alder.pk),
        CaptureQueriesContext(connections["default"]) as asked,
    ):
        services.cancel(appointment=row, by_patient=True, by=BY)
    about = [each["sql"] for each in asked.captured_queries if "work_workitem" in each["sql"]]
    assert len(about) == 1
