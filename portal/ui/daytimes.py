"""Days and times as people read them. The zone is the caller's; filters bring the reader's."""

import datetime as dt

from django.utils.formats import date_format


def day(value: dt.date | None) -> str:
    """Write a day in full: "Thursday 26 November"."""
    return date_format(value, "l j F") if value else ""


def day_year(value: dt.date | None) -> str:
    """Write a day in full with its year, where it may be long ago: "Thursday 26 November 2026"."""
    return date_format(value, "l j F Y") if value else ""


def day_short(value: dt.date | None) -> str:
    """Write a day short: "Thu 26 Nov"."""
    return date_format(value, "D j M") if value else ""


def clock_time(value: dt.datetime | dt.time | None) -> str:
    """Write a time: "14:30"."""
    return "" if value is None else f"{value.hour:02d}:{value.minute:02d}"


def machine(value: dt.date | dt.time | None) -> str:
    """Write a day or time for the `datetime` attribute of a `time` element."""
    return value.isoformat() if value else ""
