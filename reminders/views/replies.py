"""What people wrote back, and who has still to answer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.people.contact_points import holders_of
from portal.people.selectors import patients_for
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.toasts import toast
from reminders import selectors
from reminders.models import InboundMessage, InboundState
from reminders.services import inbox
from reminders.views.frame import frame


@requires(Permission.INBOUND_READ)
@require_safe
def replies(request: PracticeRequest) -> HttpResponse:
    """What people wrote back and who has still to answer; showing it is recorded."""
    shows_done = request.GET.get("show") == "all"
    rows = (
        selectors.inbound_for(request.viewer)
        if shows_done
        else selectors.inbound_waiting_for(request.viewer)
    )
    page = page_of(request, rows)
    page.object_list = _with_sharers(request.viewer, _without_strangers(request.viewer, list(page)))
    inbox.note_reading(messages=list(page), by=request.viewer)
    return render(
        request,
        "reminders/staff/replies.html",
        {"page": page, "shows_done": shows_done, **frame(request)},
    )


@requires(Permission.INBOUND_READ)
@require_safe
def reply(request: PracticeRequest, message_id: UUID) -> HttpResponse:
    """One message, for the clinician to whom it was handed."""
    message = selectors.inbound_message_for(request.viewer, message_id)
    _with_sharers(request.viewer, _without_strangers(request.viewer, [message]))
    inbox.note_reading(messages=[message], by=request.viewer)
    return render(request, "reminders/staff/reply.html", {"message": message, **frame(request)})


@requires(Permission.INBOUND_READ)
@require_POST
def hand_reply(request: PracticeRequest, message_id: UUID) -> HttpResponse:
    """Hand a message to the patient's clinician."""
    message = selectors.inbound_message_for(request.viewer, message_id)
    try:
        inbox.hand_to_clinician(message=message, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        name = message.handed_to.display_name if message.handed_to else ""
        toast(request, _("Handed to %(name)s.") % {"name": name})
    return redirect("reminders:replies")


@requires(Permission.INBOUND_READ)
@require_POST
def finish_reply(request: PracticeRequest, message_id: UUID) -> HttpResponse:
    """Somebody has dealt with it."""
    message = selectors.inbound_message_for(request.viewer, message_id)
    if message.state != InboundState.DONE:
        inbox.finish(message=message, by=request.viewer)
        undo = reverse("reminders:reopen_reply", args=[message.pk])
        toast(request, _("Marked as done."), undo_url=undo)
    return redirect("reminders:replies")


@requires(Permission.INBOUND_READ)
@require_POST
def reopen_reply(request: PracticeRequest, message_id: UUID) -> HttpResponse:
    """Undo: the message waits again."""
    message = selectors.inbound_message_for(request.viewer, message_id)
    inbox.reopen(message=message, by=request.viewer)
    return redirect("reminders:replies")


def _without_strangers(viewer: Viewer, messages: Sequence[InboundMessage]) -> list[InboundMessage]:
    """The same messages; `is_strangers` says that its patient is none of the viewer's.

    So it is with a phone that a patient of theirs shares: the name stays away.
    """
    known = None
    if Role.FRONT_DESK not in viewer.roles:
        ids = {message.patient_id for message in messages if message.patient_id is not None}
        known = set(patients_for(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    for message in messages:
        stranger = known is not None and message.patient_id not in known
        message.is_strangers = message.patient_id is not None and stranger
    return list(messages)


def _with_sharers(viewer: Viewer, messages: list[InboundMessage]) -> list[InboundMessage]:
    """The same messages; `is_shared` says that several patients have the phone it came from.

    Nobody knows which of them wrote, whomever the last text was for. The front desk rings back and
    reads the names in `sharers`; a clinician might not know the others.
    """
    holders = holders_of({message.number for message in messages})
    for message in messages:
        people = holders.get(message.number, [])
        message.is_shared = len(people) > 1
        if message.is_shared and Role.FRONT_DESK in viewer.roles:
            message.sharers = get_text_list([p.display_name for p in people], _("and"))
    return messages
