"""What a patient sees of messages."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from messaging.views.pages import frame, only_known_scripts
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest


@requires(Permission.MESSAGE_OWN)
@require_safe
@only_known_scripts
def thread_list(request: PracticeRequest) -> HttpResponse:
    """The one thread with the care team."""
    return frame(request, "thread")
