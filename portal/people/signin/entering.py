"""Signing somebody in after a proof of our own: an accepted invitation, or the demo's one click."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse

from portal.audit import services as audit
from portal.people.accounts import note_session
from portal.people.models import User
from portal.people.signin import fresh, limits
from portal.practices.selectors import viewer_of
from portal.tenancy.context import has_practice


def sign_in(request: HttpRequest, user: User) -> None:
    """Begin a session of that account; what has just happened counts as a fresh proof."""
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    note_session(request)
    fresh.note_proof(request, "sign_in")
    if has_practice():
        note_beginning(user)


def note_beginning(user: User) -> None:
    """A line in the audit of the practice on whose pages somebody has signed in."""
    viewer = viewer_of(user)
    if viewer is not None:
        audit.record("session.begin", by=viewer)


def remember(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """This browser is known for the account from now on."""
    limits.remember_device(request, response, user.pk)
    return response
