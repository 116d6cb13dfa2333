"""How long a sign-in lasts.

SESSION_IDLE_SECONDS without a sign of a person, and SESSION_ABSOLUTE_SECONDS at most.

Machine time, not the portal's clock: moving the demo to tomorrow signs nobody out. Nothing in a
request can lengthen a session; a page that asks by itself (`session_check`, `news`, anything with
the header X-Portal-Background) does not count as a person being there.

A session that has ended is emptied of everything but whose it was, so it cannot be revived, and a
form that was on its way into it can wait for that same person (`kept`).
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from portal.people.accounts import note_sign_of_life

BEGAN_AT = "portal_began_at"
SEEN_AT = "portal_seen_at"
ENDED = "portal_ended"
# A sign of life is written down at most this often: a session row is a write.
NOTED_EVERY_SECONDS = 30
BACKGROUND_HEADER = "X-Portal-Background"
# What an open page does while nobody is there: it asks for news, looks up what came with them and
# confirms it. Somebody else’s messages would keep the sign-in alive for as long as they write.
BACKGROUND_VIEWS = frozenset(
    {"session_check", "news", "messaging_news", "messaging_receipts", "messaging_directory"}
)


class SessionLifetimeMiddleware:
    """End sessions that are over. Stands right behind Django's AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            if is_over(request):
                end(request)
            elif not in_background(request):
                _note(request)
        return self.get_response(request)


def begin(request: HttpRequest) -> None:
    """A person has just signed in: the clocks of their session start."""
    now = int(time.time())
    request.session[BEGAN_AT] = request.session[SEEN_AT] = now


def is_over(request: HttpRequest) -> bool:
    """True for a session that is too old, has rested too long, or does not say since when it is."""
    began, seen = request.session.get(BEGAN_AT), request.session.get(SEEN_AT)
    if not isinstance(began, int) or not isinstance(seen, int):
        return True
    now = time.time()
    too_old: bool = now - began >= settings.SESSION_ABSOLUTE_SECONDS
    rested: bool = now - seen >= settings.SESSION_IDLE_SECONDS
    return too_old or rested


def end(request: HttpRequest) -> None:
    """Empty the session in place. Its key stays, so requests that are on their way agree."""
    whose = request.session[SESSION_KEY]
    request.session.clear()
    request.session[ENDED] = whose
    request.user = AnonymousUser()


def ended_for(request: HttpRequest) -> str:
    """The id of the account whose session this was before it ended; empty for any other."""
    return str(request.session.get(ENDED, ""))


def in_background(request: HttpRequest) -> bool:
    """True when the page asks by itself and nobody has done anything."""
    if request.headers.get(BACKGROUND_HEADER):
        return True
    try:
        match = resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return False
    return match.url_name in BACKGROUND_VIEWS


def _note(request: HttpRequest) -> None:
    now = int(time.time())
    if now - request.session[SEEN_AT] < NOTED_EVERY_SECONDS:
        return
    request.session[SEEN_AT] = now
    note_sign_of_life(request.session.session_key or "", dt.datetime.fromtimestamp(now, dt.UTC))
