"""The session's cookie: taken away by the request that ends a session, and by no other."""

from __future__ import annotations

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


class KeepNewerCookieMiddleware(SessionMiddleware):
    """Django's, without taking away the cookie of a request that came with a key nobody knows.

    Signing in gives the session a new key. A request that left the browser a moment before, for a
    picture or a style, still has the old one; Django would answer it with an order to forget the
    cookie, and what the browser forgets then is the new one. An unknown key opens nothing, so it
    may stay.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = request.session
        if session.is_empty() and not session.modified:
            if session.accessed:
                patch_vary_headers(response, ("Cookie",))
            return response
        return super().process_response(request, response)
