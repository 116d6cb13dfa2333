"""Headers that Django has no setting for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.ui.headers import PERMISSIONS_POLICY

NEVER_STORED = "no-store, private"


class SecurityHeadersMiddleware:
    """Keep pages out of every store, and devices out of pages.

    Closed by default: whatever a view does not say, nothing is stored, so a signed-in page can
    neither be brought back with the Back button after leaving nor read from a shared computer's
    disk. A view that may be stored (a practice's colours) says so with its own Cache-Control, which
    does not count for an answer that sets a cookie: whoever got it from a store would get the first
    reader's session. Static files do not come through here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add what the view left open."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", NEVER_STORED)
        if response.cookies:
            response.headers["Cache-Control"] = NEVER_STORED
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
