"""What an appointment is called on pages: its status as icon and word, its number, its time."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import clock
from portal.appointments.models import Status
from portal.appointments.wall_time import happens_twice

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


def which_run(moment: dt.datetime, zone_name: str) -> str:
    """For a time that the clock shows twice, which of the two it is; else empty."""
    local = clock.local_time(moment, zone_name)
    if not happens_twice(local.replace(tzinfo=None, fold=0), zone_name):
        return ""
    name = {"zone": local.tzname() or ""}
    if local.fold:
        return _("the second time that the clock shows it, %(zone)s") % name
    return _("the first time that the clock shows it, %(zone)s") % name


def notice_given(status: str, *, starts_at: dt.datetime, at: dt.datetime, limit: int) -> str:
    """How a cancellation by the patient counts, in words; empty where it was early enough.

    `at` is when it was cancelled, `limit` the hours below which it is late (metric definitions,
    section 1). Lateness is never a status of its own: it follows from the two moments.
    """
    if status != Status.CANCELLED_BY_PATIENT:
        return ""
    notice = starts_at - at
    if notice <= dt.timedelta():
        return _("after it began, so it counts as not attended")
    if notice >= dt.timedelta(hours=limit):
        return ""
    minutes = int(notice.total_seconds() // 60)
    if minutes < 60:
        return ngettext(
            "late, %(n)d minute before", "late, %(n)d minutes before", max(minutes, 1)
        ) % {"n": max(minutes, 1)}
    return ngettext("late, %(n)d hour before", "late, %(n)d hours before", minutes // 60) % {
        "n": minutes // 60
    }
