"""When a mail to somebody on the staff may leave.

A risk goes at once, day or night. Everything else waits until the practice is open, and what is
wanted "at once" comes no closer than a quarter of an hour to the mail before it, so that a busy
morning is one mail and not ten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

APART = dt.timedelta(minutes=15)
_MORNING = dt.time(8)
"""When a practice without opening hours begins its day."""


def leaves_at(
    *,
    is_risk: bool,
    mail: str,
    told_at: dt.datetime,
    now: dt.datetime,
    last_mail_at: dt.datetime | None,
    hours: Iterable[Mapping[str, Any]],
    zone: ZoneInfo,
) -> dt.datetime | None:
    """When the mail about one notice leaves; None where none is wanted.

    `mail` is at_once, digest or never; `hours` are a practice's rows of `{"day": 0-6, "opens":
    "HH:MM", "closes": "HH:MM"}`. All moments are instants.
    """
    if mail == "never":
        return None
    if is_risk:
        return now
    if mail == "digest":
        return next_morning(told_at, hours, zone)
    earliest = max(now, last_mail_at + APART) if last_mail_at else now
    return earliest if is_open(earliest, hours, zone) else next_morning(earliest, hours, zone)


def is_open(moment: dt.datetime, hours: Iterable[Mapping[str, Any]], zone: ZoneInfo) -> bool:
    """Whether the practice is open at that moment, where it is. One without hours always is."""
    rows = list(hours)
    local = moment.astimezone(zone)
    wall = local.strftime("%H:%M")
    return not rows or any(
        row["day"] == local.weekday() and row["opens"] <= wall < row["closes"] for row in rows
    )


def next_morning(
    after: dt.datetime, hours: Iterable[Mapping[str, Any]], zone: ZoneInfo
) -> dt.datetime:
    """The first time after that moment at which the practice opens for the day."""
    first: dict[int, dt.time] = {}
    for row in hours:
        opens = dt.time.fromisoformat(row["opens"])
        first[row["day"]] = min(opens, first.get(row["day"], opens))
    if not first:
        first = dict.fromkeys(range(7), _MORNING)
    today = after.astimezone(zone).date()
    mornings = (
        dt.datetime.combine(day, first[day.weekday()], tzinfo=zone).astimezone(dt.UTC)
        for day in (today + dt.timedelta(days=ahead) for ahead in range(9))
        if day.weekday() in first
    )
    return next(morning for morning in mornings if morning > after)
