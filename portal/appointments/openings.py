"""What is busy and what is free: the times at which a meeting fits into somebody's week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress

from portal import clock
from portal.appointments import away, selectors
from portal.appointments.models import Appointment, AppointmentQuerySet
from portal.appointments.wall_time import NoSuchTime, day_bounds, instant, wall_text
from portal.people.models import Patient
from portal.practices.models import Membership

DAYS_AHEAD = 14
QUARTER = dt.timedelta(minutes=15)
Span = tuple[dt.datetime, dt.datetime]


def is_bookable(clinician: Membership, local_start: dt.datetime, minutes: int) -> bool:
    """True when the clinician's hours hold the whole meeting, and they are not away."""
    ends = local_start + dt.timedelta(minutes=minutes)
    if ends.date() != local_start.date():
        return False
    if away.time_off_at(clinician, local_start, minutes) is not None:
        return False
    return any(
        row.starts <= local_start.time() and ends.time() <= row.ends
        for row in selectors.availability_of(clinician).filter(weekday=local_start.weekday())
    )


def patient_is_busy(
    patient: Patient,
    local_start: dt.datetime,
    minutes: int,
    *,
    zone_name: str,
    but: Appointment | None = None,
) -> bool:
    """True when the patient has a standing appointment that overlaps; False for a skipped time."""
    try:
        start = instant(local_start, zone_name)
    except (NoSuchTime, OverflowError):
        return False
    overlapping = Appointment.objects.standing().filter(
        patient=patient, starts_at__lt=start + dt.timedelta(minutes=minutes), ends_at__gt=start
    )
    return (overlapping.exclude(pk=but.pk) if but else overlapping).exists()


def busy_spans(
    clinician: Membership, begins: dt.datetime, ends: dt.datetime, *, but: Appointment | None = None
) -> list[Span]:
    """When the clinician cannot be booked between two instants, whatever their week says.

    `but` is an appointment that is about to leave its own time.
    """
    booked = _spans(Appointment.objects.filter(clinician=clinician), begins, ends, but)
    return booked + away.periods(clinician, begins, ends)


def busy_spans_of_patient(
    patient: Patient, begins: dt.datetime, ends: dt.datetime, *, but: Appointment | None = None
) -> list[Span]:
    """When the patient has another appointment; `but` as above."""
    return _spans(Appointment.objects.filter(patient=patient), begins, ends, but)


def _spans(
    rows: AppointmentQuerySet, begins: dt.datetime, ends: dt.datetime, but: Appointment | None
) -> list[Span]:
    rows = rows.not_cancelled().filter(starts_at__lt=ends, ends_at__gt=begins)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return list(rows.order_by("starts_at").values_list("starts_at", "ends_at"))


def free_times(
    clinician: Membership,
    *,
    day: dt.date,
    minutes: int,
    zone_name: str,
    but: Appointment | None = None,
) -> list[dt.time]:
    """Wall-clock times on that day at which the clinician's hours hold a meeting and none stands,
    and the clinician is not away.

    In steps of a quarter of an hour from the beginning of each part of the day; times that the
    clock skips are left out. `but` is an appointment that is about to leave its own time.
    """
    begins, ends = day_bounds(day, zone_name)
    busy = busy_spans(clinician, begins, ends, but=but)
    length, now = dt.timedelta(minutes=minutes), clock.now()
    free = []
    for part in selectors.availability_of(clinician).filter(weekday=day.weekday()):
        local = dt.datetime.combine(day, part.starts)
        while local + length <= dt.datetime.combine(day, part.ends):
            with suppress(NoSuchTime):
                start = instant(local, zone_name)
                if start > now and not any(
                    start < last and start + length > first for first, last in busy
                ):
                    free.append(local.time())
            local += QUARTER
    return free


def next_free(
    clinician: Membership,
    *,
    first: dt.date,
    minutes: int,
    zone_name: str,
    but: Appointment | None = None,
    most: int = 6,
) -> list[dt.datetime]:
    """Wall-clock times from the day `first` on at which a meeting of that length fits, end to end;
    three queries.

    At most `most`, in the next two weeks, none in the past. `but` is an appointment that is about
    to leave its own time; to keep it is no offer.
    """
    last = first + dt.timedelta(days=DAYS_AHEAD)
    begins, ends = day_bounds(first, zone_name)[0], day_bounds(last, zone_name)[1]
    busy = busy_spans(clinician, begins, ends, but=but)
    busy.append((begins - dt.timedelta(days=1), clock.now()))  # what is past
    week: dict[int, list[tuple[dt.time, dt.time]]] = {}
    for part in selectors.availability_of(clinician):
        week.setdefault(part.weekday, []).append((part.starts, part.ends))
    found: list[dt.datetime] = []
    length = dt.timedelta(minutes=minutes)
    for number in range(DAYS_AHEAD + 1):
        day = first + dt.timedelta(days=number)
        for opens, closes in week.get(day.weekday(), []):
            for local, _start in end_to_end(day, opens, closes, length, busy, zone_name):
                if but is not None and wall_text(local) == but.local_start:
                    continue
                found.append(local)
                if len(found) == most:
                    return found
    return found


def end_to_end(
    day: dt.date,
    opens: dt.time,
    closes: dt.time,
    length: dt.timedelta,
    busy: Sequence[Span],
    zone_name: str,
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Wall-clock time and instant of meetings of that length in what is free of a part of a day.

    Each is followed by the next full quarter of an hour; times that the clock skips are left out.
    """
    step = -(-length // QUARTER) * QUARTER
    local, last = dt.datetime.combine(day, opens), dt.datetime.combine(day, closes)
    while local + length <= last:
        fits = False
        with suppress(NoSuchTime):
            start = instant(local, zone_name)
            fits = not any(start < ends and start + length > begins for begins, ends in busy)
            if fits:
                yield local, start
        local += step if fits else QUARTER
