"""The ledger: one row for each text, and why it did or did not go out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.selectors import text_numbers_of
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.toasts import toast
from reminders import selectors, sentences
from reminders.forms import LedgerForm
from reminders.services import channels
from reminders.views.frame import frame


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
            **frame(request),
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
            **frame(request),
        },
    )


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
