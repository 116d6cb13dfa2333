"""The plan: what goes out on a day that has not come, before it goes."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments.days import day_of
from portal.practices.selectors import settings_of_practice
from portal.ui.paging import page_of
from reminders import plan as plans
from reminders import selectors, texts
from reminders.views.frame import frame

MOST = 1_000


@requires(Permission.REMINDER_SEE)
@require_safe
def plan(request: PracticeRequest) -> HttpResponse:
    """One day's texts with their words, the cost of it all, and what will not go and why."""
    zone = request.practice.time_zone
    days = plans.days_to_look_at(zone)
    day = day_of(request.GET.get("day"), days[1])
    day = day if day in days else days[1]
    rows = list(selectors.still_to_go(request.viewer, day=day, zone=zone)[: MOST + 1])
    voice = texts.Voice(request.practice, settings_of_practice())
    made = plans.plan_of(rows[:MOST], voice)
    return render(
        request,
        "reminders/staff/plan.html",
        {
            "plan": made,
            "page": page_of(request, made.going),
            "day": day,
            "tabs": _tabs(days, day),
            "is_cut": len(rows) > MOST,
            **frame(request),
        },
    )


def _tabs(days: list[dt.date], day: dt.date) -> list[tuple[dt.date, bool]]:
    return [(each, each == day) for each in days]
