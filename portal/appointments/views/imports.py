"""A record system's file of appointments: uploaded, looked at, brought in."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments.forms_places import ImportForm
from portal.appointments.importing import runs
from portal.appointments.importing.planning import MONTH_FIRST
from portal.appointments.importing.tell import DOINGS, columns_of
from portal.appointments.models import AppointmentImport, ImportState
from portal.appointments.tasks import work_import
from portal.tenancy.errors import DomainError
from portal.ui.posting import shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.APPOINTMENT_IMPORT)
@shows_and_takes
def upload(request: PracticeRequest) -> HttpResponse:
    """Choose a file; it is compared with the calendar and nothing is written."""
    is_sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
    if is_sent and form.is_valid():
        try:
            run_ = runs.upload(content=form.cleaned_data["file"], by=request.viewer)
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            if runs.is_long(run_):
                work_import.dispatch(str(run_.pk))
            return redirect("appointments:import_run", run_.pk)
    return render(
        request,
        "portal/appointments/staff/imports.html",
        {
            "form": form,
            "runs": runs.runs_of_practice(),
            "columns": columns_of(month_first=request.practice.country in MONTH_FIRST),
        },
        status=422 if is_sent else 200,
    )


@requires(Permission.APPOINTMENT_IMPORT)
@require_safe
def example(request: PracticeRequest) -> HttpResponse:
    """A file with every heading and one row."""
    return HttpResponse(
        "\ufeff" + runs.EXAMPLE,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="appointments.csv"'},
    )


@requires(Permission.APPOINTMENT_IMPORT)
@require_safe
def run(request: PracticeRequest, import_id: UUID) -> HttpResponse:
    """What the file would do, what is wrong with it, or how far it is."""
    row = runs.run_named(import_id)
    context = {
        "run": row,
        "waits": row.state in runs.WAITING,
        "progress": runs.progress_of(row) if row.state == ImportState.WRITING else None,
        "rows": [_shown(each) for each in row.report.get("rows", [])],
        "changes": _changes(row),
    }
    return render(request, "portal/appointments/staff/import_run.html", context)


def _changes(row: AppointmentImport) -> int:
    names = ("new", "moved", "cancelled", "outcomes", "booked_again", "details")
    return sum(int(row.counts.get(name, 0)) for name in names)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the report with its moments as such and its doing in words."""
    moments = {
        name: dt.datetime.fromisoformat(row[name]) if row[name] else None
        for name in ("starts_at", "was")
    }
    return {**row, **moments, "doing": DOINGS[row["doing"]]}


@requires(Permission.APPOINTMENT_IMPORT)
@require_POST
def write(request: PracticeRequest, import_id: UUID) -> HttpResponse:
    """Bring it in: all of it, or nothing."""
    row = runs.run_named(import_id)
    runs.begin(run=row, by=request.viewer)
    if runs.is_long(row):
        work_import.dispatch(str(row.pk))
    return redirect("appointments:import_run", row.pk)


@requires(Permission.APPOINTMENT_IMPORT)
@require_POST
def drop(request: PracticeRequest, import_id: UUID) -> HttpResponse:
    """Throw it away."""
    row = runs.run_named(import_id)
    try:
        runs.drop(run=row, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("appointments:import_run", row.pk)
    toast(request, _("Thrown away. Nothing was brought in."))
    return redirect("appointments:imports")
