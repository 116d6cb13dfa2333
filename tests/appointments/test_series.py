"""Meetings that repeat: by the wall's hour, all or chosen, this one or this and what follows."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import Any

import pytest
from django.test import Client

from portal import clock
from portal.appointments import away, series
from portal.appointments.models import Appointment, AppointmentSeries, AppointmentStatus, Status
from portal.appointments.services import SlotTaken
from portal.tenancy.context import practice_scope
from tests.appointments.conftest import BY, NOON, TOMORROW, Schedule
from tests.counting import queries_of

pytestmark = pytest.mark.django_db
ZONE = "Europe/London"


def address_for(schedule: Schedule, patient: str = "ana") -> str:
    return f"/alder/staff/schedule/book/?patient={schedule.cast.patient(patient).pk}"


def rows_of(schedule: Schedule, patient: str = "ana") -> list[Appointment]:
    with practice_scope(schedule.cast.alder.pk):
        rows = Appointment.objects.filter(patient=schedule.cast.patient(patient))
        return list(rows.order_by("starts_at"))


def plan_of(html: str) -> str:
    found = re.search(r'name="plan" value="([^"]*)"', html)
    assert found is not None
    return found[1]


def book_six(schedule: Schedule, client: Client) -> list[Appointment]:
    form = schedule.form(repeat="1", times="6")
    assert client.post(address_for(schedule), form).status_code == 302
    return rows_of(schedule)


def page_of(row: Appointment, action: str = "") -> str:
    return f"/alder/staff/appointments/{row.pk}/{action}"


def test_a_series_keeps_the_walls_hour_over_both_changes_of_the_clock(schedule: Schedule) -> None:
    form = schedule.form(day="2027-03-24", time="10:00", repeat="2", times="18")
    client = schedule.cast.dee.client()
    assert client.post(address_for(schedule), form).status_code == 302
    rows = rows_of(schedule)
    assert [row.local_start[11:] for row in rows] == ["10:00"] * 18
    assert {f"{row.starts_at:%H:%M}" for row in rows} == {"10:00", "09:00"}  # winter and summer
    assert rows[0].starts_at.hour == 10
    assert rows[1].starts_at.hour == 9
    assert rows[-1].starts_at.hour == 10
    assert len({row.series_id for row in rows}) == 1
    apart = {b.starts_at - a.starts_at for a, b in itertools.pairwise(rows)}
    assert apart == {dt.timedelta(days=14, hours=hours) for hours in (-1, 0, 1)}
    with practice_scope(schedule.cast.alder.pk):
        assert AppointmentStatus.objects.filter(by_id=schedule.cast.dee.membership.pk).count() == 18


def test_a_skipped_hour_is_one_that_cannot_be_ticked(schedule: Schedule) -> None:
    form = schedule.form(day="2027-03-21", time="01:30", repeat="1", times="3")
    client, address = schedule.cast.dee.client(), address_for(schedule)
    html = client.post(address, form).content.decode()
    assert "The clock skips this time on that day" in html
    keep = ["2027-03-21T01:30", "2027-04-04T01:30"]
    forced = {**form, "plan": plan_of(html), "keep": [*keep, "2027-03-28T01:30"]}
    assert client.post(address, forced).status_code == 422
    assert client.post(address, {**form, "plan": plan_of(html), "keep": keep}).status_code == 302
    assert [row.local_start for row in rows_of(schedule)] == keep


def test_what_does_not_fit_is_listed_and_nothing_is_booked_before_somebody_chose(
    schedule: Schedule,
) -> None:
    schedule.book("ben", 10, day=TOMORROW + dt.timedelta(days=7))
    schedule.book("ana", 10, day=TOMORROW + dt.timedelta(days=14), clinician="cleo")
    with practice_scope(schedule.cast.alder.pk):
        away.add_time_off(
            clinician=schedule.cast.cole.membership,
            starts_at=dt.datetime(2026, 12, 16, tzinfo=dt.UTC),
            ends_at=dt.datetime(2026, 12, 17, tzinfo=dt.UTC),
            by=BY,
        )
    client, address = schedule.cast.dee.client(), address_for(schedule)
    form = schedule.form(repeat="1", times="5")
    answer = client.post(address, form)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "3 of 5 times do not fit" in html
    for words in (
        "The clinician has another appointment",
        "The patient has another appointment",
        "The clinician is away",
    ):
        assert words in html
    ticked = re.findall(r'value="([^"]+)" checked', html)
    assert ticked == ["2026-11-25T10:00", "2026-12-23T10:00"]
    assert len(rows_of(schedule)) == 1
    keep = [*ticked, "2026-12-16T10:00"]  # all the same, though Cole is away
    assert client.post(address, {**form, "plan": plan_of(html), "keep": keep}).status_code == 302
    booked = [row.local_start for row in rows_of(schedule) if row.series_id]
    assert booked == ["2026-11-25T10:00", "2026-12-16T10:00", "2026-12-23T10:00"]


def test_a_choice_made_for_other_times_counts_for_nothing(schedule: Schedule) -> None:
    schedule.book("ben", 10, day=TOMORROW + dt.timedelta(days=7))
    client, address = schedule.cast.dee.client(), address_for(schedule)
    form = schedule.form(repeat="1", times="3")
    html = client.post(address, form).content.decode()
    other = {**form, "times": "4", "plan": plan_of(html), "keep": ["2026-11-25T10:00"]}
    assert client.post(address, other).status_code == 422
    assert rows_of(schedule) == []
    none = client.post(address, {**form, "plan": plan_of(html)})
    assert "Tick at least one" in none.content.decode()


@pytest.mark.parametrize("times", ["", "1", "53", "-4", "1.5", "x"])
def test_how_often_is_a_number_that_makes_sense(schedule: Schedule, times: str) -> None:
    form = schedule.form(repeat="1", times=times)
    assert schedule.cast.dee.client().post(address_for(schedule), form).status_code == 422
    assert rows_of(schedule) == []


def test_a_time_that_goes_meanwhile_books_none_of_the_series(schedule: Schedule) -> None:
    schedule.book("ben", 10, day=TOMORROW + dt.timedelta(days=7))
    first = dt.datetime.combine(TOMORROW, dt.time(10))
    with practice_scope(schedule.cast.alder.pk), pytest.raises(SlotTaken):
        series.book_series(
            patient=schedule.cast.patient("ana"),
            clinician=schedule.cast.cole.membership,
            type=schedule.type,
            local_starts=series.times_of(first, every_weeks=1, times=3),
            every_weeks=1,
            time_zone=ZONE,
            by=BY,
        )
    assert rows_of(schedule) == []
    with practice_scope(schedule.cast.alder.pk):
        assert not AppointmentSeries.objects.exists()


def test_weighing_fifty_times_costs_as_much_as_weighing_two(schedule: Schedule) -> None:
    client, address = schedule.cast.dee.client(), address_for(schedule)
    form = schedule.form(time="07:00", repeat="1", times="2")
    few = _statements(client, address, form)
    assert _statements(client, address, {**form, "times": "50"}) == few


def _statements(client: Client, address: str, form: dict[str, Any]) -> int:
    from django.db import connection  # noqa: TID251 - only counts what others ask
    from django.test.utils import CaptureQueriesContext

    assert client.post(address, form).status_code == 422
    with CaptureQueriesContext(connection) as queries:
        assert client.post(address, form).status_code == 422
    return len(queries)


def test_one_of_a_series_is_cancelled_and_the_others_stand(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    rows = book_six(schedule, client)
    form = {"scope": "one", "cancelled_by": "patient", "reason": "ill"}
    assert client.post(page_of(rows[2], "cancel/"), form).status_code == 302
    assert [row.status for row in rows_of(schedule)].count(Status.CANCELLED_BY_PATIENT) == 1


def test_this_and_what_follows_is_cancelled(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    rows = book_six(schedule, client)
    asks = client.get(page_of(rows[2], "cancel/")).content.decode()
    assert "This and the 3 that follow" in asks
    form = {"scope": "following", "cancelled_by": "practice", "reason": "Cole leaves"}
    assert client.post(page_of(rows[2], "cancel/"), form).status_code == 302
    statuses = [row.status for row in rows_of(schedule)]
    assert statuses == [Status.BOOKED] * 2 + [Status.CANCELLED_BY_PRACTICE] * 4
    assert "that follow" not in client.get(page_of(rows[1], "cancel/")).content.decode()


def test_this_and_what_follows_moves_by_days_at_the_new_hour(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    rows = book_six(schedule, client)
    form = {
        "scope": "following",
        "day": "2026-12-10",
        "time": "11:00",
        "wished_by": "patient",
        "version": rows[2].version,
    }
    assert client.post(page_of(rows[2], "move/"), form).status_code == 302
    assert [row.local_start for row in rows_of(schedule)] == [
        "2026-11-25T10:00",
        "2026-12-02T10:00",
        "2026-12-10T11:00",
        "2026-12-17T11:00",
        "2026-12-24T11:00",
        "2026-12-31T11:00",
    ]


@pytest.mark.parametrize("weeks", [1, -1])
def test_a_series_moves_onto_its_own_places(schedule: Schedule, weeks: int) -> None:
    client = schedule.cast.dee.client()
    rows = book_six(schedule, client)[1:]
    if weeks < 0:
        client.post(page_of(rows[0], "cancel/"), {"scope": "one", "cancelled_by": "practice"})
        rows = rows[1:]
    day = dt.date.fromisoformat(rows[0].local_start[:10]) + dt.timedelta(weeks=weeks)
    form = {
        "scope": "following",
        "day": day.isoformat(),
        "time": "10:00",
        "wished_by": "practice",
        "version": rows[0].version,
    }
    assert client.post(page_of(rows[0], "move/"), form).status_code == 302
    moved = {row.pk: row.local_start for row in rows_of(schedule)}
    for row in rows:
        wanted = dt.datetime.fromisoformat(row.local_start) + dt.timedelta(weeks=weeks)
        assert moved[row.pk] == f"{wanted:%Y-%m-%dT%H:%M}"


def test_what_cannot_move_with_the_rest_is_listed_and_may_stay(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    rows = book_six(schedule, client)
    schedule.book("ben", 11, day=TOMORROW + dt.timedelta(days=7))
    address = page_of(rows[0], "move/")
    form = {
        "scope": "following",
        "day": TOMORROW.isoformat(),
        "time": "11:00",
        "wished_by": "practice",
        "version": rows[0].version,
    }
    answer = client.post(address, form)
    assert answer.status_code == 422
    html = answer.content.decode()
    keep = re.findall(r'value="([^"]+)" checked', html)
    assert len([each for each in keep if "T11:00" in each]) == 5
    posted = {**form, "plan": plan_of(html), "keep": [each for each in keep if "T" in each]}
    assert client.post(address, posted).status_code == 302
    hours = [row.local_start[11:] for row in rows_of(schedule)]
    assert hours == ["11:00", "10:00", "11:00", "11:00", "11:00", "11:00"]


def test_a_series_that_somebody_changed_meanwhile_stays(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    rows = book_six(schedule, client)
    form = {
        "scope": "following",
        "day": "2026-11-26",
        "time": "10:00",
        "wished_by": "practice",
        "version": rows[0].version + 1,
    }
    answer = client.post(page_of(rows[0], "move/"), form)
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.content.decode()
    assert rows_of(schedule)[0].local_start == "2026-11-25T10:00"


def test_the_page_of_one_shows_its_series_for_the_same_cost(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    first = book_six(schedule, client)[0]
    client.get(page_of(first))  # warms up and takes the toast away
    few = queries_of(client, page_of(first))
    assert "A series of 6 times" in client.get(page_of(first)).content.decode()
    form = schedule.form(time="15:00", repeat="1", times="20")
    client.post(address_for(schedule, "ben"), form)
    longer = rows_of(schedule, "ben")[0]
    client.get(page_of(longer))
    assert queries_of(client, page_of(longer)) == few


def test_past_ones_and_outsiders_are_left_alone(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    rows = book_six(schedule, client)
    assert schedule.cast.cleo.client().get(page_of(rows[0], "cancel/")).status_code == 404
    clock.move_to(NOON + dt.timedelta(days=9))
    client = schedule.cast.dee.client()
    client.post(page_of(rows[0], "outcome/"), {"outcome": "attended"})
    asks = client.get(page_of(rows[1], "cancel/")).content.decode()
    assert "This and the 4 that follow" in asks
