"""How long somebody who gets a text may still choose another time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from reminders.rules.timing import OffsetKind, Step

ENOUGH: Final = timedelta(hours=4)
"""A text is not read in the minute in which it arrives."""

_ANY_DAY: Final = date(2000, 1, 1)


def time_to_choose(step: Step, *, notice: timedelta, earliest: time) -> timedelta:
    """From the moment of a text before a visit until nobody may choose another time any more.

    Zero or less: it is too late when the text leaves. `notice` is what the practice asks. Where a
    text has an hour of its own, it comes latest for the first visit of a day, at `earliest`.
    """
    return _lead(step, earliest) - notice


def _lead(step: Step, earliest: time) -> timedelta:
    if step.kind is OffsetKind.HOURS_BEFORE:
        return timedelta(hours=step.offset)
    days = timedelta(days=step.offset)
    if step.at is None:
        return days
    visit, text = (datetime.combine(_ANY_DAY, hour) for hour in (earliest, step.at))
    return days + (visit - text)
