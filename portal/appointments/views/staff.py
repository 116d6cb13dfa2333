"""What staff see of one appointment, and what they say about it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments import asking, selectors, series, services
from portal.appointments.forms import OutcomeForm
from portal.appointments.forms_cancelling import CancelForm
from portal.appointments.models import CANCELLED, STANDING, Appointment
from portal.people import selectors as people
from portal.people.services import open_patient
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast

MOST_FOUND = 25


@requires(Permission.SCHEDULE_SEE)
@require_safe
def detail(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """One appointment with its history and everything that can be done with it now."""
    viewer = request.viewer
    appointment = services.open_appointment(
        appointment=selectors.appointment_for(viewer, appointment_id), by=viewer
    )
    knows_patient = people.patients_for(viewer).filter(pk=appointment.patient_id).exists()
    context = {
        "appointment": appointment,
        "history": selectors.history_of(appointment),
        "knows_patient": knows_patient,
        "contact_points": people.contact_points_of(viewer, appointment.patient)
        if knows_patient
        else [],
        "begun": appointment.starts_at <= clock.now(),
        "standing": appointment.status in STANDING,
        "cancelled": appointment.status in CANCELLED,
        "may_edit": viewer.can(Permission.SCHEDULE_EDIT),
        "may_record": viewer.can(Permission.OUTCOME_RECORD),
        "late_hours": settings_of_practice().late_cancel_hours,
        "series": series.of_series(viewer, appointment),
    }
    return render(request, "portal/appointments/staff/detail.html", context)


@requires(Permission.SCHEDULE_SEE)
@require_safe
def of_patient(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """All appointments of one patient that the viewer may see, newest first."""
    patient = open_patient(
        patient=people.patient_for(request.viewer, patient_id), by=request.viewer
    )
    page = page_of(request, selectors.of_patient(request.viewer, patient))
    return render(
        request,
        "portal/appointments/staff/of_patient.html",
        {
            "patient": patient,
            "page": page,
            "may_edit": request.viewer.can(Permission.SCHEDULE_EDIT),
        },
    )


@requires(Permission.SCHEDULE_EDIT)
@shows_and_takes
def cancel(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """The meeting will not take place; asks who cancels, and why."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    following = series.from_this_on(request.viewer, appointment)
    form = CancelForm(posted(request), following=following)
    if form.is_bound and form.is_valid():
        said = {
            "by_patient": form.cleaned_data["cancelled_by"] == "patient",
            "reason": form.cleaned_data["reason"],
        }
        try:
            if form.cleaned_data.get("scope") == "following":
                count = series.cancel_following(rows=following, by=request.viewer, **said)
                toast(request, _("%(n)d cancelled. Their times are free again.") % {"n": count})
                return redirect("appointments:detail", appointment.pk)
            services.cancel(appointment=appointment, by=request.viewer, **said)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            toast(
                request,
                _("Cancelled. The time is free again."),
                undo_url=reverse("appointments:restore", args=[appointment.pk]),
            )
            return redirect("appointments:detail", appointment.pk)
    return render(
        request,
        "portal/appointments/staff/cancel.html",
        {
            "appointment": appointment,
            "form": form,
            "begun": appointment.starts_at <= clock.now(),
            "is_late": asking.is_late_to_cancel(appointment),
            "hours": settings_of_practice().late_cancel_hours,
        },
        status=422 if form.is_bound else 200,
    )


@requires(Permission.SCHEDULE_EDIT)
@require_POST
def restore(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """A cancellation was a slip, or the patient comes after all; the old time, if it is free."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    try:
        services.restore(appointment=appointment, by=request.viewer)
    except DomainError as error:
        return _say_no(request, appointment, error)
    toast(request, _("It takes place after all, at its old time."))
    return redirect("appointments:detail", appointment.pk)


@requires(Permission.SCHEDULE_EDIT)
@require_POST
def confirm(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """The patient has said that they will come."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    try:
        services.confirm(appointment=appointment, by=request.viewer)
    except DomainError as error:
        return _say_no(request, appointment, error)
    toast(
        request,
        _("Confirmed."),
        undo_url=reverse("appointments:undo_outcome", args=[appointment.pk]),
    )
    return redirect("appointments:detail", appointment.pk)


@requires(Permission.OUTCOME_RECORD)
@require_POST
def outcome(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """Record what became of it, from the list or the appointment's page; can be undone."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return _say_no(request, appointment, _("Choose what became of the appointment."))
    try:
        row = services.record_outcome(
            appointment=appointment, outcome=form.cleaned_data["outcome"], by=request.viewer
        )
    except DomainError as error:
        return _say_no(request, appointment, error)
    words = _("%(name)s: %(outcome)s.") % {
        "name": row.patient.display_name,
        "outcome": row.status_label,
    }
    toast(request, words, undo_url=reverse("appointments:undo_outcome", args=[row.pk]))
    return _back_to_list(request, row)


@requires(Permission.OUTCOME_RECORD)
@require_POST
def undo_outcome(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """Take an outcome back; the history keeps both."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    row = services.undo_outcome(appointment=appointment, by=request.viewer)
    toast(request, _("Taken back."))
    return _back_to_list(request, row)


def _say_no(
    request: PracticeRequest, appointment: Appointment, error: DomainError | str
) -> HttpResponse:
    """Back on the appointment's page, with the reason at the top."""
    messages.warning(request, str(error))
    return redirect("appointments:detail", appointment.pk)


def _back_to_list(request: PracticeRequest, row: Appointment) -> HttpResponse:
    """The page that the button stood on: the day view, the schedule of that day, or the row's."""
    came_from = request.POST.get("from")
    if came_from == "day":
        return redirect("home:day")
    if came_from == "schedule":
        day = clock.local_time(row.starts_at, row.time_zone).date()
        return redirect(f"{reverse('appointments:schedule')}?day={day.isoformat()}")
    return redirect("appointments:detail", row.pk)
