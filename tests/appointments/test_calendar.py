"""The calendar: who sees which columns, what is free on them, and what it costs."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest

from portal import clock
from portal.appointments import away, services
from portal.tenancy.context import practice_scope
from tests.appointments.conftest import BY, NOON, TOMORROW, Schedule
from tests.counting import queries_of

pytestmark = pytest.mark.django_db
DAY = "/alder/staff/schedule/?day=2026-11-25"
WEEK = f"{DAY}&view=week"


def free_times(html: str, clinician: str = "") -> list[str]:
    """The times that lead to booking, of one clinician or of all."""
    found = re.findall(r"book/\?day=([\d-]+)&amp;time=([\d:]+)&amp;clinician=([\w-]+)", html)
    return [time for _, time, who in found if clinician in ("", who)]


def test_a_clinician_is_offered_no_time_of_a_colleague(schedule: Schedule) -> None:
    schedule.book("ben", 10, clinician="cleo")
    cole, cleo = (str(schedule.cast.people[name].membership.pk) for name in ("cole", "cleo"))
    for address in (DAY, WEEK, f"{WEEK}&clinician={cleo}", f"{DAY}&clinician={cleo}"):
        html = schedule.cast.cole.client().get(address).content.decode()
        assert "Ben Bright" not in html, address
        assert free_times(html, cleo) == [], address
    assert free_times(schedule.cast.cole.client().get(DAY).content.decode(), cole)


def test_a_day_offers_what_hours_hold_and_nobody_has(schedule: Schedule) -> None:
    schedule.book("ana", 10)
    html = schedule.cast.dee.client().get(DAY).content.decode()
    times = free_times(html, str(schedule.cast.cole.membership.pk))
    assert times[:4] == ["09:00", "09:30", "11:00", "11:30"]  # ten minutes are no place to book
    assert times[-1] == "16:30"
    assert "at-h2 at-m0 to-h2 to-m50" in html  # 10:00 to 10:50 on a day that begins at 08:00


def test_what_has_passed_is_not_offered(schedule: Schedule) -> None:
    html = schedule.cast.dee.client().get("/alder/staff/schedule/").content.decode()
    assert min(free_times(html)) == "12:00"
    yesterday = schedule.cast.dee.client().get("/alder/staff/schedule/?day=2026-11-23")
    assert free_times(yesterday.content.decode()) == []
    clock.move_to(NOON + dt.timedelta(minutes=7))
    html = schedule.cast.dee.client().get("/alder/staff/schedule/").content.decode()
    assert min(free_times(html)) == "12:10"


@pytest.mark.parametrize(
    ("hour", "name"), [(10, "Ana Abbott"), (12, "Ben Bright"), (96, None)], ids=str
)
def test_the_keyboard_begins_at_what_is_not_over_yet(
    schedule: Schedule, hour: int, name: str | None
) -> None:
    schedule.book("ana", 10)
    schedule.book("ben", 9, day=TOMORROW + dt.timedelta(days=1))
    clock.move_to(NOON + dt.timedelta(hours=12 + hour))  # of Wednesday
    cole = schedule.cast.cole.membership.pk
    html = schedule.cast.dee.client().get(f"{WEEK}&clinician={cole}").content.decode()
    marked = re.findall(r"<li[^>]* data-next>.*?</li>", html, re.DOTALL)
    assert [name in each for each in marked if name] == ([True] if name else [])
    assert len(marked) == (1 if name else 0)


def test_a_free_time_opens_the_booking_filled_in(schedule: Schedule) -> None:
    client, cleo = schedule.cast.dee.client(), schedule.cast.cleo.membership.pk
    wished = f"day=2026-11-25&time=14:30&clinician={cleo}"
    found = client.post(f"/alder/staff/schedule/book/?{wished}", {"words": "abb"}).content.decode()
    link = re.search(r'href="(/alder/staff/schedule/book/\?patient=[^"]+)"', found)
    assert link is not None
    page = client.get(link[1].replace("&amp;", "&")).content.decode()
    assert 'value="14:30"' in page
    assert f'value="{cleo}" selected' in page


@pytest.mark.parametrize("odd", ["time=25:99&clinician=x", "time=%00&clinician=%00", "time=&x=1"])
def test_a_garbled_wish_is_no_wish(schedule: Schedule, odd: str) -> None:
    address = f"/alder/staff/schedule/book/?patient={schedule.cast.patient('ana').pk}&{odd}"
    assert schedule.cast.dee.client().get(address).status_code == 200


def test_a_week_shows_one_clinician_and_the_weekend_when_there_is_something(
    schedule: Schedule,
) -> None:
    schedule.book("ana", 10)
    schedule.book("ben", 11, clinician="cleo")
    client = schedule.cast.dee.client()
    address = f"{WEEK}&clinician={schedule.cast.cole.membership.pk}"
    html = client.get(address).content.decode()
    assert "Ana Abbott" in html
    assert "Ben Bright" not in html
    assert "Sat 28 Nov" not in html
    schedule.book("ana", 10, day=TOMORROW + dt.timedelta(days=3))
    assert "Sat 28 Nov" in client.get(address).content.decode()


def test_a_clinician_without_a_choice_sees_their_own_week(schedule: Schedule) -> None:
    schedule.book("ana", 10)
    html = schedule.cast.cole.client().get(WEEK).content.decode()
    assert "Ana Abbott" in html
    assert f'value="{schedule.cast.cole.membership.pk}" selected' in html


def test_the_list_has_what_can_be_said_of_each(schedule: Schedule) -> None:
    row = schedule.book("ana", 10, day=NOON.date())
    html = schedule.cast.dee.client().get("/alder/staff/schedule/?view=list").content.decode()
    assert f"/alder/staff/appointments/{row.pk}/outcome/" in html


def test_a_practice_without_clinicians_has_a_calendar_that_says_so(schedule: Schedule) -> None:
    with practice_scope(schedule.cast.alder.pk):
        for name in ("cole", "cleo"):
            services.set_availability(
                clinician=schedule.cast.people[name].membership, hours=[], by=BY
            )
    html = schedule.cast.dee.client().get(DAY).content.decode()
    assert "Nobody has hours on this day" in html
    assert schedule.cast.dee.client().get(WEEK).status_code == 200


@pytest.mark.parametrize("view", ["day", "week", "list"])
def test_each_view_costs_the_same_for_one_and_for_five(schedule: Schedule, view: str) -> None:
    client = schedule.cast.dee.client()
    address = f"{DAY}&view={view}&clinician={schedule.cast.cole.membership.pk}"
    schedule.book("ana", 9)
    one = queries_of(client, address)
    for hour in (10, 11, 12, 13):
        schedule.book("ben", hour)
    schedule.book("ben", 10, day=TOMORROW + dt.timedelta(days=1))
    assert queries_of(client, address) == one


def test_both_runs_of_a_doubled_hour_have_their_place(schedule: Schedule) -> None:
    schedule.book("ana", 1, minute=30, day=dt.date(2027, 10, 31))
    html = schedule.cast.dee.client().get("/alder/staff/schedule/?day=2027-10-31").content.decode()
    assert "at-h0 at-m30 to-h1 to-m20" in html
    assert ">01:30–01:20" in html  # fifty minutes later the wall says twenty past one again


def test_a_time_away_is_shaded_said_and_not_offered(schedule: Schedule) -> None:
    cole = schedule.cast.cole.membership
    with practice_scope(schedule.cast.alder.pk):
        away.add_time_off(
            clinician=cole,
            starts_at=dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC),
            ends_at=dt.datetime(2026, 11, 26, tzinfo=dt.UTC),
            note="Surgery",
            by=BY,
        )
    html = schedule.cast.dee.client().get(DAY).content.decode()
    assert free_times(html, str(cole.pk)) == ["09:00", "09:30"]
    assert "away 10:00–24:00" in html
    assert "cal-away in-" in html
    assert "Surgery" not in html
    address = f"{WEEK}&clinician={cole.pk}"
    week = schedule.cast.dee.client().get(address).content.decode()
    assert "time=10:00" in week  # on the other days


def test_moving_by_the_calendar_leads_to_the_move_filled_in(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    client = schedule.cast.dee.client()
    form = client.get(f"/alder/staff/appointments/{row.pk}/move/").content.decode()
    assert f"moving={row.pk}" in form
    html = client.get(f"/alder/staff/schedule/?view=week&day=2026-11-25&moving={row.pk}")
    words = html.content.decode()
    assert "Choose a free time for Ana Abbott" in words
    assert free_times(words) == []
    target = f"/alder/staff/appointments/{row.pk}/move/?day=2026-11-26&amp;time=11:00"
    assert target in words
    offered = re.findall(r"move/\?day=2026-11-26&amp;time=([\d:]+)", words)
    assert offered[-1] == "16:00"  # fifty minutes do not fit from 16:30 on
    page = client.get(target.replace("&amp;", "&")).content.decode()
    assert 'value="2026-11-26"' in page
    assert 'value="11:00"' in page


def test_nobody_moves_what_they_may_not_see(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    client = schedule.cast.cleo.client()
    assert client.get(f"/alder/staff/schedule/?moving={row.pk}").status_code == 404
    assert client.get("/alder/staff/schedule/?moving=x").status_code == 404
    assert client.get(f"/alder/staff/schedule/?moving={uuid.uuid4()}").status_code == 404
