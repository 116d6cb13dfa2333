"""The next free times of a clinician, for whoever books by hand: three queries, however far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress

from portal import clock
from portal.appointments import away, selectors
from portal.appointments.models import Appointment
from portal.appointments.wall_time import NoSuchTime, day_bounds, instant, wall_text
from portal.practices.models import Membership

DAYS_AHEAD = 14
STEP = dt.timedelta(minutes=15)
Span = tuple[dt.datetime, dt.datetime]


def next_free(
    clinician: Membership,
    *,
    first: dt.date,
    minutes: int,
    zone_name: str,
    but: Appointment | None = None,
    most: int = 6,
) -> list[dt.datetime]:
    """Wall-clock times from the day `first` on at which a meeting of that length fits, end to end.

    At most `most`, in the next two weeks, none in the past. `but` is an appointment that is about
    to leave its own time; to keep it is no offer.
    """
    last = first + dt.timedelta(days=DAYS_AHEAD)
    begins, ends = day_bounds(first, zone_name)[0], day_bounds(last, zone_name)[1]
    rows = Appointment.objects.not_cancelled().filter(
        clinician=clinician, starts_at__lt=ends, ends_at__gt=begins
    )
    busy = [(row.starts_at, row.ends_at) for row in rows if but is None or row.pk != but.pk]
    busy += away.periods(clinician, begins, ends)
    week: dict[int, list[tuple[dt.time, dt.time]]] = {}
    for part in selectors.availability_of(clinician):
        week.setdefault(part.weekday, []).append((part.starts, part.ends))
    found: list[dt.datetime] = []
    length, now = dt.timedelta(minutes=minutes), clock.now()
    for number in range(DAYS_AHEAD + 1):
        day = first + dt.timedelta(days=number)
        for opens, closes in week.get(day.weekday(), []):
            local, until = dt.datetime.combine(day, opens), dt.datetime.combine(day, closes)
            for each in _fitting(local, until, length, busy, now, zone_name):
                if but is not None and wall_text(each) == but.local_start:
                    continue
                found.append(each)
                if len(found) == most:
                    return found
    return found


def _fitting(
    local: dt.datetime,
    until: dt.datetime,
    length: dt.timedelta,
    busy: list[Span],
    now: dt.datetime,
    zone_name: str,
) -> Iterator[dt.datetime]:
    """Meetings laid end to end into what is free of one part of a day."""
    step = -(-length // STEP) * STEP
    while local + length <= until:
        fits = False
        with suppress(NoSuchTime):
            start = instant(local, zone_name)
            fits = start > now and not any(start < b and start + length > a for a, b in busy)
            if fits:
                yield local
        local += step if fits else STEP
