"""The day of a schedule, read from an address."""

from __future__ import annotations

import datetime as dt

FIRST, LAST = dt.date(2000, 1, 2), dt.date(2199, 12, 30)


def day_of(text: str | None, today: dt.date) -> dt.date:
    """The ISO date in `text`; today for nothing, for nonsense, and for days out of all reach."""
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return today
    return day if FIRST <= day <= LAST else today
