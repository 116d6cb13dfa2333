"""Whether texts come early enough to choose another time from them, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.practices.models import PracticeSettings
from reminders.models import ReminderPolicy
from reminders.rules.notice import ENOUGH, time_to_choose
from reminders.rules.timing import BEFORE_A_VISIT, Step

_USUAL_HOUR = dt.time(9)


def time_left(step: Step, settings: PracticeSettings) -> dt.timedelta | None:
    """How long who gets this text may still choose; None for what is not sent before a visit."""
    if step.kind not in BEFORE_A_VISIT:
        return None
    opens = [dt.time.fromisoformat(day["opens"]) for day in settings.hours]
    return time_to_choose(
        step,
        notice=dt.timedelta(hours=settings.reschedule_notice_hours),
        earliest=min(opens, default=_USUAL_HOUR),
    )


def about_one(step: Step, settings: PracticeSettings) -> str:
    """What the writer of a text should know about its moment; empty where there is time enough."""
    left = time_left(step, settings)
    if left is None or left >= ENOUGH or not settings.reschedule_notice_hours:
        return ""
    hours = settings.reschedule_notice_hours
    if left <= dt.timedelta():
        return ngettext(
            "When it leaves, it is too late to choose another time from it: patients can do that "
            "until %(n)d hour before. They are asked to ring.",
            "When it leaves, it is too late to choose another time from it: patients can do that "
            "until %(n)d hours before. They are asked to ring.",
            hours,
        ) % {"n": hours}
    return ngettext(
        "It leaves little time to choose another time from it: patients can do that until %(n)d "
        "hour before. Later they are asked to ring.",
        "It leaves little time to choose another time from it: patients can do that until %(n)d "
        "hours before. Later they are asked to ring.",
        hours,
    ) % {"n": hours}


def about_all(policies: Iterable[ReminderPolicy], settings: PracticeSettings) -> list[str]:
    """For each type of visit of which no text comes early enough, that it is so."""
    best: dict[str, dt.timedelta] = {}
    for policy in policies:
        left = time_left(policy.step, settings)
        if left is not None:
            name = policy.appointment_type.name if policy.appointment_type else ""
            best[name] = max(left, best.get(name, left))
    if not settings.reschedule_notice_hours:
        return []
    return [_too_late(name) for name, left in sorted(best.items()) if left < ENOUGH]


def _too_late(type_name: str) -> str:
    if type_name:
        return _(
            "For %(type)s, no text comes early enough to choose another time from it. Let people "
            "ask until fewer hours before, or send a text earlier."
        ) % {"type": type_name}
    return _(
        "No text comes early enough to choose another time from it. Let people ask until fewer "
        "hours before, or send a text earlier."
    )
