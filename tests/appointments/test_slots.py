"""The free times a patient may choose: only free ones, in good time, and the database decides."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connections

from portal import clock
from portal.access.viewer import SystemActor
from portal.appointments import services, slots
from portal.appointments.models import Appointment, AppointmentStatus, Status
from portal.people import services as people
from portal.tenancy.context import practice_scope
from tests.appointments.conftest import BY, NOON, Schedule
from tests.cast import Cast
from tests.counting import queries_of

MONDAY = dt.date(2026, 11, 30)
WEDNESDAY = dt.date(2026, 12, 2)


def page(row: Appointment, more: str = "") -> str:
    return f"/alder/me/appointments/{row.pk}/other-time/{more}"


def offered(schedule: Schedule, row: Appointment, day: dt.date, zone: str = "Europe/London") -> str:
    with practice_scope(schedule.cast.alder.pk):
        found = slots.choice_for(row, zone_name=zone, first=day).days
    return " ".join(
        f"{slot.shown:%H:%M}" for each in found if each.date == day for slot in each.slots
    )


@pytest.mark.django_db
def test_a_stranger_and_another_patient_take_nothing(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    for name in ("ben", "fay", "yan"):
        answer = schedule.cast.people[name].client().post(page(row), {"slot": "2026-12-02T10:00"})
        assert answer.status_code in (403, 404), name
    assert schedule.again(row).local_start == "2026-11-30T10:00"


@pytest.mark.django_db
def test_times_are_laid_end_to_end_in_what_is_free(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    assert offered(schedule, row, WEDNESDAY) == "09:00 10:00 11:00 12:00 13:00 14:00 15:00 16:00"
    schedule.book("ben", 11, day=WEDNESDAY, minute=30)  # to 12:20
    assert offered(schedule, row, WEDNESDAY) == "09:00 10:00 12:30 13:30 14:30 15:30"


@pytest.mark.django_db
def test_neither_ones_own_time_nor_a_time_with_somebody_else_is_offered(
    schedule: Schedule,
) -> None:
    row = schedule.book("ana", day=WEDNESDAY)
    schedule.book("ana", 14, day=WEDNESDAY, clinician="cleo")
    assert offered(schedule, row, WEDNESDAY) == "09:00 11:00 12:00 13:00 15:00 16:00"


@pytest.mark.django_db
def test_a_new_time_needs_the_same_notice(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    clock.move_to(NOON + dt.timedelta(hours=10))
    tomorrow = dt.date(2026, 11, 25)
    assert offered(schedule, row, tomorrow) == "11:00 12:00 13:00 14:00 15:00 16:00"
    with practice_scope(schedule.cast.alder.pk), pytest.raises(services.SlotTaken):
        slots.take(appointment=row, value="2026-11-25T10:00", by=BY)


@pytest.mark.django_db
def test_nobody_chooses_a_time_with_somebody_who_has_left(schedule: Schedule) -> None:
    """Their hours still stand there, and the visits that nobody has passed on yet as well."""
    row = schedule.book("ana", day=MONDAY)
    with practice_scope(schedule.cast.alder.pk):
        people.leave_practice(membership=schedule.cast.cole.membership, new_lead=None, by=BY)
    row = schedule.again(row)
    assert offered(schedule, row, WEDNESDAY) == ""
    answer = schedule.cast.ana.client().post(page(row), {"slot": "2026-12-02T10:00"})
    assert answer.status_code == 422
    assert schedule.again(row).local_start == "2026-11-30T10:00"


@pytest.mark.django_db
def test_nothing_is_offered_or_taken_when_it_is_soon(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    clock.move_to(NOON + dt.timedelta(hours=11))
    assert offered(schedule, row, WEDNESDAY) == ""
    answer = schedule.cast.ana.client().post(page(row), {"slot": "2026-12-02T10:00"})
    assert answer.status_code == 422
    assert schedule.again(row).local_start == "2026-11-25T10:00"


@pytest.mark.django_db
def test_days_are_those_of_the_reader(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    assert offered(schedule, row, WEDNESDAY, "Australia/Sydney").startswith("00:00 01:00")


@pytest.mark.django_db
def test_the_hour_that_the_clock_skips_is_not_offered(schedule: Schedule) -> None:
    clock.move_to(dt.datetime(2027, 3, 24, 12, tzinfo=dt.UTC))
    with practice_scope(schedule.cast.alder.pk):
        services.set_availability(
            clinician=schedule.cast.cole.membership, hours=[(6, dt.time(0), dt.time(4))], by=BY
        )
    row = schedule.book("ana", day=dt.date(2027, 3, 29))
    found = offered(schedule, row, dt.date(2027, 3, 28))
    assert found == "00:00 02:00 03:00"  # 01:00 to 02:00 is not there that night


@pytest.mark.django_db
def test_a_patient_takes_one_of_them(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    client = schedule.cast.ana.client()
    assert "2026-12-02T11:00" in client.get(page(row, "?from=2026-12-02")).content.decode()
    assert client.post(page(row), {"slot": "2026-12-02T11:00"}).status_code == 302
    moved = schedule.again(row)
    assert (moved.local_start, moved.version, moved.status) == ("2026-12-02T11:00", 2, "booked")
    assert (Status.CANCELLED_BY_PATIENT, "moved") in schedule.history(row)
    with practice_scope(schedule.cast.alder.pk):
        names = set(
            AppointmentStatus.objects.filter(appointment=row, moved=True).values_list(
                "by_name", flat=True
            )
        )
    assert names == {schedule.cast.ana.membership.display_name}


@pytest.mark.django_db
def test_a_time_that_has_gone_is_said_beside_the_others(schedule: Schedule) -> None:
    row = schedule.book("ana", day=MONDAY)
    schedule.book("ben", 11, day=WEDNESDAY)
    answer = schedule.cast.ana.client().post(page(row), {"slot": "2026-12-02T11:00"})
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "This time has just gone" in words
    assert "2026-11-25T13:00" in words
    assert schedule.again(row).local_start == "2026-11-30T10:00"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value",
    ["", "x", "2026-12-02", "9999-12-31T23:45", "0001-01-01T00:00", "2026-12-02T11:07", "\x00"],
)
def test_what_is_no_free_time_is_an_error(schedule: Schedule, value: str) -> None:
    row = schedule.book("ana", day=MONDAY)
    answer = schedule.cast.ana.client().post(page(row), {"slot": value})
    assert answer.status_code == 422
    assert schedule.again(row).local_start == "2026-11-30T10:00"


@pytest.mark.django_db
def test_the_page_asks_the_same_for_a_full_and_an_empty_diary(schedule: Schedule) -> None:
    client = schedule.cast.ana.client()
    row = schedule.book("ana", day=MONDAY)
    one = queries_of(client, page(row))
    for day in range(1, 5):
        for hour in (9, 11, 13):
            schedule.book("ben", hour, day=MONDAY + dt.timedelta(days=day))
    assert queries_of(client, page(row)) == one


def test_one_of_two_patients_who_choose_the_same_time_gets_it(
    committed_db: Any, cast: Cast
) -> None:
    by = SystemActor("Test")
    with practice_scope(cast.alder.pk):
        clock.move_to(NOON)
        kind = services.add_type(name="Meeting", minutes=50, by=by)
        cole = cast.cole.membership
        hours = [(day, dt.time(9), dt.time(17)) for day in range(5)]
        services.set_availability(clinician=cole, hours=hours, by=by)
        rows = [
            services.book(
                patient=cast.patient(name),
                clinician=cole,
                type=kind,
                local_start=dt.datetime.combine(MONDAY, dt.time(hour)),
                time_zone="Europe/London",
                by=by,
            )
            for name, hour in (("ana", 10), ("ben", 11))
        ]
    gate, answers = threading.Barrier(2), []

    def choose(row: Appointment) -> None:
        try:
            gate.wait(timeout=10)
            with practice_scope(cast.alder.pk):
                slots.take(appointment=row, value="2026-12-02T10:00", by=by)
            answers.append("moved")
        except services.SlotTaken:
            answers.append("gone")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=choose, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    clock.forget()
    assert sorted(answers) == ["gone", "moved"]
