"""Locations, and when clinicians are away."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments import away, selectors
from portal.appointments import places as services
from portal.appointments.forms_places import LocationForm, TimeOffForm
from portal.appointments.models import TimeOff
from portal.tenancy.errors import DomainError
from portal.ui.daytimes import day_short
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.AVAILABILITY_EDIT)
@shows_and_takes
def locations(request: PracticeRequest) -> HttpResponse:
    """The places that can be booked; another may be added."""
    form = LocationForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            services.add_location(by=request.viewer, **form.cleaned_data)
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            toast(request, _("Added."))
            return redirect("appointments:locations")
    return render(
        request,
        "portal/appointments/staff/locations.html",
        {"form": form, "locations": services.locations_of_practice()},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.AVAILABILITY_EDIT)
@shows_and_takes
def location_change(request: PracticeRequest, location_id: UUID) -> HttpResponse:
    """The name of a place, and how one gets there."""
    location = services.location_named(location_id)
    initial = {name: getattr(location, name) for name in ("name", "address", "directions")}
    form = LocationForm(posted(request), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            services.change_location(location=location, by=request.viewer, **form.cleaned_data)
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            toast(request, _("Saved. What is booked there says so at once."))
            return redirect("appointments:locations")
    return render(
        request,
        "portal/appointments/staff/location.html",
        {"form": form, "title": initial["name"]},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.AVAILABILITY_EDIT)
@require_POST
def location_retire(request: PracticeRequest, location_id: UUID) -> HttpResponse:
    """No longer offered; what is booked stays."""
    services.retire_location(location=services.location_named(location_id), by=request.viewer)
    toast(request, _("No longer offered. What is booked stays."))
    return redirect("appointments:locations")


@requires(Permission.AVAILABILITY_EDIT)
@require_POST
def location_offer_again(request: PracticeRequest, location_id: UUID) -> HttpResponse:
    """Offered again."""
    services.offer_location_again(location=services.location_named(location_id), by=request.viewer)
    toast(request, _("Offered again."))
    return redirect("appointments:locations")


@requires(Permission.AVAILABILITY_EDIT)
@shows_and_takes
def time_off_of(request: PracticeRequest, membership_id: UUID) -> HttpResponse:
    """When one clinician is away, what is booked meanwhile, and another time to add."""
    clinician = selectors.bookable_clinician_for(request.viewer, membership_id)
    form = TimeOffForm(posted(request), zone_name=request.practice.time_zone)
    if form.is_bound and form.is_valid():
        try:
            row = away.add_time_off(clinician=clinician, by=request.viewer, **form.period())
        except DomainError as error:
            form.add_error("last_day", str(error))
        else:
            _say_added(request, len(away.booked_meanwhile([row])[row.pk]))
            return redirect("appointments:time_off_of", clinician.pk)
    rows = list(away.times_off_of(clinician))
    booked = away.booked_meanwhile(rows)
    return render(
        request,
        "portal/appointments/staff/time_off.html",
        {
            "clinician": clinician,
            "form": form,
            "rows": [(row, _when(row, request.practice.time_zone), booked[row.pk]) for row in rows],
            "may_arrange_cover": request.viewer.can(Permission.COVER_ARRANGE),
        },
        status=422 if form.is_bound else 200,
    )


def _when(row: TimeOff, zone_name: str) -> str:
    """Days where it is whole days, else days with times."""
    begins, ends = (clock.local_time(at, zone_name) for at in (row.starts_at, row.ends_at))
    if begins.time() == ends.time() == dt.time():
        last = ends.date() - dt.timedelta(days=1)
        if last == begins.date():
            return day_short(last)
        return f"{day_short(begins.date())} – {day_short(last)}"
    if begins.date() == ends.date():
        return f"{day_short(begins.date())}, {begins:%H:%M}–{ends:%H:%M}"
    return f"{day_short(begins.date())} {begins:%H:%M} – {day_short(ends.date())} {ends:%H:%M}"


def _say_added(request: PracticeRequest, booked: int) -> None:
    if booked:
        toast(
            request,
            _("Noted. What is booked meanwhile stays, and is a task of the front desk."),
        )
    else:
        toast(request, _("Noted. Nobody can book this time."))


@requires(Permission.AVAILABILITY_EDIT)
@require_POST
def time_off_remove(request: PracticeRequest, time_off_id: UUID) -> HttpResponse:
    """They are there after all."""
    row = away.time_off_named(time_off_id)
    clinician = selectors.bookable_clinician_for(request.viewer, row.clinician_id)
    away.remove_time_off(time_off=row, by=request.viewer)
    toast(request, _("Removed. The time can be booked again."))
    return redirect("appointments:time_off_of", clinician.pk)
