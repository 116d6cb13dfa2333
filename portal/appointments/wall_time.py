"""Wall-clock times and instants: a meeting is agreed on a wall, and happens at an instant."""

from __future__ import annotations

import datetime as dt

from portal.clock import zone


class NoSuchTime(ValueError):
    """The clock skips this time on that day."""


def instant(local: dt.datetime, zone_name: str) -> dt.datetime:
    """The UTC instant of a naive wall-clock time.

    Of the two in the hour that happens twice it is the first. Raises NoSuchTime in the hour that is
    skipped.
    """
    aware = local.replace(tzinfo=zone(zone_name), fold=0)
    moment = aware.astimezone(dt.UTC)
    if moment.astimezone(zone(zone_name)).replace(tzinfo=None) != local:
        raise NoSuchTime(f"{local:%Y-%m-%d %H:%M} does not exist in {zone_name}")
    return moment


def wall_text(local: dt.datetime) -> str:
    """How an appointment keeps its wall-clock time: `YYYY-MM-DDTHH:MM`."""
    return local.strftime("%Y-%m-%dT%H:%M")


def day_bounds(day: dt.date, zone_name: str) -> tuple[dt.datetime, dt.datetime]:
    """The instants at which a local day begins and ends; 23 or 25 hours apart twice a year."""
    here = zone(zone_name)
    start = dt.datetime.combine(day, dt.time(), tzinfo=here)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=here)
    return start.astimezone(dt.UTC), end.astimezone(dt.UTC)
