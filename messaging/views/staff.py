"""What clinicians and managers see of messages."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from messaging.selectors import threads as reading
from messaging.views.pages import frame, only_known_scripts
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.audit import sight


@requires(Permission.MESSAGE_STAFF)
@require_safe
@only_known_scripts
def inbox(request: PracticeRequest) -> HttpResponse:
    """Threads with one's patients, and whom one could write to."""
    return _inbox(request, "inbox")


@requires(Permission.MESSAGE_STAFF)
@require_safe
@only_known_scripts
def thread(request: PracticeRequest, thread_id: UUID) -> HttpResponse:
    """One thread; the list is a step away without typing the PIN again."""
    found = reading.thread_for(request.viewer, thread_id)
    sight.handed(found.patient_id)  # asking for news hands the thread out again and again
    return _inbox(request, "thread", thread_id=thread_id)


@requires(Permission.MESSAGE_CONFIRM)
@require_safe
@only_known_scripts
def practice_keys(request: PracticeRequest) -> HttpResponse:
    """The practice's identity, and whose keys wait for it."""
    return frame(request, "practice")


def _inbox(request: PracticeRequest, wanted: str, **context: object) -> HttpResponse:
    return frame(
        request, wanted, patients=reading.patients_to_begin_with(request.viewer), **context
    )
