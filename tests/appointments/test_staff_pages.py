"""The schedule and what staff do with one appointment, through the pages."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.db import connection  # noqa: TID251 - only counts what others ask
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.appointments import away
from portal.appointments.models import Appointment, Status
from portal.appointments.openings import next_free
from portal.practices.models import Membership
from portal.tenancy.context import practice_scope
from tests.appointments.conftest import NOON, TOMORROW, Schedule
from tests.counting import queries_of
from tests.odd_input import survives_odd_input

pytestmark = pytest.mark.django_db
ACTIONS = ("", "move/", "cancel/", "restore/", "confirm/", "outcome/", "outcome/undo/")


def page_of(row: Appointment, action: str = "") -> str:
    return f"/alder/staff/appointments/{row.pk}/{action}"


def test_outsiders_find_no_appointment_and_no_schedule(schedule: Schedule) -> None:
    row = schedule.book()
    for name in ("yan", "xia", "zoe"):
        client = schedule.cast.people[name].client()
        assert client.get("/alder/staff/schedule/").status_code == 404
        for action in ACTIONS:
            assert client.get(page_of(row, action)).status_code == 404, (name, action)
            assert client.post(page_of(row, action)).status_code == 404, (name, action)


def test_the_same_id_below_another_practice_is_nobodys(schedule: Schedule) -> None:
    row = schedule.book()
    client = schedule.cast.yan.client()
    assert client.get(f"/birch/staff/appointments/{row.pk}/").status_code == 404


def test_a_clinician_outside_the_care_team_finds_no_appointment(schedule: Schedule) -> None:
    row = schedule.book("ana")
    client = schedule.cast.cleo.client()
    for action in ACTIONS:
        assert client.post(page_of(row, action)).status_code in (404, 405), action
    assert "Ana" not in client.get("/alder/staff/schedule/?day=2026-11-25").content.decode()
    assert schedule.again(row).status == Status.BOOKED


def test_navigators_patients_and_carers_have_no_schedule(schedule: Schedule) -> None:
    row = schedule.book()
    for name in ("nat", "ana", "fay"):
        client = schedule.cast.people[name].client()
        assert client.get("/alder/staff/schedule/").status_code == 403
        assert client.get(page_of(row)).status_code == 403


def test_an_unknown_or_garbled_id_is_not_found(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    assert client.get(f"/alder/staff/appointments/{uuid.uuid4()}/").status_code == 404
    assert client.get("/alder/staff/appointments/not-an-id/").status_code == 404
    assert client.get("/alder/staff/schedule/?clinician=garbage").status_code == 404
    assert client.get(f"/alder/staff/schedule/?clinician={uuid.uuid4()}").status_code == 404
    assert client.get(f"/alder/staff/schedule/book/?patient={uuid.uuid4()}").status_code == 404
    assert client.get("/alder/staff/schedule/book/?patient=x").status_code == 404


@pytest.mark.parametrize("day", ["", "soon", "2026-02-31", "0001-01-01", "9999-12-31", "\x00"])
def test_a_day_that_cannot_be_is_today(schedule: Schedule, day: str) -> None:
    answer = schedule.cast.dee.client().get("/alder/staff/schedule/", {"day": day})
    assert "Tuesday 24 November" in answer.content.decode()


def test_the_front_desk_sees_the_whole_day_and_a_clinician_their_own(schedule: Schedule) -> None:
    schedule.book("ana", 10)
    schedule.book("ben", 10, clinician="cleo")
    address = "/alder/staff/schedule/?day=2026-11-25"
    desk = schedule.cast.dee.client().get(address).content.decode()
    assert "Ana Abbott" in desk
    assert "Ben Bright" in desk
    cole = schedule.cast.cole.client().get(address).content.decode()
    assert "Ana Abbott" in cole
    assert "Ben Bright" not in cole
    only = f"{address}&clinician={schedule.cast.cleo.membership.pk}"
    assert "Ana Abbott" not in schedule.cast.dee.client().get(only).content.decode()


def test_the_list_costs_the_same_for_one_and_for_five(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    address = "/alder/staff/schedule/?day=2026-11-25"
    schedule.book("ana", 9)
    one = queries_of(client, address)
    for hour in (10, 11, 12, 13):
        schedule.book("ben", hour)
    assert queries_of(client, address) == one


def test_booking_searches_by_post_and_then_names_the_patient_by_id(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    found = client.post("/alder/staff/schedule/book/", {"words": "abb"}).content.decode()
    ana = schedule.cast.patient("ana")
    assert f"?patient={ana.pk}" in found
    answer = client.post(f"/alder/staff/schedule/book/?patient={ana.pk}", schedule.form())
    assert answer.status_code == 302
    with practice_scope(schedule.cast.alder.pk):
        assert Appointment.objects.get().local_start == "2026-11-25T10:00"


def test_a_taken_time_offers_the_next_free_ones(schedule: Schedule) -> None:
    schedule.book("ben", 10)
    schedule.book("ben", 15)
    client = schedule.cast.dee.client()
    address = f"/alder/staff/schedule/book/?patient={schedule.cast.patient('ana').pk}"
    answer = client.post(address, schedule.form(time="10:30", location="Room 3"))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "another appointment at that time" in html
    offers = re.findall(r'name="instead" value="([^"]+)"', html)
    assert offers[:3] == ["2026-11-25T09:00", "2026-11-25T11:00", "2026-11-25T12:00"]
    assert "2026-11-25T15:00" not in offers
    assert len(offers) == 6
    taken = schedule.form(time="10:30", location="Room 3", instead=offers[1])
    assert client.post(address, taken).status_code == 302
    with practice_scope(schedule.cast.alder.pk):
        row = Appointment.objects.get(patient=schedule.cast.patient("ana"))
    assert (row.local_start, row.location) == ("2026-11-25T11:00", "Room 3")


def test_what_is_offered_is_not_while_the_clinician_is_away(schedule: Schedule) -> None:
    with practice_scope(schedule.cast.alder.pk):
        away.add_time_off(
            clinician=schedule.cast.cole.membership,
            starts_at=dt.datetime(2026, 11, 25, tzinfo=dt.UTC),
            ends_at=dt.datetime(2026, 11, 27, tzinfo=dt.UTC),
            by=schedule.cast.eve.viewer,
        )
    ana = schedule.cast.patient("ana")
    html = (
        schedule.cast.dee.client()
        .post(f"/alder/staff/schedule/book/?patient={ana.pk}", schedule.form())
        .content.decode()
    )
    assert 'name="instead" value="2026-11-27T09:00"' in html
    assert 'name="instead" value="2026-11-26' not in html


def test_an_offer_costs_the_same_for_a_full_and_for_an_empty_day(schedule: Schedule) -> None:
    with practice_scope(schedule.cast.alder.pk), CaptureQueriesContext(connection) as queries:
        cole = schedule.cast.cole.membership
        assert next_free(cole, first=TOMORROW, minutes=50, zone_name="Europe/London")
    few = len(queries)
    for hour in (9, 10, 11, 12, 13, 14, 15, 16):
        schedule.book("ben", hour)
    with practice_scope(schedule.cast.alder.pk), CaptureQueriesContext(connection) as queries:
        found = next_free(cole, first=TOMORROW, minutes=50, zone_name="Europe/London")
    assert found[0].isoformat() == "2026-11-26T09:00:00"
    assert len(queries) == few


@pytest.mark.parametrize("time", ["07:00", "16:30", "23:30"])
def test_outside_the_hours_asks_once_more_and_then_books(schedule: Schedule, time: str) -> None:
    ana = schedule.cast.patient("ana")
    client = schedule.cast.dee.client()
    address = f"/alder/staff/schedule/book/?patient={ana.pk}"
    asked = client.post(address, schedule.form(time=time))
    assert asked.status_code == 422
    assert "all_the_same" in asked.content.decode()
    assert client.post(address, schedule.form(time=time, all_the_same="on")).status_code == 302


@pytest.mark.parametrize(("day", "time"), [("2026-11-24", "11:30"), ("2026-11-23", "10:00")])
def test_a_time_that_has_passed_is_asked_about_and_then_booked(
    schedule: Schedule, day: str, time: str
) -> None:
    ana = schedule.cast.patient("ana")
    client = schedule.cast.dee.client()
    address = f"/alder/staff/schedule/book/?patient={ana.pk}"
    typed = schedule.form(day=day, time=time, location="The blue room")
    for more in ({}, {"all_the_same": "on"}):  # consent to one thing is none to another
        asked = client.post(address, {**typed, **more})
        assert asked.status_code == 422
        html = asked.content.decode()
        assert "This time has passed. Choose another" in html
        assert "This time has passed: book it anyway" in html
        assert "The blue room" in html
        assert "Free instead" in html
    with practice_scope(schedule.cast.alder.pk):
        assert not Appointment.objects.exists()
    assert client.post(address, {**typed, "though_passed": "on"}).status_code == 302


def test_a_tick_stays_where_something_else_has_to_be_said_yet(schedule: Schedule) -> None:
    ana = schedule.cast.patient("ana")
    typed = schedule.form(day="2026-11-23", time="07:00", though_passed="on")
    asked = schedule.cast.dee.client().post(f"/alder/staff/schedule/book/?patient={ana.pk}", typed)
    assert asked.status_code == 422
    html = asked.content.decode()
    assert "cannot usually be booked" in html
    assert "This time has passed. Choose another" not in html
    assert re.search(r'name="though_passed"[^>]* checked', html)


def test_moving_into_the_past_is_asked_about_as_well(schedule: Schedule) -> None:
    row = schedule.book("ana")
    client = schedule.cast.dee.client()
    address = f"/alder/staff/appointments/{row.pk}/move/"
    typed = {
        "day": "2026-11-23",
        "time": "10:00",
        "wished_by": "practice",
        "version": row.version,
    }
    asked = client.post(address, typed)
    assert asked.status_code == 422
    assert "This time has passed: move it there anyway" in asked.content.decode()
    assert schedule.again(row).local_start == "2026-11-25T10:00"
    assert client.post(address, {**typed, "though_passed": "on"}).status_code == 302
    assert schedule.again(row).local_start == "2026-11-23T10:00"


def test_a_time_still_to_come_today_is_booked_at_once(schedule: Schedule) -> None:
    ana = schedule.cast.patient("ana")
    address = f"/alder/staff/schedule/book/?patient={ana.pk}"
    form = schedule.form(day="2026-11-24", time="12:30")
    assert schedule.cast.dee.client().post(address, form).status_code == 302


def test_the_first_of_a_series_in_the_past_is_left_for_a_person_to_tick(schedule: Schedule) -> None:
    ana = schedule.cast.patient("ana")
    client = schedule.cast.dee.client()
    address = f"/alder/staff/schedule/book/?patient={ana.pk}"
    asked = client.post(address, schedule.form(day="2026-11-23", repeat="1", times="3"))
    assert asked.status_code == 422
    html = asked.content.decode()
    assert "This time has passed" in html
    assert "1 of 3 times does not fit" in html


def test_a_patient_with_two_places_to_be_is_noticed(schedule: Schedule) -> None:
    schedule.book("ana", 10, clinician="cleo")
    ana = schedule.cast.patient("ana")
    answer = schedule.cast.dee.client().post(
        f"/alder/staff/schedule/book/?patient={ana.pk}", schedule.form(time="10:30")
    )
    assert "The patient has another appointment then" in answer.content.decode()


def test_a_meeting_past_midnight_stands_on_the_day_it_begins(schedule: Schedule) -> None:
    schedule.book("ana", 23, minute=30)
    client = schedule.cast.dee.client()
    first = client.get("/alder/staff/schedule/?day=2026-11-25").content.decode()
    second = client.get("/alder/staff/schedule/?day=2026-11-26").content.decode()
    assert "Ana Abbott" in first
    assert "Ana Abbott" not in second


def test_an_hour_that_the_clock_skips_is_refused_in_words(schedule: Schedule) -> None:
    ana = schedule.cast.patient("ana")
    form = schedule.form(day="2027-03-28", time="01:30", all_the_same="on")
    answer = schedule.cast.dee.client().post(f"/alder/staff/schedule/book/?patient={ana.pk}", form)
    assert answer.status_code == 422
    assert "the clocks go forward" in answer.content.decode()


@pytest.mark.parametrize(("run", "hour"), [("first", 0), ("second", 1)])
def test_an_hour_that_happens_twice_asks_which(schedule: Schedule, run: str, hour: int) -> None:
    ana = schedule.cast.patient("ana")
    client, address = schedule.cast.dee.client(), f"/alder/staff/schedule/book/?patient={ana.pk}"
    form = schedule.form(day="2027-10-31", time="01:30", all_the_same="on")
    asked = client.post(address, form)
    assert asked.status_code == 422
    assert "Choose which of the two" in asked.content.decode()
    booked = client.post(address, {**form, "run": run})
    assert booked.status_code == 302
    with practice_scope(schedule.cast.alder.pk):
        row = Appointment.objects.get()
    assert row.starts_at == dt.datetime(2027, 10, 31, hour, 30, tzinfo=dt.UTC)
    assert f"the {run} time that the clock shows it" in client.get(page_of(row)).content.decode()
    day = client.get("/alder/staff/schedule/?day=2027-10-31").content.decode()
    assert ("is-second" in day) is (run == "second")


@pytest.mark.parametrize(
    ("before", "by", "words"),
    [
        (dt.timedelta(hours=24, minutes=1), "patient", ""),
        (dt.timedelta(hours=23, minutes=59), "patient", "late, 23 hours before"),
        (dt.timedelta(minutes=1), "patient", "late, 1 minute before"),
        (dt.timedelta(), "patient", "counts as not attended"),
        (dt.timedelta(hours=1), "practice", ""),
    ],
)
def test_a_late_cancellation_is_said_before_and_after(
    schedule: Schedule, before: dt.timedelta, by: str, words: str
) -> None:
    row = schedule.book("ana", 10)
    clock.move_to(row.starts_at - before)
    client = schedule.cast.dee.client()
    asks = client.get(page_of(row, "cancel/")).content.decode()
    assert ("late cancellation" in asks) is (dt.timedelta() < before < dt.timedelta(hours=24))
    assert ("It has begun already" in asks) is (not before)
    client.post(page_of(row, "cancel/"), {"cancelled_by": by, "reason": ""})
    page = client.get(page_of(row)).content.decode()
    assert ("late, " in page or "so it counts as" in page) is bool(words)
    assert words in page


def test_a_cancellation_is_taken_back_while_the_time_is_free(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    client = schedule.cast.dee.client()
    client.post(page_of(row, "cancel/"), {"cancelled_by": "patient", "reason": "ill"})
    page = client.get(page_of(row)).content.decode()
    assert page.count(page_of(row, "restore/")) == 2  # the toast and the button
    assert client.post(page_of(row, "restore/")).status_code == 302
    assert schedule.again(row).status == Status.BOOKED
    assert schedule.again(row).version == row.version + 2
    client.post(page_of(row, "cancel/"), {"cancelled_by": "patient", "reason": "ill"})
    schedule.book("ben", 10)
    assert client.post(page_of(row, "restore/")).status_code == 302
    assert "another appointment at that time" in client.get(page_of(row)).content.decode()
    assert schedule.again(row).status == Status.CANCELLED_BY_PATIENT


def test_nobody_is_booked_again_with_somebody_who_has_left(schedule: Schedule) -> None:
    row = schedule.book()
    client = schedule.cast.dee.client()
    client.post(page_of(row, "cancel/"), {"cancelled_by": "practice", "reason": ""})
    with practice_scope(schedule.cast.alder.pk):
        Membership.objects.filter(pk=row.clinician_id).update(status="left", left_at=clock.now())
    client.post(page_of(row, "restore/"))
    assert schedule.again(row).status == Status.CANCELLED_BY_PRACTICE
    clock.move_to(row.starts_at)  # what has been is only put right
    schedule.cast.dee.client().post(page_of(row, "restore/"))
    assert schedule.again(row).status == Status.BOOKED


def test_what_is_taken_back_stands_as_it_stood(schedule: Schedule) -> None:
    row = schedule.book(day=NOON.date(), hour=15)
    client = schedule.cast.dee.client()
    client.post(page_of(row, "confirm/"))
    client.post(page_of(row, "outcome/"), {"outcome": "arrived"})
    client.post(page_of(row, "outcome/undo/"))
    assert schedule.again(row).status == Status.CONFIRMED
    client.post(page_of(row, "outcome/"), {"outcome": "arrived"})
    clock.move_to(row.starts_at)
    client = schedule.cast.dee.client()
    client.post(page_of(row, "outcome/"), {"outcome": "no_show"})
    client.post(page_of(row, "outcome/undo/"))
    assert schedule.again(row).status == Status.ARRIVED


def test_moving_keeps_the_old_time_in_the_history(schedule: Schedule) -> None:
    row = schedule.book()
    form = {"day": "2026-11-26", "time": "11:00", "wished_by": "patient", "version": row.version}
    assert schedule.cast.dee.client().post(page_of(row, "move/"), form).status_code == 302
    moved = schedule.again(row)
    assert moved.local_start == "2026-11-26T11:00"
    assert moved.version == row.version + 1
    assert (Status.CANCELLED_BY_PATIENT, "moved") in schedule.history(row)


def test_a_move_to_a_taken_time_leaves_no_trace(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    schedule.book("ben", 11)
    form = {"day": "2026-11-25", "time": "11:00", "wished_by": "patient", "version": row.version}
    answer = schedule.cast.dee.client().post(page_of(row, "move/"), form)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "another appointment at that time" in html
    offers = re.findall(r'name="instead" value="([^"]+)"', html)
    assert offers[:2] == ["2026-11-25T09:00", "2026-11-25T12:00"]  # not the time it has now
    assert schedule.history(row) == [(Status.BOOKED, "")]
    assert schedule.again(row).version == row.version


def test_moving_to_the_time_it_has_is_said(schedule: Schedule) -> None:
    row = schedule.book()
    form = {"day": "2026-11-25", "time": "10:00", "wished_by": "patient", "version": row.version}
    answer = schedule.cast.dee.client().post(page_of(row, "move/"), form)
    assert answer.status_code == 422
    assert "the time it has now" in answer.content.decode()


def test_moving_what_was_moved_meanwhile_is_refused(schedule: Schedule) -> None:
    row = schedule.book()
    form = {"day": "2026-11-26", "time": "11:00", "wished_by": "patient", "version": row.version}
    client = schedule.cast.dee.client()
    assert client.post(page_of(row, "move/"), form).status_code == 302
    again = client.post(page_of(row, "move/"), {**form, "time": "12:00"})
    assert again.status_code == 422
    assert "changed meanwhile" in again.content.decode()
    assert schedule.again(row).local_start == "2026-11-26T11:00"


def test_cancelling_frees_the_time(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    client = schedule.cast.dee.client()
    form = {"cancelled_by": "practice", "reason": "Cole is ill"}
    assert client.post(page_of(row, "cancel/"), form).status_code == 302
    assert schedule.again(row).status == Status.CANCELLED_BY_PRACTICE
    assert schedule.book("ben", 10).status == Status.BOOKED


def test_an_outcome_is_recorded_once_it_has_begun_and_can_be_taken_back(
    schedule: Schedule,
) -> None:
    row = schedule.book()
    client = schedule.cast.cole.client()
    client.post(page_of(row, "outcome/"), {"outcome": "attended"})
    assert schedule.again(row).status == Status.BOOKED
    clock.move_to(NOON + dt.timedelta(days=1))
    answer = client.post(page_of(row, "outcome/"), {"outcome": "no_show", "from": "schedule"})
    assert answer.headers["Location"] == "/alder/staff/schedule/?day=2026-11-25"
    assert schedule.again(row).status == Status.NO_SHOW
    assert page_of(row, "outcome/undo/") in client.get("/alder/staff/schedule/").content.decode()
    client.post(page_of(row, "outcome/undo/"))
    assert schedule.again(row).status == Status.BOOKED
    clock.forget()


def test_somebody_can_arrive_before_it_begins(schedule: Schedule) -> None:
    row = schedule.book(day=TOMORROW - dt.timedelta(days=1), hour=15)
    schedule.cast.dee.client().post(page_of(row, "outcome/"), {"outcome": "arrived"})
    assert schedule.again(row).status == Status.ARRIVED


def test_types_are_added_and_retired_and_offered_again(schedule: Schedule) -> None:
    client = schedule.cast.eve.client()
    address = "/alder/staff/appointment-types/"
    form = {"name": "Walk", "minutes": "30", "discreet_title": "Appointment"}
    assert client.post(address, form).status_code == 302
    assert client.post(address, form).status_code == 422
    assert client.post(f"{address}{schedule.type.pk}/retire/").status_code == 302
    ana = schedule.cast.patient("ana")
    page = client.get(f"/alder/staff/schedule/book/?patient={ana.pk}").content.decode()
    assert ">Meeting<" not in page
    assert ">Walk<" in page
    assert client.post(f"{address}{schedule.type.pk}/offer/").status_code == 302
    assert client.post(f"{address}{uuid.uuid4()}/retire/").status_code == 404


def test_a_clinician_changes_their_own_hours_and_nobody_elses(schedule: Schedule) -> None:
    cole, cleo = schedule.cast.cole, schedule.cast.cleo
    client = cole.client()
    own = f"/alder/staff/availability/{cole.membership.pk}/"
    assert client.get(f"/alder/staff/availability/{cleo.membership.pk}/").status_code == 404
    assert client.post(own, {"d0_r0_from": "10:00", "d0_r0_until": "12:00"}).status_code == 302
    ana = schedule.cast.patient("ana")
    answer = schedule.cast.dee.client().post(
        f"/alder/staff/schedule/book/?patient={ana.pk}", schedule.form()
    )
    assert "cannot usually be booked" in answer.content.decode()
    assert schedule.cast.dee.client().get(own).status_code == 200


def test_no_form_falls_over_odd_input(schedule: Schedule) -> None:
    row = schedule.book()
    ana = schedule.cast.patient("ana")
    client = schedule.cast.dee.client()
    survives_odd_input(client, "/alder/staff/schedule/book/")
    survives_odd_input(client, f"/alder/staff/schedule/book/?patient={ana.pk}")
    survives_odd_input(client, page_of(row, "move/"))
    survives_odd_input(client, page_of(row, "cancel/"))
    survives_odd_input(client, page_of(row, "outcome/"), names={"outcome", "from"})
    survives_odd_input(client, "/alder/staff/appointment-types/")
    survives_odd_input(client, f"/alder/staff/availability/{schedule.cast.cole.membership.pk}/")
