"""Appointments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from portal import clock
from portal.access.viewer import SystemActor
from portal.appointments import away, clock_rules, places, series
from portal.appointments import services as appointments
from portal.appointments.importing import runs
from portal.appointments.importing.planning import plan
from portal.appointments.importing.writing import write
from portal.appointments.models import Appointment, Status
from portal.people import services as people
from portal.people.models import (
    Patient,
)
from tests.audit.acts.act import Acts, Stage, later

act = Acts()


@act
def add_a_type(on: Stage) -> None:
    on.type = appointments.add_type(name="Talk", minutes=10, by=on.eve)


@act
def retire_a_type(on: Stage) -> None:
    appointments.retire_type(type=on.type, by=on.eve)


@act
def offer_a_type_again(on: Stage) -> None:
    appointments.offer_type_again(type=on.type, by=on.eve)


@act
def change_a_type(on: Stage) -> None:
    appointments.change_type(
        type=on.type,
        discreet_title="Appointment",
        is_video=True,
        video_url="https://video.example/room",
        by=on.eve,
    )


@act
def add_a_location(on: Stage) -> None:
    on.mill = places.add_location(name="Mill", address="1 Mill Lane", directions="", by=on.eve)


@act
def change_a_location(on: Stage) -> None:
    places.change_location(
        location=on.mill, name="Old Mill", address="", directions="Ring twice.", by=on.eve
    )


@act
def retire_a_location(on: Stage) -> None:
    places.retire_location(location=on.mill, by=on.eve)


@act
def offer_a_location_again(on: Stage) -> None:
    places.offer_location_again(location=on.mill, by=on.eve)


@act
def note_time_off(on: Stage) -> None:
    on.off = away.add_time_off(
        clinician=on.cast.cole.membership,
        starts_at=later(days=40),
        ends_at=later(days=41),
        note="Training",
        by=on.eve,
    )


@act
def remove_time_off(on: Stage) -> None:
    away.remove_time_off(time_off=on.off, by=on.eve)


@act
def set_hours(on: Stage) -> None:
    appointments.set_availability(
        clinician=on.cast.cole.membership, hours=[(0, dt.time(9), dt.time(17))], by=on.eve
    )


def book_with_cole(on: Stage, *, days: int, hour: int) -> Any:
    day = clock.today("Europe/London") + dt.timedelta(days=days)
    return appointments.book(
        patient=on.ana_patient,
        clinician=on.cast.cole.membership,
        type=on.type,
        local_start=dt.datetime.combine(day, dt.time(hour)),
        time_zone="Europe/London",
        by=on.dee,
    )


@act
def book_a_visit(on: Stage) -> None:
    on.visit = book_with_cole(on, days=3, hour=10)


@act
def book_a_series(on: Stage) -> None:
    day = clock.today("Europe/London") + dt.timedelta(days=5)
    series.book_series(
        patient=on.ana_patient,
        clinician=on.cast.cole.membership,
        type=on.type,
        local_starts=series.times_of(dt.datetime.combine(day, dt.time(8)), every_weeks=2, times=3),
        every_weeks=2,
        time_zone="Europe/London",
        by=on.dee,
    )


@act
def look_at_a_visit(on: Stage) -> None:
    appointments.open_appointment(appointment=on.visit, by=on.dee)


@act
def confirm_a_visit(on: Stage) -> None:
    appointments.confirm(appointment=on.visit, by=on.dee)


@act
def move_a_visit(on: Stage) -> None:
    day = clock.today("Europe/London") + dt.timedelta(days=4)
    start = dt.datetime.combine(day, dt.time(11))
    appointments.move(appointment=on.visit, local_start=start, wished_by_patient=True, by=on.dee)


@act
def cancel_a_visit(on: Stage) -> None:
    appointments.cancel(appointment=on.visit, by_patient=True, by=on.dee)


@act
def take_a_cancellation_back(on: Stage) -> None:
    appointments.restore(appointment=on.visit, by=on.dee)


@act
def book_what_was_yesterday(on: Stage) -> None:
    on.past = book_with_cole(on, days=-1, hour=9)


@act
def record_an_outcome(on: Stage) -> None:
    appointments.record_outcome(appointment=on.past, outcome=Status.ATTENDED, by=on.cole)


@act
def undo_an_outcome(on: Stage) -> None:
    appointments.undo_outcome(appointment=on.past, by=on.cole)


@act
def give_a_record_number(on: Stage) -> None:
    patient = Patient.objects.get(pk=on.ana_patient.pk)
    people.change_patient(patient=patient, version=patient.version, record_number="R1", by=on.dee)


def _bring_in(on: Stage, clinician: str, time: str) -> None:
    day = clock.today("Europe/London") + dt.timedelta(days=20)
    text = f"id,patient,clinician,type,date,time\nX1,R1,{clinician} Staff,Talk,{day},{time}\n"
    write(plan(text, practice=on.cast.alder), practice=on.cast.alder, by=on.dee)


@act
def bring_in_appointments(on: Stage) -> None:
    _bring_in(on, "Cole", "10:00")


@act
def bring_in_another_clinician(on: Stage) -> None:
    _bring_in(on, "Cleo", "10:00")


@act
def cancel_what_was_brought_in(on: Stage) -> None:
    row = Appointment.objects.get(external_id="X1")
    appointments.cancel(appointment=row, by_patient=True, by=on.dee)


@act
def bring_it_in_again(on: Stage) -> None:
    _bring_in(on, "Cleo", "12:00")


@act
def follow_a_change_of_the_clocks(on: Stage) -> None:
    row = Appointment.objects.standing().filter(starts_at__gt=clock.now()).last()
    hour = dt.timedelta(hours=1)
    Appointment.objects.filter(pk=row.pk).update(
        starts_at=row.starts_at + hour, ends_at=row.ends_at + hour
    )
    clock_rules.mend(by=SystemActor("New time zone data"))


@act
def upload_a_file(on: Stage) -> None:
    on.file = runs.upload(content=runs.EXAMPLE.encode(), by=on.dee)


@act
def throw_the_file_away(on: Stage) -> None:
    runs.drop(run=on.file, by=on.dee)
