"""The practice is the first part of the path.

`/alder/goals/` becomes the script prefix `/alder` and the path `/goals/`, so views take no practice
argument, `reverse` and `{% url %}` add it by themselves, and two tabs can show two practices.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import set_script_prefix, set_urlconf
from django.utils import timezone

from portal import clock
from portal.practices.models import SLUG, Practice, PracticeStatus

# First segments of the global URLconf; a practice cannot be called by one of these.
RESERVED = frozenset(
    {"accounts", "admin", "api", "demo", "favicon.ico", "gallery", "health", "help", "leave"}
    | {"ready", "robots.txt", "session", "sign-in", "static", "start", "status", "support", "www"}
)


class PracticePrefixMiddleware:
    """Set the script prefix on every request, since the prefix is a thing of the thread.

    Below a practice: `request.practice` (a Practice) and the practice URLconf. Else: None and the
    global one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        segment, slash, rest = request.path_info.lstrip("/").partition("/")
        practice = None
        if segment and segment not in RESERVED:
            practice = practice_by_slug(segment)
        if practice is not None and practice.status == PracticeStatus.CLOSED:
            # Whoever follows an old link is told so, and how to reach somebody (404.html).
            request.closed_practice = practice  # type: ignore[attr-defined]  # for the page
            practice = None
        request.practice = practice  # type: ignore[attr-defined]  # see PracticeRequest
        if practice is None:
            set_script_prefix("/")
            return self.get_response(request)
        prefix = f"/{segment}"
        request.practice_prefix = prefix  # type: ignore[attr-defined]  # see PracticeRequest
        request.path_info = f"/{rest}" if slash else ""
        request.META["SCRIPT_NAME"] = prefix
        request.urlconf = settings.PRACTICE_URLCONF
        set_script_prefix(prefix + "/")
        # Django sets it after the middleware, which needs the practice's addresses already.
        set_urlconf(settings.PRACTICE_URLCONF)
        try:
            with timezone.override(clock.zone(practice.time_zone)):  # pages tell the local time
                return self.get_response(request)
        finally:
            set_script_prefix("/")
            set_urlconf(None)


def practice_by_slug(slug: str) -> Practice | None:
    """The practice of that slug, closed or not; nothing is asked for what is no slug."""
    try:
        SLUG(slug)  # Postgres refuses the zero character with an error
    except ValidationError:
        return None
    return Practice.objects.filter(slug=slug).first()
