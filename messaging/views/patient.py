"""What a patient sees of messages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest


@requires(Permission.MESSAGE_OWN)
@require_safe
def thread_list(request: PracticeRequest) -> HttpResponse:
    """Say that messages are not here yet, what they will be, and how to reach a person now."""
    return render(request, "messaging/patient/thread_list.html")
