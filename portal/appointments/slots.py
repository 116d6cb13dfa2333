"""The free times a patient may choose from, and taking one of them.

What is offered leaves a clinician's day whole: in each free stretch the first time at which the
meeting fits, then the next one after it. What may be taken is wider: any free quarter of an hour,
since the page that offered it may be some minutes old. Two who want the same time are decided by
the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor
from portal.appointments import asking, openings, selectors, services
from portal.appointments.models import Appointment, Availability
from portal.appointments.openings import end_to_end
from portal.appointments.wall_time import NoSuchTime, day_bounds, instant, wall_text
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError

WEEKS_AHEAD = 8
DAYS_ON_A_PAGE = 5


@dataclass(frozen=True)
class Slot:
    """One free time: `local` on the appointment's wall, `shown` on the reader's."""

    local: dt.datetime
    shown: dt.datetime

    @property
    def value(self) -> str:
        """What a form posts: `YYYY-MM-DDTHH:MM`."""
        return wall_text(self.local)


@dataclass(frozen=True)
class Day:
    """The free times of one day, as the reader's calendar has it."""

    date: dt.date
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Choice:
    """A page of free days. `later` is the first day of the next page, where there is one."""

    days: tuple[Day, ...]
    later: dt.date | None
    is_first: bool

    @property
    def first_value(self) -> str:
        """The earliest time of the page; empty where there is none."""
        return self.days[0].slots[0].value if self.days else ""


def choice_for(appointment: Appointment, *, zone_name: str, first: dt.date | None = None) -> Choice:
    """The clinician's free times for this appointment from the day `first`; four queries.

    Empty where it is too soon to choose another, and where the clinician is not there any more.
    Days are those of `zone_name`, the reader's.
    """
    if not asking.may_ask(appointment) or not services.can_be_booked(appointment.clinician):
        return Choice((), None, is_first=True)
    days = [
        Day(date, tuple(slots))
        for date, slots in groupby(_slots(appointment, zone_name), lambda slot: slot.shown.date())
    ]
    from_first = [day for day in days if first is None or day.date >= first] or days
    shown, rest = from_first[:DAYS_ON_A_PAGE], from_first[DAYS_ON_A_PAGE:]
    return Choice(tuple(shown), rest[0].date if rest else None, is_first=from_first == days)


def take(
    *, appointment: Appointment, value: str, by: Actor, version: int | None = None
) -> Appointment:
    """Move the appointment to the free time that the patient chose (`Slot.value`).

    Raises SlotTaken where it is not free any more, DomainError where the notice is too short, the
    value is none, or the appointment is not `version` any more.
    """
    if not asking.may_ask(appointment):
        raise DomainError(asking.too_soon())
    try:
        local = dt.datetime.strptime(value, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - a wall-clock time
    except ValueError as error:
        raise DomainError(_("Choose one of the times.")) from error
    if not _is_free(appointment, local):
        raise services.SlotTaken(_("This time has just gone. Choose another."))
    try:
        return services.move(
            appointment=appointment,
            local_start=local,
            by=by,
            wished_by_patient=True,
            version=version,
        )
    except services.SlotTaken as error:
        raise services.SlotTaken(_("This time has just gone. Choose another.")) from error


def _is_free(appointment: Appointment, local: dt.datetime) -> bool:
    zone_name = appointment.time_zone
    if not services.can_be_booked(appointment.clinician):
        return False
    try:
        start = instant(local, zone_name)
    except (NoSuchTime, OverflowError):
        return False
    now = clock.now()
    if not _earliest() <= start < now + dt.timedelta(weeks=WEEKS_AHEAD, days=1):
        return False
    minutes = _minutes(appointment)
    free = openings.free_times(
        appointment.clinician,
        day=local.date(),
        minutes=minutes,
        zone_name=zone_name,
        but=appointment,
    )
    return local.time() in free and not openings.patient_is_busy(
        appointment.patient, local, minutes, zone_name=zone_name, but=appointment
    )


def _slots(appointment: Appointment, zone_name: str) -> Iterator[Slot]:
    """Every time that is offered, the earliest first."""
    earliest = _earliest()
    today = clock.local_time(earliest, appointment.time_zone).date()
    last = today + dt.timedelta(weeks=WEEKS_AHEAD)
    begins, ends = (
        day_bounds(today, appointment.time_zone)[0],
        day_bounds(last, appointment.time_zone)[1],
    )
    clinician, patient = appointment.clinician, appointment.patient
    busy = openings.busy_spans(clinician, begins, ends, but=appointment)
    busy += openings.busy_spans_of_patient(patient, begins, ends, but=appointment)
    week: dict[int, list[Availability]] = {}
    for part in selectors.availability_of(clinician):
        week.setdefault(part.weekday, []).append(part)
    length = dt.timedelta(minutes=_minutes(appointment))
    day = today
    while day <= last:
        for part in week.get(day.weekday(), []):
            for local, start in end_to_end(
                day, part.starts, part.ends, length, busy, appointment.time_zone
            ):
                if start >= earliest and start != appointment.starts_at:
                    yield Slot(local, clock.local_time(start, zone_name))
        day += dt.timedelta(days=1)


def _earliest() -> dt.datetime:
    """A new time needs as much notice as leaving the old one."""
    hours = settings_of_practice().reschedule_notice_hours
    return clock.now() + dt.timedelta(hours=hours)


def _minutes(appointment: Appointment) -> int:
    return int((appointment.ends_at - appointment.starts_at).total_seconds() // 60)
