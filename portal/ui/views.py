"""Leaving quickly, and whether a waiting page's person is still signed in. No model is needed.

They stand below the permission layer, so `portal/practice_urls.py` marks them public as it mounts
them, under the names `leave` and `session_check`.
"""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET

from portal.ui.exits import mark_of, neutral_page


@require_GET
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out and go to the neutral page.

    A GET, because a link must do it without script and at once; the worst that a forged link does
    is to sign somebody out. Going back afterwards meets the sign-in page: signed-in pages are
    never stored.
    """
    logout(request)
    response = HttpResponseRedirect(neutral_page())
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def session_check(request: HttpRequest) -> HttpResponse:
    """Tell a waiting page whether its person is still signed in. Must not count as activity.

    JSON `{signed_in, person, token}`: `person` as in `mark_of`, `token` a fresh CSRF token for the
    forms that waited.
    """
    user = request.user
    if not user.is_authenticated:
        return JsonResponse({"signed_in": False, "person": "", "token": ""})
    return JsonResponse({"signed_in": True, "person": mark_of(user), "token": get_token(request)})
