"""Meetings laid end to end into what is free, and a clinician's next free times, for the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress

from portal import clock
from portal.appointments import selectors
from portal.appointments.models import Appointment
from portal.appointments.selectors import QUARTER, Span
from portal.appointments.wall_time import NoSuchTime, day_bounds, instant, wall_text
from portal.practices.models import Membership

DAYS_AHEAD = 14


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
    busy = selectors.busy_spans(clinician, begins, ends, but=but)
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
