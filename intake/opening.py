"""When the practice is there, for somebody who has just sent a form."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from portal.practices.models import PracticeSettings
from portal.practices.selectors import is_open_at


@dataclass(frozen=True)
class Opening:
    """Whether somebody is there now, and in words until or from when."""

    is_open: bool
    words: str


def opening_of(settings: PracticeSettings, local: dt.datetime) -> Opening:
    """When the practice is there, from its hours, at that local time."""
    if is_open_at(settings, local):
        closes = max(row["closes"] for row in settings.hours if row["day"] == local.weekday())
        return Opening(True, _("The practice is open until %(time)s.") % {"time": closes})
    for ahead in range(8):
        day = local.date() + dt.timedelta(days=ahead)
        opens = [
            row["opens"]
            for row in settings.hours
            if row["day"] == day.weekday() and (ahead or row["opens"] > local.strftime("%H:%M"))
        ]
        if opens:
            when = {"day": WEEKDAYS[day.weekday()], "time": min(opens)}
            # A weekday alone would mean a week from now to somebody who needs help today.
            words = {
                0: _("The practice is closed now. It opens today at %(time)s."),
                1: _("The practice is closed now. It opens tomorrow at %(time)s."),
            }.get(ahead, _("The practice is closed now. It opens on %(day)s at %(time)s."))
            return Opening(False, words % when)
    return Opening(False, _("The practice is closed now."))
