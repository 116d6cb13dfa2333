"""What clinicians see of messages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest


@requires(Permission.MESSAGE_STAFF)
@require_safe
def inbox(request: PracticeRequest) -> HttpResponse:
    """Say that messages are not here yet, and what to do until they are."""
    return render(request, "messaging/staff/inbox.html")
