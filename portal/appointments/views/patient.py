"""A patient's own appointments; a carer's pages of those whom they may help."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments import asking, selectors, services, slots
from portal.appointments.calendar_files import calendar_response
from portal.appointments.days import day_of
from portal.appointments.forms import OtherTimeForm, PatientCancelForm, SlotForm
from portal.appointments.models import CANCELLED
from portal.appointments.words import times_together
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.APPOINTMENT_OWN)
@require_safe
def own(request: PracticeRequest) -> HttpResponse:
    """What is to come, then what has been."""
    return render(
        request,
        "portal/appointments/patient/list.html",
        {
            "upcoming": selectors.upcoming_for(request.viewer),
            "past": page_of(request, selectors.past_of(request.viewer), size=10),
            "own_id": request.viewer.patient_id,
        },
    )


@requires(Permission.APPOINTMENT_OWN)
@require_safe
def detail(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """One appointment, with what the patient can do about it now."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    standing = appointment.is_standing and appointment.starts_at > clock.now()
    context = {
        "appointment": appointment,
        "is_own": appointment.patient_id == request.viewer.patient_id,
        "together": times_together(selectors.session_number(appointment)),
        "standing": standing,
        "cancelled": appointment.status in CANCELLED,
        "may_ask": standing and asking.may_ask(appointment),
    }
    return render(request, "portal/appointments/patient/detail.html", context)


@requires(Permission.APPOINTMENT_OWN)
@require_safe
def calendar(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """The appointment as a file for the person's own calendar."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    return calendar_response(appointment, practice=request.practice)


@requires(Permission.APPOINTMENT_OWN)
@require_POST
def confirm(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """*Yes, I'll be there.*"""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    try:
        services.confirm(appointment=appointment, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        toast(request, _("Thank you. We have noted that you will be there."))
    return redirect("appointments:own_detail", appointment.pk)


@requires(Permission.APPOINTMENT_OWN)
@shows_and_takes
def cancel(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """*I can't come.* Says what a late cancellation means before it is one."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    form = PatientCancelForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            asking.cancel_own(
                appointment=appointment, reason=form.reason_words(), by=request.viewer
            )
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            toast(request, _("It is cancelled. You can ask for another time whenever you like."))
        return redirect("appointments:own_detail", appointment.pk)
    context = {
        "appointment": appointment,
        "form": form,
        "is_late": asking.is_late_to_cancel(appointment),
        "may_ask": asking.may_ask(appointment),
        "hours": settings_of_practice().late_cancel_hours,
        "task_page": True,
    }
    status = 422 if form.is_bound else 200
    return render(request, "portal/appointments/patient/cancel.html", context, status=status)


@requires(Permission.APPOINTMENT_OWN)
@shows_and_takes
def other_time(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """Choose a free time. Where none suits, ask for one: the appointment stands until then."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    wishes = request.method == "POST" and bool({"wish", "ask"} & request.POST.keys())
    form = OtherTimeForm(request.POST if wishes else None)
    slot_form = SlotForm(None if wishes else posted(request))
    if slot_form.is_bound and slot_form.is_valid():
        try:
            slots.take(
                appointment=appointment, value=slot_form.cleaned_data["slot"], by=request.viewer
            )
        except DomainError as error:
            slot_form.add_error("slot", str(error))
        else:
            toast(request, _("It is moved. This is your new time."))
            return redirect("appointments:own_detail", appointment.pk)
    if form.is_bound and form.is_valid():
        try:
            asking.ask_for_other_time(
                appointment=appointment, wish=form.cleaned_data["wish"], by=request.viewer
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("We have your wish. Your time stands until we have found another."))
            return redirect("appointments:own_detail", appointment.pk)
    wished = request.GET.get("from")
    today = clock.today(appointment.time_zone)
    context = {
        "appointment": appointment,
        "form": form,
        "slot_form": slot_form,
        "choice": slots.choice_for(
            appointment,
            zone_name=appointment.time_zone,
            first=day_of(wished, today) if wished else None,
        ),
        "may_ask": asking.may_ask(appointment),
        "task_page": True,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "portal/appointments/patient/other_time.html", context, status=status)
