"""A form that was sent into a session that had ended, or before a proof that was asked for.

What was typed waits for half an hour, sealed, in the session of the browser it came from, bound to
the account and the page. When that person is back, the form is shown again with their words in it;
where the page has no such form, a page of its own shows the words. Nothing is ever sent by itself,
and nothing unsealed is stored anywhere.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.access.requests import page_behind
from portal.people.signin.lifetimes import ended_for
from portal.people.signin.sealing import CannotOpen, seal, unseal
from portal.ui.kept import Offer, offering

KEPT = "portal_kept"
PURPOSE = "kept form"
KEPT_SECONDS = 30 * 60
LONGEST = 300_000  # characters; a form that is longer than a book chapter is not kept
# What is not a person's words, and what must not wait anywhere.
NEVER_KEPT = re.compile(
    r"(?:.*[_-])?(?:csrfmiddlewaretoken|next|credential|(?:old)?password\d*|pin|code|token|secret)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Kept:
    """What waits: the page's address and the fields as they were posted."""

    address: str
    posted: QueryDict

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    @property
    def sentences(self) -> list[str]:
        """What a person has written themselves: values with words in them, not choices or ids."""
        return [
            value
            for _name, values in self.posted.lists()
            for value in values
            if len(value.split()) > 1
        ]


class KeptFormMiddleware:
    """Keep what would be lost; offer it when its author is back. Behind the session's lifetime."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kept = kept_by(request)
        if kept is None or kept.path != request.path:
            return self._keep_what_is_lost(request)
        if request.method == "POST":
            drop(request)
            return self.get_response(request)
        return self._offer(request, kept)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A view wants a fresh proof: keep the form and go and ask for it.

        allauth would keep the whole request as it is and run it again by itself afterwards, past
        the permission and without the practice.
        """
        if not isinstance(error, ReauthenticationRequired):
            return None
        if request.method == "POST" and request.user.is_authenticated:
            keep(request, str(request.user.pk))
        methods = get_adapter().get_reauthentication_methods(request.user)
        ask = methods[0]["url"] if methods else reverse("account_login")
        return _go(request, f"{ask}?{urlencode({'next': page_behind(request)})}")

    def _keep_what_is_lost(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        whose = ended_for(request)
        if request.method == "POST" and whose and _leads_to_sign_in(response):
            keep(request, whose)
        return response

    def _offer(self, request: HttpRequest, kept: Kept) -> HttpResponse:
        def say() -> None:
            messages.warning(request, _("What you wrote is back in the form. Nothing is sent yet."))

        with offering(Offer(kept.posted, say)) as offer:
            response = self.get_response(request)
        found_no_form = response.status_code in (HTTPStatus.OK, HTTPStatus.METHOD_NOT_ALLOWED)
        if found_no_form and not offer.is_taken:
            return HttpResponseRedirect(reverse("kept_form"))
        return response


def keep(request: HttpRequest, whose: str) -> bool:
    """Seal what was posted, for that account and page. False where there was nothing to keep.

    Only what our own page has sent: the token is checked here, because a page that leads to the
    sign-in is answered before Django checks it.
    """
    if CsrfViewMiddleware(_no_response).process_view(request, _no_response, (), {}) is not None:
        return False
    words = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not NEVER_KEPT.fullmatch(name)
    ]
    text = json.dumps(words)
    if not any(value.strip() for _name, value in words) or len(text) > LONGEST:
        return False
    address = page_behind(request)
    request.session[KEPT] = {
        "address": address,
        "at": int(time.time()),
        "sealed": seal(text, purpose=PURPOSE, owner=f"{whose} {address}"),
    }
    return True


def kept_by(request: HttpRequest) -> Kept | None:
    """What waits for the person who is signed in now, if it is theirs and fresh enough."""
    waiting = request.session.get(KEPT)
    if not waiting or not request.user.is_authenticated:
        return None
    if time.time() - waiting["at"] >= KEPT_SECONDS:
        drop(request)
        return None
    owner = f"{request.user.pk} {waiting['address']}"
    try:
        words = json.loads(unseal(waiting["sealed"], purpose=PURPOSE, owner=owner))
    except CannotOpen:
        drop(request)
        return None
    posted = QueryDict(mutable=True)
    for name, value in words:
        posted.appendlist(name, value)
    return Kept(waiting["address"], posted)


def drop(request: HttpRequest) -> None:
    """Forget what waits."""
    request.session.pop(KEPT, None)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)


def _leads_to_sign_in(response: HttpResponse) -> bool:
    address = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
    return urlsplit(address).path == reverse("account_login")


def _no_response(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
