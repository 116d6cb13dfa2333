"""Alder with something on every page of appointments and texts, and the addresses to find it at.

A walk that follows links sees the page of one visit, one file, one text only where there is one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from portal.appointments import away, places, series
from portal.appointments import services as appointments
from portal.appointments.importing import runs
from portal.appointments.models import Appointment, AppointmentImport
from portal.people.models import ContactPoint, contact_token
from portal.tenancy.context import practice_scope
from reminders.dispatcher import Dispatcher
from reminders.models import Reminder, keep_links
from reminders.rules.states import State
from reminders.services import receiving
from reminders.texts import new_link
from tests.cast import Cast
from tests.reminders.conftest import BY, LONDON, NOON, Desk, furnish

HEAD = "id,patient,clinician,type,date,time\n"
TOMORROW = NOON + dt.timedelta(hours=20)


@dataclass
class LivedIn:
    """Where to begin beside a person's first page, by name ("" is a stranger); and Ana's phone."""

    addresses: dict[str, list[str]] = field(default_factory=dict)
    phone: str = ""


def live_in(cast: Cast) -> LivedIn:
    """Visits, a series, places, time off, files, a text out and one planned, a reply."""
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        _arrange(desk)
        desk.visit = desk.book(TOMORROW)
    Dispatcher(threads=0).turn()
    with practice_scope(cast.alder.pk):
        (body,) = desk.handset()
        live = "a/" + body.rsplit("/a/", 1)[1]
        moved, spent = _spent_link(desk)
        message = receiving.receive(sid="IN1", number="+447700900101", body="is there parking")
        assert message is not None
        receiving.work(message.pk)
        desk.plan()
        sent = Reminder.objects.filter(state=State.DELIVERED).get()
        files = _files(desk)
        point = ContactPoint.objects.get(value_token=contact_token("+447700900101"))
    reply = f"staff/reminders/replies/{message.pk}/"
    schedule = [f"staff/schedule/?view={view}&day={TOMORROW.date()}" for view in ("week", "list")]
    return LivedIn(
        {
            "": [live, f"{live}times/", spent],
            "dee": [*schedule, *files, reply, f"staff/reminders/{sent.pk}/"],
            "cole": [reply],
            "ana": [f"me/appointments/{moved.pk}/"],  # far enough ahead to choose another time
        },
        f"/demo/phone/alder/{point.pk}/",
    )


def _arrange(desk: Desk) -> None:
    """What stands behind a calendar."""
    cole = desk.cast.cole.membership
    appointments.set_availability(
        clinician=cole, hours=[(day, dt.time(8), dt.time(17)) for day in range(5)], by=BY
    )
    places.add_location(
        name="Quay House", address="3 Narrow Quay\nLeeds", directions="First floor.", by=BY
    )
    first = _local(NOON + dt.timedelta(days=8))
    series.book_series(
        patient=desk.cast.patient("ben"),
        clinician=cole,
        type=desk.type,
        local_starts=series.times_of(first, every_weeks=1, times=3),
        every_weeks=1,
        time_zone="Europe/London",
        by=BY,
    )
    begins = first.replace(hour=0, tzinfo=LONDON) + dt.timedelta(days=7)
    away.add_time_off(  # over the second visit of the series
        clinician=cole, starts_at=begins, ends_at=begins + dt.timedelta(days=2), note="Leave", by=BY
    )


def _spent_link(desk: Desk) -> tuple[Appointment, str]:
    """A visit that was moved, and the link that told its old time."""
    visit = desk.book(NOON + dt.timedelta(hours=46))
    address, row = new_link(visit, desk.cast.alder, tells_clinician=True)
    keep_links([row])
    later = _local(visit.starts_at + dt.timedelta(hours=2))
    appointments.move(appointment=visit, local_start=later, by=BY, wished_by_patient=True)
    return visit, "a/" + address.rsplit("/a/", 1)[1]


def _files(desk: Desk) -> list[str]:
    """A file to mend, one to bring in, and one that was brought in."""
    patient = desk.cast.patient("ana")
    patient.record_number = "R1"
    patient.save()
    day = f"{NOON + dt.timedelta(days=6):%d/%m/%Y}"

    def upload(who: str, time: str) -> AppointmentImport:
        row = f"{time},{who},Cole Staff,Meeting,{day},{time}\n"
        return runs.upload(content=f"{HEAD}{row}".encode(), by=BY)

    done = upload("R1", "10:00")
    runs.begin(run=done, by=BY)
    return [
        f"staff/imports/{run.pk}/" for run in (upload("R9", "11:00"), upload("R1", "12:00"), done)
    ]


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(LONDON).replace(tzinfo=None)
