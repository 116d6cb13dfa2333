"""Pages of a practice that need no sign-in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control

from portal import clock
from portal.access.decorators import public_page
from portal.access.requests import PracticeRequest
from portal.practices.models import PracticeStatus
from portal.practices.selectors import is_open_at, settings_of_practice
from portal.practices.week import week_of
from portal.ui import brand


@public_page
def front_door(request: PracticeRequest) -> HttpResponse:
    """The practice's own page; people with a place here go on to their first page."""
    if request.viewer is not None:
        return redirect("home:day" if request.viewer.is_staff else "home:today")
    settings = settings_of_practice()
    now = clock.local_time(clock.now(), request.practice.time_zone)
    context = {
        "settings": settings,
        "week": week_of(settings.hours),
        "is_open": is_open_at(settings, now),
        "in_set_up": request.practice.status == PracticeStatus.SETTING_UP,
    }
    return render(request, "portal/home/front_door.html", context)


@public_page
def help_now(request: PracticeRequest) -> HttpResponse:
    """*I need help now*: the crisis lines; the service worker keeps it for no network."""
    return render(request, "portal/home/help.html", {"settings": settings_of_practice()})


@public_page
@cache_control(public=True, max_age=300)
def brand_css(request: PracticeRequest) -> HttpResponse:
    """The practice's accent colour, as a stylesheet of its own."""
    try:
        css = brand.css_for(request.practice.accent or None)
    except brand.AccentError:  # refused since it was chosen: our own colours
        css = brand.css_for(None)
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@public_page
def service_worker(request: PracticeRequest) -> HttpResponse:
    """Keeps static files and the help page for the time without network; nothing of a person."""
    return render(
        request,
        "portal/home/sw.js",
        content_type="text/javascript",
    )
