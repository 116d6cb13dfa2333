"""What the practice sends, and when."""

from __future__ import annotations

from collections.abc import Iterator
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
from reminders import notice, previews, selectors, texts
from reminders.models import Channel, ReminderPolicy
from reminders.rules.languages import name_of
from reminders.rules.timing import OffsetKind
from reminders.services import policies as policy_services
from reminders.views.frame import frame
from reminders.wordings import words_of


@requires(Permission.REMINDER_SEE)
@require_safe
def policies(request: PracticeRequest) -> HttpResponse:
    """What the practice sends before each visit: both wordings, with their length in segments."""
    settings = settings_of_practice()
    example = previews.Example(texts.Voice(request.practice, settings))
    shown = [
        {
            "policy": policy,
            "views": list(_views(policy, example)),
            "languages": _languages(policy),
            "notice": notice.about_one(policy.step, settings),
        }
        for policy in selectors.policies_in_force().prefetch_related("wordings")
    ]
    context = {
        "policies": shown,
        "settings": settings,
        "may_set": request.viewer.can(Permission.PRACTICE_SETTINGS),
        **frame(request),
    }
    return render(request, "reminders/staff/policies.html", context)


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


def _views(policy: ReminderPolicy, example: previews.Example) -> Iterator[previews.Preview]:
    """The wordings in use, in the practice's language."""
    shown = previews.previews(
        [words_of(policy, policy.language)],
        kind=OffsetKind(policy.kind),
        channels=[Channel(policy.channel)],
        example=example,
    )
    for each in shown:
        yield from (view for view in each.previews if view.is_discreet or not policy.discreet)


def _languages(policy: ReminderPolicy) -> list[str]:
    return [name_of(each.language) for each in policy.wordings.all()]
