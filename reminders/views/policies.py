"""What the practice sends, and when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from portal.ui.toasts import toast
from reminders import selectors, texts
from reminders.models import ReminderPolicy
from reminders.rules.segments import measure
from reminders.services import policies as policy_services
from reminders.views.frame import frame


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
    return render(request, "reminders/staff/policies.html", {"policies": shown, **frame(request)})


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
def policy_retire(request: PracticeRequest, policy_id: UUID) -> HttpResponse:
    """Send no more of these."""
    policy = selectors.policy_named(policy_id)
    policy_services.retire_policy(policy=policy, by=request.viewer)
    undo = reverse("reminders:policy_restore", args=[policy.pk])
    toast(request, _("It is not sent any more."), undo_url=undo)
    return redirect("reminders:policies")


@requires(Permission.REMINDER_MANAGE)
@require_POST
def policy_restore(request: PracticeRequest, policy_id: UUID) -> HttpResponse:
    """Take it up again."""
    policy = selectors.retired_policy_named(policy_id)
    try:
        policy_services.restore_policy(policy=policy, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        toast(request, _("It is sent again."))
    return redirect("reminders:policies")


def _words(policy: ReminderPolicy, voice: texts.Voice, *, discreet: bool) -> dict[str, Any]:
    text = texts.preview(policy, discreet=discreet, voice=voice)
    return {"text": text, "measure": measure(text)}
