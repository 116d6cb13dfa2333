"""Confirm the membership, enter the practice, decide the verb, open one transaction.

Refusals are recorded after the view's savepoint has rolled back, in the outer transaction, so that
they stay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from portal.access.once import asking_once
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest, page_behind
from portal.access.viewer import Actor, SystemActor, Viewer
from portal.audit import services as audit
from portal.audit import sight
from portal.audit.models import Outcome
from portal.practices import gates
from portal.practices.selectors import hold_practice, viewer_of
from portal.tenancy.context import ambient_practice, practice_scope

ANONYMOUS = SystemActor("Not signed in")
# A page, and a form that comes back with what is wrong; a redirect shows nothing of anybody.
SHOWS_SOMETHING = frozenset({200, 409, 422})
CHANGES_NOTHING = frozenset({"GET", "HEAD"})


class PracticeMiddleware:
    """The four rings for every page below a practice; global pages only need the sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = None  # type: ignore[attr-defined]  # see PracticeRequest
        match = _match(request)
        if match is None:
            return self.get_response(request)  # Django answers 404, or redirects to add a slash
        if getattr(request, "practice", None) is None:
            return self._global(request, match)
        below = cast(PracticeRequest, request)
        with practice_scope(below.practice.id):
            below.viewer = viewer_of(request.user)  # type: ignore[assignment]  # None for strangers
            answer = self._refusal(below, match)
            if answer is not None:
                return answer
            if not _declares(match, "has_own_transactions"):
                reads = request.method in CHANGES_NOTHING
                with sight.watching() as seen, asking_once(if_=reads):
                    hold_practice(below.practice)
                    response = self.get_response(request)
                _record_refusal(below, match, response)
                _record_sight(below, match, response, seen)
                return response
        with ambient_practice(below.practice.id):
            return self.get_response(request)

    def _global(self, request: HttpRequest, match: ResolverMatch) -> HttpResponse:
        if _declares(match, "is_public") or request.user.is_authenticated or _is_accounts(match):
            return self.get_response(request)
        return redirect_to_login(request.get_full_path())

    def _refusal(self, request: PracticeRequest, match: ResolverMatch) -> HttpResponse | None:
        """The answer in place of the view's, or None where the viewer may go on."""
        if _declares(match, "is_public") or _is_accounts(match):
            return None
        if not request.user.is_authenticated:
            return _sign_in(request)
        if _declares(match, "is_for_anyone_signed_in"):
            return None
        permission = _permission(match)
        if request.viewer is None:
            return self._refuse(request, match, permission, Http404("Not in this practice."))
        gate = gates.closed(request, match)
        if gate is not None:
            return redirect(reverse(gate) + f"?next={request.path}")
        if permission is None or not request.viewer.can(permission):
            return self._refuse(request, match, permission, PermissionDenied())
        return None

    def _refuse(
        self,
        request: PracticeRequest,
        match: ResolverMatch,
        permission: Permission | None,
        error: Exception,
    ) -> HttpResponse:
        from django.core.handlers.exception import response_for_exception

        _record(request, match, str(permission or ""))
        return response_for_exception(request, error)


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return None


def _declares(match: ResolverMatch, mark: str) -> bool:
    return bool(getattr(_view(match), mark, False))


def _permission(match: ResolverMatch) -> Permission | None:
    return getattr(_view(match), "required_permission", None)


def _view(match: ResolverMatch) -> Any:
    """The function, or the class behind it, that carries the marks."""
    return getattr(match.func, "cls", None) or getattr(match.func, "view_class", match.func)


def _is_accounts(match: ResolverMatch) -> bool:
    """allauth guards its own pages."""
    module = str(getattr(match.func, "__module__", ""))
    return module.startswith("allauth.")


def _sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A part of a page was asked for: the person goes back to the page itself.
        response = HttpResponse(status=401)
        query = urlencode({"next": page_behind(request)}, safe="/")
        response["HX-Redirect"] = f"{settings.LOGIN_URL}?{query}"
        return response
    return redirect_to_login(request.get_full_path())


def _record_refusal(request: PracticeRequest, match: ResolverMatch, response: HttpResponse) -> None:
    if response.status_code in (403, 404):
        _record(request, match, str(_permission(match) or ""))


def _record_sight(
    request: PracticeRequest, match: ResolverMatch, response: HttpResponse, seen: sight.Sight
) -> None:
    """A page about somebody that wrote nothing: it was opened. One's own record is one's own."""
    viewer: Viewer | None = request.viewer
    if viewer is None or response.status_code not in SHOWS_SOMETHING:
        return
    for patient_id in seen.unwritten:
        if patient_id != viewer.patient_id:
            audit.record(
                "patient.open", by=viewer, patient_id=patient_id, details={"page": match.view_name}
            )


def _record(request: PracticeRequest, match: ResolverMatch, permission: str) -> None:
    """A refusal, with the page and the ids that were asked for."""
    ids = {name: str(value)[:64] for name, value in match.kwargs.items() if name != "token"}
    audit.record(
        "access.refuse",
        by=_actor(request),
        outcome=Outcome.REFUSED,
        details={"page": match.view_name, "permission": permission, "ids": ids},
    )


def _actor(request: PracticeRequest) -> Actor:
    """The viewer, somebody signed in who has no place here, or nobody."""
    viewer: Viewer | None = request.viewer
    if viewer is not None:
        return viewer
    if not request.user.is_authenticated:
        return ANONYMOUS
    return SystemActor("Someone from outside the practice")
