"""Proof that the person is still there, before something that matters (at most five minutes old).

    @requires(Permission.PEOPLE_MANAGE)
    @fresh_proof
    def change_roles(request, ...): ...

Someone without a recent proof is asked for one (password, code or passkey) and comes back to the
page; a form that they had filled in is filled in again (`kept`). A full sign-in is a proof too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest

View = TypeVar("View", bound=Callable[..., Any])


def is_fresh(request: HttpRequest) -> bool:
    """True when the person has proved who they are within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    return bool(did_recently_reauthenticate(request))


def fresh_proof(view: View) -> View:
    """Ask for a proof before the view is entered, also to look at it."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not is_fresh(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return cast(View, entered)


def note_proof(request: HttpRequest, method: str) -> None:
    """The person has just proved who they are, by signing in."""
    record_authentication(request, request.user, method, reauthenticated=True)
