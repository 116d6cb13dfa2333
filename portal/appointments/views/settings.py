"""Types of appointment, and the hours in which clinicians can be booked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments import selectors, services
from portal.appointments.forms import AvailabilityForm, TypeChangeForm, TypeForm
from portal.tenancy.errors import DomainError
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.AVAILABILITY_EDIT)
@shows_and_takes
def types(request: PracticeRequest) -> HttpResponse:
    """The kinds of meeting that can be booked; another may be added."""
    form = TypeForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            services.add_type(by=request.viewer, **form.cleaned_data)
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            toast(request, _("Added."))
            return redirect("appointments:types")
    return render(
        request,
        "portal/appointments/staff/types.html",
        {"form": form, "types": selectors.types_of_practice()},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.AVAILABILITY_EDIT)
@shows_and_takes
def type_change(request: PracticeRequest, type_id: UUID) -> HttpResponse:
    """What a calendar entry says, and whether and where it is by video."""
    row = selectors.type_named(type_id)
    initial = {name: getattr(row, name) for name in ("discreet_title", "is_video", "video_url")}
    form = TypeChangeForm(posted(request), initial=initial)
    if form.is_bound and form.is_valid():
        services.change_type(type=row, by=request.viewer, **form.cleaned_data)
        toast(request, _("Saved. Meetings that are booked already follow."))
        return redirect("appointments:types")
    return render(
        request,
        "portal/appointments/staff/type.html",
        {"form": form, "type": row},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.AVAILABILITY_EDIT)
@require_POST
def type_retire(request: PracticeRequest, type_id: UUID) -> HttpResponse:
    """No longer offered; what is booked stays."""
    services.retire_type(type=selectors.type_named(type_id), by=request.viewer)
    toast(request, _("No longer offered. What is booked stays."))
    return redirect("appointments:types")


@requires(Permission.AVAILABILITY_EDIT)
@require_POST
def type_offer_again(request: PracticeRequest, type_id: UUID) -> HttpResponse:
    """Offered again."""
    services.offer_type_again(type=selectors.type_named(type_id), by=request.viewer)
    toast(request, _("Offered again."))
    return redirect("appointments:types")


@requires(Permission.AVAILABILITY_EDIT)
@require_safe
def availability(request: PracticeRequest) -> HttpResponse:
    """Whose hours can be changed: a clinician's own, or everybody's for desk and managers."""
    mine = list(selectors.bookable_clinicians_for(request.viewer))
    if [each.pk for each in mine] == [request.viewer.membership_id]:
        return redirect("appointments:availability_of", mine[0].pk)
    minutes = selectors.weekly_minutes(mine)
    rows = [(each, minutes.get(each.pk, 0) / 60) for each in mine]
    return render(request, "portal/appointments/staff/availability.html", {"rows": rows})


@requires(Permission.AVAILABILITY_EDIT)
@shows_and_takes
def availability_of(request: PracticeRequest, membership_id: UUID) -> HttpResponse:
    """One clinician's bookable week."""
    clinician = selectors.bookable_clinician_for(request.viewer, membership_id)
    ranges = [(row.weekday, row.starts, row.ends) for row in selectors.availability_of(clinician)]
    form = AvailabilityForm(posted(request), ranges=ranges)
    if form.is_bound and form.is_valid():
        services.set_availability(
            clinician=clinician, hours=form.cleaned_ranges(), by=request.viewer
        )
        toast(request, _("Saved. What is booked already stays."))
        return redirect("appointments:availability")
    return render(
        request,
        "portal/appointments/staff/availability_of.html",
        {"clinician": clinician, "form": form},
        status=422 if form.is_bound else 200,
    )
