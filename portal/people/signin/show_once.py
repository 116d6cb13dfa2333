"""What may be read once: an invitation's link and code, for the page right after inviting."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.people.invitations import Invited
from portal.people.signin.sealing import CannotOpen, seal, unseal

KEY = "portal_invited"
PURPOSE = "an invitation to show once"


def show(request: HttpRequest, invited: Invited) -> HttpResponse:
    """Lead to the page that says what to do now, with link and code sealed in the session.

    Whoever calls `invite_*` from a view answers with this.
    """
    text = json.dumps([str(invited.invitation.pk), invited.token, invited.code])
    request.session[KEY] = seal(text, purpose=PURPOSE, owner=str(request.user.pk))
    return redirect("people:invitation_made")


def take(request: HttpRequest) -> tuple[str, str, str] | None:
    """Invitation id, token and code: read, and gone from the session."""
    sealed = request.session.pop(KEY, "")
    try:
        pk, token, code = json.loads(unseal(sealed, purpose=PURPOSE, owner=str(request.user.pk)))
    except (CannotOpen, ValueError):
        return None
    return pk, token, code
