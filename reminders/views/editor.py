"""One text that goes out by itself: written anew, or changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.tenancy.errors import DomainError
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast
from reminders import selectors
from reminders.models import ReminderPolicy
from reminders.policy_forms import PolicyForm
from reminders.rules.timing import OffsetKind
from reminders.rules.usual_words import usual
from reminders.services import policies as policy_services


@requires(Permission.REMINDER_MANAGE)
@shows_and_takes
def policy_add(request: PracticeRequest) -> HttpResponse:
    """Write another text."""
    form = PolicyForm(posted(request), practice=request.practice, initial=_fresh())
    if form.is_bound and form.is_valid():
        try:
            policy_services.add_policy(by=request.viewer, **_facts(form))
        except DomainError as error:
            form.add_error("offset", str(error))
        else:
            toast(request, _("Added. It goes out from now on."))
            return redirect("reminders:policies")
    return _page(request, form, None)


@requires(Permission.REMINDER_MANAGE)
@shows_and_takes
def policy_change(request: PracticeRequest, policy_id: UUID) -> HttpResponse:
    """Change a text: what has gone out keeps the words that it had."""
    policy = selectors.policy_named(policy_id)
    form = PolicyForm(posted(request), practice=request.practice, policy=policy)
    if form.is_bound and form.is_valid():
        try:
            policy_services.replace_policy(policy=policy, by=request.viewer, **_facts(form))
        except DomainError as error:
            form.add_error("offset", str(error))
        else:
            toast(request, _("Saved. What waits takes the new words."))
            return redirect("reminders:policies")
    return _page(request, form, policy)


def _fresh() -> dict[str, Any]:
    words = usual(OffsetKind.DAYS_BEFORE)
    return {
        **PolicyForm.FRESH,
        "template": words.template,
        "discreet_template": words.discreet_template,
        "subject_line": words.subject_line,
    }


def _facts(form: PolicyForm) -> dict[str, Any]:
    """What the form holds, as the service takes it."""
    return {**form.cleaned_data, "kind": form.kind_now}


def _page(
    request: PracticeRequest, form: PolicyForm, policy: ReminderPolicy | None
) -> HttpResponse:
    return render(
        request,
        "reminders/staff/policy.html",
        {"form": form, "policy": policy},
        status=422 if form.is_bound else 200,
    )
