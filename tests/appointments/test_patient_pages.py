"""What patients and carers do about their appointments."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import clock
from portal.appointments.models import Appointment, Status
from portal.tenancy.context import practice_scope
from portal.work.models import WorkItem, WorkState
from portal.work.services import finish
from tests.appointments.conftest import NOON, Schedule
from tests.counting import queries_of
from tests.odd_input import survives_odd_input

pytestmark = pytest.mark.django_db
ACTIONS = ("", "confirm/", "cancel/", "other-time/")


def page_of(row: Appointment, action: str = "") -> str:
    return f"/alder/me/appointments/{row.pk}/{action}"


def test_nobody_elses_appointment_can_be_opened_or_changed(schedule: Schedule) -> None:
    row = schedule.book("ana")
    for name in ("ben", "fay", "zoe"):
        client = schedule.cast.people[name].client()
        for action in ACTIONS:
            assert client.get(page_of(row, action)).status_code in (404, 405), (name, action)
            assert client.post(page_of(row, action)).status_code in (404, 405), (name, action)
    assert schedule.again(row).status == Status.BOOKED


def test_staff_have_their_own_pages(schedule: Schedule) -> None:
    row = schedule.book("ana")
    assert schedule.cast.cole.client().get(page_of(row)).status_code == 403


def test_today_shows_the_next_one_with_what_can_be_done(schedule: Schedule) -> None:
    row = schedule.book("ana")
    page = schedule.cast.ana.client().get("/alder/me/").content.decode()
    assert "Hello, Ana" in page
    assert "Wednesday at 10:00" in page
    assert "your first time here" in page
    for action in ("confirm/", "cancel/"):
        assert page_of(row, action) in page


def test_saying_yes_confirms(schedule: Schedule) -> None:
    row = schedule.book("ana")
    client = schedule.cast.ana.client()
    client.post(page_of(row, "confirm/"))
    client.post(page_of(row, "confirm/"))
    assert schedule.again(row).status == Status.CONFIRMED
    assert [status for status, _ in schedule.history(row)] == [Status.BOOKED, Status.CONFIRMED]


def test_a_carer_sees_and_confirms_only_what_was_granted(schedule: Schedule) -> None:
    bens, anas = schedule.book("ben", 11), schedule.book("ana", 10)
    client = schedule.cast.fay.client()
    page = client.get("/alder/me/").content.decode()
    assert "For Ben" in page
    assert str(anas.pk) not in page
    assert client.post(page_of(bens, "confirm/")).status_code == 302
    assert schedule.again(bens).status == Status.CONFIRMED


def test_a_late_cancellation_says_so_before_it_is_one(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)  # 22 hours from now; 24 are asked for
    client = schedule.cast.ana.client()
    assert "late cancellation" in client.get(page_of(row, "cancel/")).content.decode()
    assert client.post(page_of(row, "cancel/"), {"reason": "ill"}).status_code == 302
    cancelled = schedule.again(row)
    assert cancelled.status == Status.CANCELLED_BY_PATIENT
    assert cancelled.cancel_reason == "not well"


def test_what_has_begun_is_not_cancelled_here(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    clock.move_to(NOON + dt.timedelta(days=1))
    answer = schedule.cast.ana.client().post(page_of(row, "cancel/"), {}, follow=True)
    assert "has begun" in answer.content.decode()
    assert schedule.again(row).status == Status.BOOKED


def test_a_wish_for_another_time_is_a_task_and_the_time_stands(schedule: Schedule) -> None:
    row = schedule.book("ana", day=dt.date(2026, 11, 30))
    client = schedule.cast.ana.client()
    client.post(page_of(row, "other-time/"), {"wish": "morning"})
    client.post(page_of(row, "other-time/"), {"wish": "evening"})
    with practice_scope(schedule.cast.alder.pk):
        item = WorkItem.objects.get(source_id=row.pk)
        finish(item=item, by=schedule.cast.dee.viewer)
    client.post(page_of(row, "other-time/"), {"wish": "ring"})
    with practice_scope(schedule.cast.alder.pk):
        assert WorkItem.objects.get(source_id=row.pk).state == WorkState.OPEN
    assert schedule.again(row).local_start == "2026-11-30T10:00"
    page = schedule.cast.dee.client().get(f"/alder/staff/work/{item.pk}/").content.decode()
    assert f"/alder/staff/appointments/{row.pk}/" in page


def test_too_late_to_ask_leads_to_the_phone(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    clock.move_to(NOON + dt.timedelta(hours=11))
    client = schedule.cast.ana.client()
    assert "Please ring us" in client.get(page_of(row, "other-time/")).content.decode()
    assert client.post(page_of(row, "other-time/"), {"wish": "morning"}).status_code == 422
    with practice_scope(schedule.cast.alder.pk):
        assert not WorkItem.objects.filter(source_id=row.pk).exists()


def test_the_list_costs_the_same_for_one_and_for_five(schedule: Schedule) -> None:
    client = schedule.cast.ana.client()
    schedule.book("ana", 9)
    one = queries_of(client, "/alder/me/appointments/")
    for hour in (10, 11, 12, 13):
        schedule.book("ana", hour)
    assert queries_of(client, "/alder/me/appointments/") == one


def test_no_form_falls_over_odd_input(schedule: Schedule) -> None:
    client = schedule.cast.ana.client()
    row = schedule.book("ana", day=dt.date(2026, 11, 30))
    survives_odd_input(client, page_of(row, "other-time/"))
    survives_odd_input(client, page_of(row, "cancel/"))
