"""Booking, and what staff can do with one appointment."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments import selectors, services
from portal.appointments.days import day_of
from portal.appointments.forms import BookForm, CancelForm, MoveForm, OutcomeForm
from portal.appointments.models import CANCELLED, STANDING, Appointment
from portal.appointments.places import locations_in_use
from portal.people import selectors as people
from portal.people.forms.patients import FindForm
from portal.people.models import Patient
from portal.people.services import open_patient, search_patients
from portal.tenancy.errors import DomainError, NotFound
from portal.ui.paging import page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast

MOST_FOUND = 25


@requires(Permission.SCHEDULE_EDIT)
@shows_and_takes
def book(request: PracticeRequest) -> HttpResponse:
    """Book: first whom (searched by POST), then with whom and when."""
    patient = _patient_of_address(request)
    if patient is None:
        return _find_whom(request)
    form = BookForm(
        posted(request),
        patient=patient,
        zone_name=request.practice.time_zone,
        initial=_booking_initial(request, patient),
    )
    if form.is_bound and form.is_valid():
        appointment = _book_or_say_why(request, form, patient)
        if appointment is not None:
            toast(request, _("Booked."))
            return redirect("appointments:detail", appointment.pk)
    return render(
        request,
        "portal/appointments/staff/book.html",
        {"patient": patient, "form": form},
        status=422 if form.is_bound else 200,
    )


def _patient_of_address(request: PracticeRequest) -> Patient | None:
    text = request.GET.get("patient", "")
    if not text:
        return None
    try:
        return people.patient_for(request.viewer, UUID(text))
    except ValueError as error:
        raise NotFound("No such patient.") from error


def _find_whom(request: PracticeRequest) -> HttpResponse:
    form = FindForm(posted(request))
    found = None
    if form.is_bound and form.is_valid():
        found = search_patients(
            words=form.cleaned_data["words"], by=request.viewer, most=MOST_FOUND
        )
    day = day_of(request.GET.get("day"), clock.today(request.practice.time_zone))
    wished = {"day": day.isoformat(), **_wished_slot(request)}
    return render(
        request,
        "portal/appointments/staff/book_whom.html",
        {"form": form, "found": found, "day": day, "wished": urlencode(wished)},
        status=422 if form.is_bound and found is None else 200,
    )


def _wished_slot(request: PracticeRequest) -> dict[str, str]:
    """Time and clinician of the free place that was pressed; what cannot be read is left out."""
    wished = {}
    with suppress(ValueError):
        wished["time"] = f"{dt.time.fromisoformat(request.GET.get('time', '')):%H:%M}"
    with suppress(ValueError):
        wished["clinician"] = str(UUID(request.GET.get("clinician", "")))
    return wished


def _booking_initial(request: PracticeRequest, patient: Patient) -> dict[str, object]:
    wished = _wished_slot(request)
    lead = people.lead_clinician_of(patient.pk)
    place = locations_in_use().first()
    address = request.practice.address.replace("\r", "").replace("\n", ", ")[:160]
    return {
        "day": day_of(request.GET.get("day"), clock.today(request.practice.time_zone)),
        "time": wished.get("time"),
        "clinician": wished.get("clinician") or (lead.pk if lead else None),
        "place": place.pk if place else None,
        "location": "" if place else address,
    }


def _book_or_say_why(
    request: PracticeRequest, form: BookForm, patient: Patient
) -> Appointment | None:
    cleaned = form.cleaned_data
    try:
        return services.book(
            patient=patient,
            clinician=cleaned["clinician"],
            type=cleaned["type"],
            local_start=form.local_start,
            time_zone=request.practice.time_zone,
            place=cleaned["place"],
            location=cleaned["location"],
            video_url=cleaned["video_url"],
            by=request.viewer,
        )
    except services.SlotTaken as error:
        form.say_taken(str(error))
    except DomainError as error:
        form.add_error("time", str(error))
    return None


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
def move(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """Another time for the same meeting; says whose wish it is."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    local = dt.datetime.fromisoformat(appointment.local_start)
    form = MoveForm(
        posted(request),
        appointment=appointment,
        initial={"day": local.date(), "time": local.time(), "version": appointment.version},
    )
    if form.is_bound and form.is_valid():
        try:
            services.move(
                appointment=appointment,
                local_start=form.local_start,
                wished_by_patient=form.cleaned_data["wished_by"] == "patient",
                version=form.cleaned_data["version"],
                by=request.viewer,
            )
        except services.SlotTaken as error:
            form.say_taken(str(error))
        except DomainError as error:
            form.add_error("time", str(error))
        else:
            toast(request, _("Moved. No reminder of the old time is sent."))
            return redirect("appointments:detail", appointment.pk)
    return render(
        request,
        "portal/appointments/staff/move.html",
        {"appointment": appointment, "form": form},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.SCHEDULE_EDIT)
@shows_and_takes
def cancel(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """The meeting will not take place; asks who cancels, and why."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    form = CancelForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            services.cancel(
                appointment=appointment,
                by_patient=form.cleaned_data["cancelled_by"] == "patient",
                reason=form.cleaned_data["reason"],
                by=request.viewer,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("Cancelled. The time is free again."))
            return redirect("appointments:detail", appointment.pk)
    return render(
        request,
        "portal/appointments/staff/cancel.html",
        {"appointment": appointment, "form": form},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.SCHEDULE_EDIT)
@require_POST
def confirm(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """The patient has said that they will come."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    try:
        services.confirm(appointment=appointment, by=request.viewer)
    except DomainError as error:
        return _say_no(request, appointment, error)
    toast(request, _("Confirmed."))
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
