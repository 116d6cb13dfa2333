"""What an appointment is called on pages: its status as icon and word, its number, its time."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from portal.appointments.models import Status

# Tone and icon of each status; the word is the status' own.
BADGES: dict[str, tuple[str, str]] = {
    Status.BOOKED: ("", "circle-dashed"),
    Status.CONFIRMED: ("good", "check"),
    Status.ARRIVED: ("good", "door"),
    Status.ATTENDED: ("good", "check-check"),
    Status.ATTENDED_LATE: ("good", "clock"),
    Status.LATE_NOT_SEEN: ("attention", "hourglass"),
    Status.NO_SHOW: ("attention", "circle-x"),
    Status.CANCELLED_BY_PATIENT: ("open", "x"),
    Status.CANCELLED_BY_PRACTICE: ("open", "x"),
}


def times_together(number: int) -> str:
    """Which meeting this is, for the patient: "your third time together"."""
    words = {
        1: _("your first time here"),
        2: _("your second time together"),
        3: _("your third time together"),
        4: _("your fourth time together"),
        5: _("your fifth time together"),
    }
    return words.get(number) or _("your time number %(number)d together") % {"number": number}


def clock_times(times: list[dt.time]) -> str:
    """Times of a day in one line: "09:00, 10:00, 14:30"."""
    return ", ".join(f"{each:%H:%M}" for each in times)
