"""The ledger, what people wrote back, and what the practice sends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.selectors import text_numbers_of
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.toasts import toast
from reminders import selectors, sentences, texts
from reminders.forms import LedgerForm
from reminders.models import InboundState, ReminderPolicy
from reminders.rules.segments import measure
from reminders.services import channels, inbox
from reminders.services import policies as policy_services


@requires(Permission.REMINDER_SEE)
@require_safe
def ledger(request: PracticeRequest) -> HttpResponse:
    """One row for each text: what became of it, or why it did not go out."""
    form = LedgerForm(request.GET or None)
    rows = form.apply(selectors.reminders_for(request.viewer), request.practice.time_zone)
    page = page_of(request, rows)
    points = text_numbers_of({row.recipient_id for row in page})
    return render(
        request,
        "reminders/staff/ledger.html",
        {
            "form": form,
            "tabs": _tabs(request, form),
            "page": page,
            "lines": sentences.lines(page, zone=request.practice.time_zone, points=points),
            "is_filtered": form.is_filtered,
            **_frame(request),
        },
    )


@requires(Permission.REMINDER_SEE)
@require_safe
def reminder(request: PracticeRequest, reminder_id: UUID) -> HttpResponse:
    """One text with its tries and the provider's news."""
    row = selectors.reminder_for(request.viewer, reminder_id)
    points = text_numbers_of({row.recipient_id})
    return render(
        request,
        "reminders/staff/reminder.html",
        {
            "line": sentences.line(
                row, zone=request.practice.time_zone, point=points.get(row.recipient_id)
            ),
            **_frame(request),
        },
    )


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
    inbox.note_reading(messages=list(page), by=request.viewer)
    return render(
        request,
        "reminders/staff/replies.html",
        {"page": page, "shows_done": shows_done, **_frame(request)},
    )


@requires(Permission.INBOUND_READ)
@require_safe
def reply(request: PracticeRequest, message_id: UUID) -> HttpResponse:
    """One message, for the clinician to whom it was handed."""
    message = selectors.inbound_message_for(request.viewer, message_id)
    inbox.note_reading(messages=[message], by=request.viewer)
    return render(request, "reminders/staff/reply.html", {"message": message, **_frame(request)})


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


@requires(Permission.REMINDER_SEE)
@require_safe
def policies(request: PracticeRequest) -> HttpResponse:
    """What the practice sends before each visit: both wordings, with their length in segments."""
    voice = texts.Voice(request.practice, settings_of_practice())
    shown = [
        {
            "policy": policy,
            "full": _words(policy, voice, discreet=False),
            "discreet": _words(policy, voice, discreet=True),
        }
        for policy in selectors.policies_in_force()
    ]
    return render(request, "reminders/staff/policies.html", {"policies": shown, **_frame(request)})


@requires(Permission.REMINDER_MANAGE)
@require_POST
def usual_policy(request: PracticeRequest) -> HttpResponse:
    """Begin with what most practices want: one text, a day before each visit."""
    try:
        policy_services.add_usual_policy(by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        toast(request, _("From now on one text goes out the day before each visit."))
    return redirect("reminders:policies")


@requires(Permission.REMINDER_MANAGE)
@require_POST
def resume(request: PracticeRequest) -> HttpResponse:
    """Let stopped texts leave again."""
    try:
        channels.resume(by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        toast(request, _("Texts go out again."))
    return redirect("reminders:ledger")


def _frame(request: PracticeRequest) -> dict[str, Any]:
    """What every page of this part shows: the trouble there is, and what waits."""
    viewer = request.viewer
    waiting = 0
    if viewer.can(Permission.INBOUND_READ):
        waiting = selectors.count_of_waiting(viewer)
    return {
        "health": selectors.dispatcher_health(),
        "stop": selectors.open_stop(),
        "may_resume": viewer.can(Permission.REMINDER_MANAGE),
        "may_read_replies": viewer.can(Permission.INBOUND_READ),
        "replies_waiting": waiting,
    }


def _tabs(request: HttpRequest, form: LedgerForm) -> list[dict[str, Any]]:
    """Links to the groups of states; the rest of the filter stays."""
    tabs = []
    for value, label in form.GROUPS.items():
        query = request.GET.copy()
        query.pop("page", None)
        query["show"] = value
        tabs.append(
            {
                "url": f"?{query.urlencode()}",
                "label": label,
                "is_current": form.group == value,
            }
        )
    return tabs


def _words(policy: ReminderPolicy, voice: texts.Voice, *, discreet: bool) -> dict[str, Any]:
    text = texts.preview(policy, discreet=discreet, voice=voice)
    return {"text": text, "measure": measure(text)}
