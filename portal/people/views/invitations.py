"""After inviting somebody: what to tell them, and the sheet to print."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.invitations import invitation_for, link_of, wants_birth_date
from portal.people.invitations.tokens import in_groups
from portal.people.pictures import square_address
from portal.people.signin import show_once
from portal.practices.links import practice_url


@requires(Permission.PATIENT_INVITE)
def made(request: PracticeRequest) -> HttpResponse:
    """Shown once, right after inviting. Looked at again it only says that it was shown."""
    taken = show_once.take(request)
    if taken is None:
        return render(request, "portal/people/staff/invitation_shown.html", status=410)
    pk, token, code = taken
    invitation = invitation_for(request.viewer, UUID(pk))
    context = {
        "invitation": invitation,
        "code": code,
        "wants_birth_date": wants_birth_date(invitation),
        "link": link_of(token) if token else "",
        "join_address": practice_url(request.practice, "people:join_code"),
        "paper_code": in_groups(token),
        "qr": square_address(link_of(token)) if token else "",
    }
    return render(request, "portal/people/staff/invitation_made.html", context)
