"""The ledger: one row for each text, and why it did or did not go out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.forms.patients import FindForm
from portal.people.models import Patient
from portal.people.selectors import patient_for
from portal.people.services import search_patients
from portal.people.signin.fresh import fresh_proof
from portal.practices.selectors import clinicians
from portal.tenancy.errors import DomainError
from portal.ui.paging import PAGE_PARAMETER, page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.spreadsheets import csv_response
from portal.ui.toasts import toast
from reminders import files, selectors, sentences
from reminders.forms import LedgerForm
from reminders.models import Channel
from reminders.services import channels, exports
from reminders.views.frame import frame

MOST_IN_A_FILE = 10_000
_MOST_FOUND = 25


@requires(Permission.REMINDER_SEE)
@require_safe
def ledger(request: PracticeRequest) -> HttpResponse:
    """One row for each text: what became of it, or why it did not go out."""
    form = _asked(request)
    rows = form.apply(selectors.reminders_for(request.viewer), request.practice.time_zone)
    page = page_of(request, rows)
    return render(
        request,
        "reminders/staff/ledger.html",
        {
            "form": form,
            "tabs": _tabs(request, form),
            "patient": _patient(request, form),
            "query": _query(request),
            "without_patient": _query(request, but="patient"),
            "most": MOST_IN_A_FILE,
            "page": page,
            "lines": sentences.lines(page, zone=request.practice.time_zone),
            "is_filtered": form.is_filtered,
            **frame(request),
        },
    )


@requires(Permission.REMINDER_SEE)
@shows_and_takes
def ledger_patient(request: PracticeRequest) -> HttpResponse:
    """Choose whose texts to show. The name is posted and never stands in an address."""
    form = FindForm(posted(request))
    found: list[Patient] | None = None
    if form.is_bound and form.is_valid():
        words = form.cleaned_data["words"]
        found = search_patients(words=words, by=request.viewer, most=_MOST_FOUND)
    context = {"form": form, "found": found, "rest": _query(request, but="patient")}
    wrong = form.is_bound and found is None
    status = 422 if wrong else 200
    return render(request, "reminders/staff/ledger_patient.html", context, status=status)


@requires(Permission.REMINDER_SEE)
@fresh_proof
@require_safe
def ledger_csv(request: PracticeRequest) -> HttpResponse:
    """The same list as a file, without any words of a text; taking it is an event."""
    form = _asked(request)
    _patient(request, form)
    rows = form.apply(selectors.reminders_for(request.viewer), request.practice.time_zone)
    lines = files.ledger_lines(rows[:MOST_IN_A_FILE], zone=request.practice.time_zone)
    day = clock.today(request.practice.time_zone)
    response = csv_response(lines, f"texts-{request.practice.slug}-{day}.csv")
    exports.record_export(
        count=len(lines) - 1, patient_id=form.patient_id, asked=form.asked(), by=request.viewer
    )
    return response


@requires(Permission.REMINDER_SEE)
@require_safe
def reminder(request: PracticeRequest, reminder_id: UUID) -> HttpResponse:
    """One text with its tries and the provider's news."""
    row = selectors.reminder_for(request.viewer, reminder_id)
    rows = [row, *selectors.sent_again(request.viewer, row)]
    line, *again = sentences.lines(rows, zone=request.practice.time_zone)
    return render(
        request,
        "reminders/staff/reminder.html",
        {
            "line": line,
            "again": again,
            "needs_number": (again or [line])[-1].needs_number,
            **frame(request),
        },
    )


@requires(Permission.REMINDER_MANAGE)
@require_POST
def resume(request: PracticeRequest) -> HttpResponse:
    """Let the messages of a stopped channel leave again; texts, where none is named."""
    by_mail = request.POST.get("channel") == Channel.EMAIL
    channel = Channel.EMAIL if by_mail else Channel.SMS
    try:
        channels.resume(channel=channel, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        toast(request, _("E-mail goes out again.") if by_mail else _("Texts go out again."))
    return redirect("reminders:ledger")


def _asked(request: PracticeRequest) -> LedgerForm:
    people = [(str(row.pk), row.display_name) for row in clinicians()]
    return LedgerForm(request.GET or None, people=people)


def _patient(request: PracticeRequest, form: LedgerForm) -> Patient | None:
    """Whose texts alone are shown. Raises NotFound for one who is not in the viewer's reach."""
    return patient_for(request.viewer, form.patient_id) if form.patient_id else None


def _query(request: HttpRequest, *, but: str = "") -> str:
    query = request.GET.copy()
    for name in (PAGE_PARAMETER, but):
        query.pop(name, None)
    return query.urlencode()


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
