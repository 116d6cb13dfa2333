"""What makes a schedule look lived in: some appointments moved, a series, a wish, a holiday.

Booking and outcomes of the half year are in `portal.dev.history`, which runs first.
"""

from __future__ import annotations

import datetime as dt
import random
from contextlib import AbstractContextManager, suppress
from typing import Protocol

from portal.access.viewer import Viewer
from portal.appointments import asking, away, openings, selectors, series, services
from portal.appointments.demo_files import bring_files
from portal.appointments.models import Appointment
from portal.people.models import Patient
from portal.practices.models import Membership, Practice
from portal.tenancy.errors import DomainError

MOVES = 5
MOVED_AGO = (dt.timedelta(hours=3), dt.timedelta(days=1), dt.timedelta(days=3))


class Demo(Protocol):
    """What is needed of `portal.dev.cast.DemoPractice`, which stands further right."""

    practice: Practice
    people: dict[str, Viewer]
    patients: dict[str, Patient]
    now: dt.datetime
    random: random.Random

    def at(self, moment: dt.datetime) -> AbstractContextManager[None]:
        """Let the clock say `moment` meanwhile."""


def seed(demo: Demo) -> None:
    """Moves by the front desk, where there is one, Ben’s wish and Cole’s leave."""
    dee, ben = demo.people.get("Dee"), demo.people.get("Ben")
    if dee is None:
        return
    later = demo.now + dt.timedelta(days=2)
    rows = list(
        Appointment.objects.standing()
        .filter(starts_at__gt=later)
        .exclude(patient__in=[demo.patients["Ana"], demo.patients["Ben"]])
        .select_related("clinician")
        .order_by("starts_at", "clinician__display_name")
    )
    for row in demo.random.sample(rows, min(MOVES, len(rows))):
        _move(demo, row, dee)
    if ben is not None:
        _wish(demo, ben)
    _series(demo, dee)
    if "Cole" in demo.people:
        _holiday(demo, demo.people["Cole"])
        bring_files(demo, dee)


def _move(demo: Demo, row: Appointment, by: Viewer) -> None:
    """To another free time of the day after, or of the same day where that is a Saturday."""
    day = dt.datetime.fromisoformat(row.local_start).date()
    day += dt.timedelta(days=1) if day.weekday() < 4 else dt.timedelta()
    free = openings.free_times(
        row.clinician, day=day, minutes=50, zone_name=demo.practice.time_zone, but=row
    )
    on_the_hour = [time for time in free if time.minute == 0]
    if not on_the_hour:
        return
    moved_at = max(demo.now - demo.random.choice(MOVED_AGO), row.created_at)
    with demo.at(moved_at), suppress(DomainError):
        services.move(
            appointment=row,
            local_start=dt.datetime.combine(day, demo.random.choice(on_the_hour)),
            wished_by_patient=demo.random.random() < 0.7,
            by=by,
        )


def _series(demo: Demo, dee: Viewer) -> None:
    """Somebody comes every fortnight from next month on, at the same hour of the wall."""
    row = (
        Appointment.objects.standing()
        .filter(starts_at__gt=demo.now)
        .exclude(patient__in=[demo.patients["Ana"], demo.patients["Ben"]])
        .select_related("patient", "clinician", "type")
        .order_by("-starts_at")
        .first()
    )
    if row is None:
        return
    first = dt.datetime.fromisoformat(row.local_start) + dt.timedelta(weeks=2)
    weighed = series.weigh(
        series.times_of(first, every_weeks=2, times=8),
        patient=row.patient,
        clinician=row.clinician,
        minutes=row.type.minutes,
        zone_name=demo.practice.time_zone,
    )
    good = [each.local for each in weighed if not each.problem]
    if good:
        series.book_series(
            patient=row.patient,
            clinician=row.clinician,
            type=row.type,
            local_starts=good,
            every_weeks=2,
            time_zone=demo.practice.time_zone,
            place=row.place,
            location=row.location,
            by=dee,
        )


def _holiday(demo: Demo, cole: Viewer) -> None:
    """Cole is away for some days in three weeks."""
    begins = demo.now.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=21)
    away.add_time_off(
        clinician=Membership.objects.get(pk=cole.membership_id),
        starts_at=begins,
        ends_at=begins + dt.timedelta(days=5),
        note="Annual leave",
        by=cole,
    )


def _wish(demo: Demo, ben: Viewer) -> None:
    """Ben asks for another time of the last appointment that is booked for him."""
    row = selectors.upcoming_for(ben).order_by("-starts_at").first()
    if row is not None and asking.may_ask(row):
        asking.ask_for_other_time(appointment=row, wish="afternoon", by=ben)
