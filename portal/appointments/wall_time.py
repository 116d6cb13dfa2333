"""Wall-clock times and instants: a meeting is agreed on a wall, and happens at an instant."""

from __future__ import annotations

import datetime as dt

from portal import clock
from portal.clock import zone


class NoSuchTime(ValueError):
    """The clock skips this time on that day."""


def instant(local: dt.datetime, zone_name: str) -> dt.datetime:
    """The UTC instant of a naive wall-clock time.

    Of the two in the hour that happens twice it is the first, or the second where `fold` is 1.
    Raises NoSuchTime in the hour that is skipped.
    """
    aware = local.replace(tzinfo=zone(zone_name))
    moment = aware.astimezone(dt.UTC)
    if moment.astimezone(zone(zone_name)).replace(tzinfo=None) != local:
        raise NoSuchTime(f"{local:%Y-%m-%d %H:%M} does not exist in {zone_name}")
    return moment


def has_passed(local: dt.datetime, zone_name: str) -> bool:
    """True for a wall-clock time that is over; False for one that the clock skips."""
    try:
        return instant(local, zone_name) <= clock.now()
    except NoSuchTime:
        return False


def happens_twice(local: dt.datetime, zone_name: str) -> bool:
    """True for a wall-clock time that the clock shows a second time after it was set back."""
    try:
        first, second = (instant(local.replace(fold=fold), zone_name) for fold in (0, 1))
    except NoSuchTime:
        return False
    return first != second


def skipped_around(local: dt.datetime, zone_name: str) -> tuple[dt.datetime, dt.datetime]:
    """The wall-clock times between which the clock jumps over a time that does not exist."""
    here = zone(zone_name)
    # Read with the offset after the jump it lies before it, and the other way round.
    before = local.replace(tzinfo=here, fold=1).astimezone(dt.UTC)
    after = local.replace(tzinfo=here, fold=0).astimezone(dt.UTC)
    offset = before.astimezone(here).utcoffset()
    while after - before > dt.timedelta(minutes=1):
        middle = before + (after - before) // 2
        if middle.astimezone(here).utcoffset() == offset:
            before = middle
        else:
            after = middle
    jump = after.replace(second=0, microsecond=0)
    last = (jump - dt.timedelta(minutes=1)).astimezone(here).replace(tzinfo=None)
    return last + dt.timedelta(minutes=1), jump.astimezone(here).replace(tzinfo=None)


def wall_text(local: dt.datetime) -> str:
    """How an appointment keeps its wall-clock time: `YYYY-MM-DDTHH:MM`."""
    return local.strftime("%Y-%m-%dT%H:%M")


def day_bounds(day: dt.date, zone_name: str) -> tuple[dt.datetime, dt.datetime]:
    """The instants at which a local day begins and ends; 23 or 25 hours apart twice a year."""
    here = zone(zone_name)
    start = dt.datetime.combine(day, dt.time(), tzinfo=here)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=here)
    return start.astimezone(dt.UTC), end.astimezone(dt.UTC)
