"""The first page of everyone on the staff."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.home import registry
from portal.home.columns import in_columns
from portal.people.selectors import device_trouble_for
from portal.ui.paging import page_of


@requires(Permission.STAFF_HOME_SEE)
@require_safe
def day(request: PracticeRequest) -> HttpResponse:
    """Unacknowledged risk first, then today's people, then what waits.

    Who only helps with devices begins on that list instead.
    """
    if not request.viewer.can(Permission.WORK_SEE) or request.viewer.roles == {"navigator"}:
        return redirect("home:device_help")
    cards = registry.cards("staff_cards", request.viewer)
    today = clock.today(request.practice.time_zone)
    return render(
        request,
        "portal/home/staff/day.html",
        {
            "columns": in_columns(cards),
            "today": today,
            "previous": today - dt.timedelta(days=1),
            "following": today + dt.timedelta(days=1),
            "sees_schedule": request.viewer.can(Permission.SCHEDULE_SEE),
        },
    )


@requires(Permission.DEVICE_HELP)
@require_safe
def device_help(request: PracticeRequest) -> HttpResponse:
    """Who may need help with a device or with signing in; nothing of anybody's care."""
    page = page_of(request, device_trouble_for(request.viewer))
    return render(request, "portal/home/staff/device_help.html", {"page": page})
