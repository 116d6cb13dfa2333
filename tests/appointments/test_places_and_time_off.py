"""Where meetings take place, and when clinicians are away."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.test import Client

from portal import clock
from portal.appointments import away, openings, places, services
from portal.appointments.models import Appointment, AppointmentType, Location, TimeOff
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from portal.work import services as work
from portal.work.models import WorkAudience, WorkItem, WorkState
from tests.appointments.conftest import BY, NOON, TOMORROW, Schedule
from tests.counting import queries_of
from tests.odd_input import survives_odd_input

pytestmark = pytest.mark.django_db
PLACES = "/alder/staff/locations/"
TEN = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
NOVEMBER_25 = {"first_day": "2026-11-25", "last_day": "2026-11-25"}


def off_page(schedule: Schedule, who: str = "cole") -> str:
    return f"/alder/staff/availability/{schedule.cast.people[who].membership.pk}/time-off/"


def add_off(schedule: Schedule, *, hours: float = 2, start: dt.datetime = TEN) -> TimeOff:
    with practice_scope(schedule.cast.alder.pk):
        return away.add_time_off(
            clinician=schedule.cast.cole.membership,
            starts_at=start,
            ends_at=start + dt.timedelta(hours=hours),
            note="Root canal",
            by=BY,
        )


def add_place(schedule: Schedule, name: str = "Mill") -> Location:
    with practice_scope(schedule.cast.alder.pk):
        return places.add_location(
            name=name, address="1 Mill Lane\nLeeds", directions="Ring twice.", by=BY
        )


def free(schedule: Schedule, day: dt.date = TOMORROW) -> list[str]:
    with practice_scope(schedule.cast.alder.pk):
        times = openings.free_times(
            schedule.cast.cole.membership, day=day, minutes=50, zone_name="Europe/London"
        )
    return [f"{each:%H:%M}" for each in times]


def test_outsiders_find_no_place_and_no_time_off(schedule: Schedule) -> None:
    place, off = add_place(schedule), add_off(schedule)
    pages = [PLACES, off_page(schedule), f"/alder/staff/time-off/{off.pk}/remove/"]
    pages += [f"{PLACES}{place.pk}/{action}" for action in ("", "retire/", "offer/")]
    for name in ("yan", "xia", "zoe"):
        client = schedule.cast.people[name].client()
        for page in pages:
            assert client.post(page).status_code == 404, (name, page)
    for name in ("ana", "fay", "nat"):
        client = schedule.cast.people[name].client()
        for page in pages:
            assert client.post(page).status_code == 403, (name, page)
    with practice_scope(schedule.cast.alder.pk):
        assert Location.objects.get().retired_at is None
        assert TimeOff.objects.count() == 1


def test_a_place_of_another_practice_is_not_found(schedule: Schedule) -> None:
    place, off = add_place(schedule), add_off(schedule)
    client = schedule.cast.yan.client()
    assert client.post(f"/birch/staff/locations/{place.pk}/retire/").status_code == 404
    assert client.post(f"/birch/staff/time-off/{off.pk}/remove/").status_code == 404


def test_a_clinician_changes_their_own_time_off_only(schedule: Schedule) -> None:
    off = add_off(schedule)
    cleo = schedule.cast.cleo.client()
    assert cleo.get(off_page(schedule)).status_code == 404
    assert cleo.post(f"/alder/staff/time-off/{off.pk}/remove/").status_code == 404
    cole = schedule.cast.cole.client()
    assert b"Root canal" in cole.get(off_page(schedule)).content
    assert cole.post(f"/alder/staff/time-off/{off.pk}/remove/").status_code == 302
    assert "10:00" in free(schedule)


def test_nobody_is_offered_a_time_in_which_the_clinician_is_away(schedule: Schedule) -> None:
    assert {"09:30", "10:00", "11:45", "12:00"} <= set(free(schedule))
    add_off(schedule)  # 10:00 to 12:00
    left = free(schedule)
    assert "12:00" in left
    assert not {"09:15", "09:30", "10:00", "11:45"} & set(left)
    assert "09:00" in left
    with practice_scope(schedule.cast.alder.pk):
        at = dt.datetime.combine(TOMORROW, dt.time(11))
        assert not openings.is_bookable(schedule.cast.cole.membership, at, 50)
        assert openings.is_bookable(schedule.cast.cleo.membership, at, 50)
        noon = dt.datetime.combine(TOMORROW, dt.time(12))
        assert openings.is_bookable(schedule.cast.cole.membership, noon, 50)


def test_booking_into_time_off_is_asked_once_more_and_says_until_when(schedule: Schedule) -> None:
    add_off(schedule)
    client = schedule.cast.dee.client()
    page = f"/alder/staff/schedule/book/?patient={schedule.cast.patient('ana').pk}"
    answer = client.post(page, schedule.form())
    assert answer.status_code == 422
    told = re.search(r"Cole[^.<]* away until[^.<]*", answer.content.decode())
    assert told is not None
    assert told[0] == "Cole Staff is away until Wednesday 25 November, 12:00"
    assert client.post(page, schedule.form(all_the_same="on")).status_code == 302


def test_whole_days_reach_from_midnight_to_midnight(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    assert client.post(off_page(schedule), NOVEMBER_25).status_code == 302
    assert free(schedule) == []
    shown = client.get(off_page(schedule)).content.decode()
    assert "Wed 25 Nov" in shown
    assert "00:00" not in shown
    with practice_scope(schedule.cast.alder.pk):
        row = TimeOff.objects.get()
    assert (row.starts_at, row.ends_at) == (
        dt.datetime(2026, 11, 25, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 26, tzinfo=dt.UTC),
    )


def test_a_day_off_is_as_long_as_the_day(schedule: Schedule) -> None:
    clock.move_to(dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC))
    client = schedule.cast.dee.client()
    day = {"first_day": "2027-03-28", "last_day": "2027-03-28"}
    assert client.post(off_page(schedule), day).status_code == 302
    with practice_scope(schedule.cast.alder.pk):
        row = TimeOff.objects.get()
    assert row.ends_at - row.starts_at == dt.timedelta(hours=23)


def test_what_is_booked_meanwhile_stays_and_is_listed(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    schedule.book("ben", 14)
    client = schedule.cast.dee.client()
    told = client.post(off_page(schedule), {**NOVEMBER_25, "last_time": "13:00"}, follow=True)
    page = told.content.decode()
    assert "1 appointment is still booked meanwhile" in page
    assert str(row.pk) in page
    assert "Wed 25 Nov 10:00, Ana Abbott" in page
    assert "Ben Bright" not in page
    assert schedule.again(row).is_standing


def test_visits_in_time_off_are_one_task_of_the_front_desk(schedule: Schedule) -> None:
    schedule.book("ana", 10)
    schedule.book("ben", 14)
    schedule.cast.cole.client().post(off_page(schedule), NOVEMBER_25)
    with practice_scope(schedule.cast.alder.pk):
        item = WorkItem.objects.get()
        off = TimeOff.objects.get()
    assert (item.title, item.audience) == (
        "Visits are booked while Cole Staff is away",
        WorkAudience.FRONT_DESK,
    )
    assert item.due_at == min(NOON + dt.timedelta(days=1), TEN)
    assert item.patient_id is None  # two patients' visits: the list names them
    desk = schedule.cast.dee.client()
    page = desk.get(f"/alder/staff/work/{item.pk}/")
    assert off_page(schedule) in page.content.decode()
    desk.post(f"/alder/staff/time-off/{off.pk}/remove/")
    with practice_scope(schedule.cast.alder.pk):
        item.refresh_from_db()
    assert item.state == WorkState.DONE


def test_the_task_is_over_with_the_last_visit_and_waits_again_with_it(schedule: Schedule) -> None:
    ana, ben = schedule.book("ana", 10), schedule.book("ben", 14)
    add_off(schedule, hours=8)

    def state() -> str:
        return WorkItem.objects.get().state

    with practice_scope(schedule.cast.alder.pk):
        later = dt.datetime(2026, 11, 27, 10)  # noqa: DTZ001
        services.move(appointment=ana, local_start=later, by=BY, wished_by_patient=False)
        assert state() == WorkState.OPEN
        services.cancel(appointment=ben, by_patient=False, by=BY)
        assert state() == WorkState.DONE
        services.restore(appointment=ben, by=BY)
        assert state() == WorkState.OPEN
        work.finish(item=WorkItem.objects.get(), by=schedule.cast.dee.viewer)
        services.cancel(appointment=ben, by_patient=False, by=BY)
        services.restore(appointment=ben, by=BY)
        assert state() == WorkState.DONE  # what a person has ended stays ended


def test_time_off_over_nothing_is_no_task(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    schedule.book("ben", 14, clinician="cleo")
    with practice_scope(schedule.cast.alder.pk):
        services.cancel(appointment=row, by_patient=True, reason="", by=BY)
    add_off(schedule, hours=8)
    with practice_scope(schedule.cast.alder.pk):
        assert not WorkItem.objects.exists()


def test_all_that_is_booked_in_a_week_off_can_be_reached(schedule: Schedule) -> None:
    rows = [schedule.book("ana", hour) for hour in (9, 10, 11, 12, 13, 14, 15, 16)]
    client = schedule.cast.dee.client()
    page = client.post(off_page(schedule), NOVEMBER_25, follow=True).content.decode()
    assert all(str(row.pk) in page for row in rows)


def test_an_end_before_its_beginning_is_said_beside_the_field(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    for wrong in (
        {"first_day": "2026-11-26", "last_day": "2026-11-25"},
        {**NOVEMBER_25, "first_time": "11:00", "last_time": "10:00"},
        {"first_day": "2026-11-01", "last_day": "2026-11-02"},
        {"first_day": "2026-11-25", "last_day": "2036-11-25"},
        {"first_day": "2026-11-25", "last_day": ""},
    ):
        answer = client.post(off_page(schedule), wrong)
        assert answer.status_code == 422, wrong
        assert "One thing to look at" in answer.content.decode()
    with practice_scope(schedule.cast.alder.pk):
        assert not TimeOff.objects.exists()


def test_only_clinicians_have_time_off(schedule: Schedule) -> None:
    with practice_scope(schedule.cast.alder.pk), pytest.raises(DomainError):
        away.add_time_off(
            clinician=schedule.cast.dee.membership,
            starts_at=TEN,
            ends_at=TEN + dt.timedelta(hours=1),
            by=BY,
        )


@pytest.mark.parametrize("count", [1, 20])
def test_a_list_of_times_off_costs_the_same(schedule: Schedule, count: int) -> None:
    for number in range(count):
        add_off(schedule, start=NOON + dt.timedelta(days=number + 1), hours=1)
    asked = queries_of(schedule.cast.dee.client(), off_page(schedule))
    add_off(schedule, start=NOON + dt.timedelta(days=60), hours=1)
    assert queries_of(schedule.cast.dee.client(), off_page(schedule)) == asked


def test_a_place_is_told_to_the_patient_with_the_way_there(schedule: Schedule) -> None:
    place = add_place(schedule)
    client = schedule.cast.dee.client()
    page = f"/alder/staff/schedule/book/?patient={schedule.cast.patient('ana').pk}"
    assert f'value="{place.pk}" selected' in client.get(page).content.decode()
    booked = client.post(page, schedule.form(place=str(place.pk), location="Room 2"))
    assert booked.status_code == 302
    with practice_scope(schedule.cast.alder.pk):
        row = Appointment.objects.get()
    own = schedule.cast.ana.client().get(f"/alder/me/appointments/{row.pk}/").content.decode()
    assert "Room 2, Mill, 1 Mill Lane, Leeds" in own
    assert "Ring twice." in own
    change = {"name": "Old Mill", "address": "2 Mill Lane", "directions": ""}
    assert client.post(f"{PLACES}{place.pk}/", change).status_code == 302
    own = schedule.cast.ana.client().get(f"/alder/me/appointments/{row.pk}/").content.decode()
    assert "Room 2, Old Mill, 2 Mill Lane" in own
    assert "How to get there" not in own


@pytest.mark.parametrize(
    ("name", "address", "line"),
    [
        ("Mill", "1 Mill Lane\nLeeds", "Mill, 1 Mill Lane, Leeds"),
        ("1 Mill Lane", "1 Mill Lane, Leeds", "1 Mill Lane, Leeds"),
        ("1 Mill Lane", "1 Mill Lane\nLeeds", "1 Mill Lane, Leeds"),
        ("1 Mill Lane", "1 Mill Lane", "1 Mill Lane"),
        ("1 Mill", "1 Mill Lane", "1 Mill, 1 Mill Lane"),
        ("mill house", "Mill House\r\n\r\nLeeds ", "Mill House, Leeds"),
        ("Mill", "", "Mill"),
    ],
)
def test_a_place_named_after_its_address_says_it_once(name: str, address: str, line: str) -> None:
    place = Location(practice_id=uuid.uuid4(), name=name, address=address)
    assert place.in_one_line == line


def test_a_retired_place_is_not_offered_and_what_is_booked_keeps_it(schedule: Schedule) -> None:
    place = add_place(schedule)
    row = schedule.book()
    with practice_scope(schedule.cast.alder.pk):
        Appointment.objects.filter(pk=row.pk).update(place=place)
    client = schedule.cast.dee.client()
    assert client.post(f"{PLACES}{place.pk}/retire/").status_code == 302
    page = f"/alder/staff/schedule/book/?patient={schedule.cast.patient('ben').pk}"
    assert str(place.pk) not in client.get(page).content.decode()
    refused = client.post(page, schedule.form(place=str(place.pk), time="14:00"))
    assert refused.status_code == 422
    detail = client.get(f"/alder/staff/appointments/{row.pk}/").content.decode()
    assert "Mill, 1 Mill Lane, Leeds" in detail
    assert client.post(f"{PLACES}{place.pk}/offer/").status_code == 302
    assert str(place.pk) in client.get(page).content.decode()


def test_two_places_have_two_names(schedule: Schedule) -> None:
    add_place(schedule)
    other = add_place(schedule, "Barn")
    client = schedule.cast.dee.client()
    assert client.post(PLACES, {"name": "Mill"}).status_code == 422
    answer = client.post(f"{PLACES}{other.pk}/", {"name": "Mill"})
    assert answer.status_code == 422
    assert "A location of this name exists already." in answer.content.decode()


def test_the_link_of_a_type_is_that_of_its_meetings(schedule: Schedule) -> None:
    row = schedule.book()
    client = schedule.cast.dee.client()
    page = f"/alder/staff/appointment-types/{schedule.type.pk}/"
    change = {"discreet_title": "Appointment", "video_url": "https://video.example/alder"}
    assert client.post(page, change).status_code == 422  # a link, and not by video
    assert client.post(page, {**change, "is_video": "on"}).status_code == 302
    assert _own(schedule.cast.ana.client(), row).count("https://video.example/alder") == 1
    with practice_scope(schedule.cast.alder.pk):
        Appointment.objects.filter(pk=row.pk).update(video_url="https://video.example/own")
    own = _own(schedule.cast.ana.client(), row)
    assert "https://video.example/own" in own
    assert "https://video.example/alder" not in own
    with practice_scope(schedule.cast.alder.pk):
        changed = AppointmentType.objects.get(pk=schedule.type.pk)
    assert (changed.name, changed.minutes) == ("Meeting", 50)


def _own(client: Client, row: Appointment) -> str:
    return client.get(f"/alder/me/appointments/{row.pk}/").content.decode()


def test_an_address_that_is_none_is_refused(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    form = {"name": "V", "minutes": "50", "discreet_title": "A", "is_video": "on"}
    for bad in ("javascript:alert(1)", "no link", "https://"):
        answer = client.post("/alder/staff/appointment-types/", {**form, "video_url": bad})
        assert answer.status_code == 422, bad


def test_odd_input_gives_no_error_page(schedule: Schedule) -> None:
    client = schedule.cast.dee.client()
    survives_odd_input(client, PLACES)
    survives_odd_input(client, off_page(schedule))


def test_a_service_refuses_a_second_name_without_losing_the_transaction(
    schedule: Schedule,
) -> None:
    add_place(schedule)
    with practice_scope(schedule.cast.alder.pk):
        with pytest.raises(DomainError):
            places.add_location(name="Mill", address="", directions="", by=BY)
        services.add_type(name="Still works", minutes=10, by=BY)
        assert AppointmentType.objects.filter(name="Still works").exists()
