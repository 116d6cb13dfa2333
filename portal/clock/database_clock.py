"""The database's clock, read from Python."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import connections

_cached: tuple[float, str, dt.timedelta] | None = None


def offset() -> dt.timedelta:
    """How far the portal's clock stands from this machine's, read every CLOCK_FRESH_SECONDS.

    It holds the demo's offset and the difference between the two machines' clocks, so a worker
    with a wrong clock still decides "due" as the database does.
    """
    global _cached
    name = str(connections["default"].settings_dict["NAME"])
    if (
        _cached
        and _cached[1] == name
        and time.monotonic() - _cached[0] < settings.CLOCK_FRESH_SECONDS
    ):
        return _cached[2]
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() + (SELECT ahead FROM clock_offset)")
        (database_now,) = cursor.fetchone()
    difference: dt.timedelta = database_now - dt.datetime.fromtimestamp(time.time(), dt.UTC)
    _cached = (time.monotonic(), name, difference)
    return difference


def forget() -> None:
    """Read the offset again at the next question: it has been moved."""
    global _cached
    _cached = None


def forget_if_moved() -> None:
    """Forget an offset that is more than the difference between two machines' clocks."""
    if _cached and abs(_cached[2]) > dt.timedelta(seconds=5):
        forget()


def now() -> dt.datetime:
    """The moment, aware, in UTC."""
    return dt.datetime.fromtimestamp(time.time(), dt.UTC) + offset()


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC for a name that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local_time(moment: dt.datetime, zone_name: str) -> dt.datetime:
    """The same moment on the wall of that zone."""
    return moment.astimezone(zone(zone_name))


def today(zone_name: str) -> dt.date:
    """The date in that zone."""
    return local_time(now(), zone_name).date()


def back_to_real_time() -> None:
    """Undo every `move_to` (demo and tests)."""
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE clock_offset SET ahead = '0'")
    forget()


def move_to(moment: dt.datetime) -> None:
    """Set the portal's clock to `moment` from now on (demo and tests).

    Raises django.db.utils.ProgrammingError where the application's role may not: in production.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "UPDATE clock_offset SET ahead = %s::timestamptz - clock_timestamp()", [moment]
        )
    forget()
