"""Pages of messages that everybody with keys of their own has."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from messaging import promise
from messaging.views.pages import frame, only_known_scripts
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest


@requires(Permission.MESSAGE_KEYS)
@require_safe
@only_known_scripts
def devices(request: PracticeRequest) -> HttpResponse:
    """One's devices and one's recovery sheet."""
    return frame(request, "devices")


@requires(Permission.MESSAGE_KEYS)
@require_safe
@only_known_scripts
def limits(request: PracticeRequest) -> HttpResponse:
    """What sealed messages can and cannot do, in plain words."""
    side = "staff" if request.viewer.is_staff else "patient"
    return render(request, f"messaging/{side}/limits.html", {"promise": promise.words()})
