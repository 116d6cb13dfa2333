"""Booking and moving: whom, with whom, when, and how often."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments import selectors, series, services
from portal.appointments.days import day_of
from portal.appointments.forms_booking import BookForm, MoveForm
from portal.appointments.models import Appointment
from portal.appointments.places import locations_in_use
from portal.people import selectors as people
from portal.people.forms.patients import FindForm
from portal.people.models import Patient
from portal.people.services import search_patients
from portal.tenancy.errors import DomainError, NotFound
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
        rows = _book_or_say_why(request, form, patient)
        if rows:
            toast(request, _("Booked.") if len(rows) == 1 else _booked_words(len(rows)))
            return redirect("appointments:detail", rows[0].pk)
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


def _booked_words(count: int) -> str:
    return ngettext("%(n)d appointment booked.", "%(n)d appointments booked.", count) % {"n": count}


def _book_or_say_why(
    request: PracticeRequest, form: BookForm, patient: Patient
) -> list[Appointment]:
    """What was booked; nothing where the form now says why not."""
    cleaned = form.cleaned_data
    common = {
        name: cleaned[name] for name in ("clinician", "type", "place", "location", "video_url")
    }
    common |= {"patient": patient, "time_zone": request.practice.time_zone, "by": request.viewer}
    try:
        if form.is_several:
            return series.book_series(
                local_starts=[each.local for each in form.wanted],
                every_weeks=cleaned["repeat"],
                **common,
            )
        return [services.book(local_start=form.local_start, **common)]
    except services.SlotTaken as error:
        form.say_taken(str(error))
    except DomainError as error:
        form.add_error("time", str(error))
    return []


@requires(Permission.SCHEDULE_EDIT)
@shows_and_takes
def move(request: PracticeRequest, appointment_id: UUID) -> HttpResponse:
    """Another time for the same meeting, or for it and what follows; says whose wish it is."""
    appointment = selectors.appointment_for(request.viewer, appointment_id)
    local = dt.datetime.fromisoformat(appointment.local_start)
    fold = clock.local_time(appointment.starts_at, appointment.time_zone).fold
    form = MoveForm(
        posted(request),
        appointment=appointment,
        following=series.from_this_on(request.viewer, appointment),
        initial={
            "day": local.date(),
            "time": local.time(),
            "run": "second" if fold else "first",
            "version": appointment.version,
            **_wished_move(request),
        },
    )
    if form.is_bound and form.is_valid():
        count = _move_or_say_why(request, form, appointment)
        if count == 1:
            toast(request, _("Moved. No reminder of the old time is sent."))
        elif count:
            toast(request, _("%(n)d moved. No reminder of an old time is sent.") % {"n": count})
        if count:
            return redirect("appointments:detail", appointment.pk)
    return render(
        request,
        "portal/appointments/staff/move.html",
        {"appointment": appointment, "form": form},
        status=422 if form.is_bound else 200,
    )


def _wished_move(request: PracticeRequest) -> dict[str, object]:
    """Day and time of the free place on the calendar that was pressed."""
    time = _wished_slot(request).get("time")
    if time is None:
        return {}
    today = clock.today(request.practice.time_zone)
    return {"day": day_of(request.GET.get("day"), today), "time": time}


def _move_or_say_why(request: PracticeRequest, form: MoveForm, appointment: Appointment) -> int:
    """How many were moved; none where the form now says why not."""
    cleaned = form.cleaned_data
    whose, version = cleaned["wished_by"] == "patient", cleaned["version"]
    try:
        if form.is_several:
            return series.move_following(
                occurrences=form.wanted, version=version, wished_by_patient=whose, by=request.viewer
            )
        services.move(
            appointment=appointment,
            local_start=form.local_start,
            wished_by_patient=whose,
            version=version,
            by=request.viewer,
        )
    except services.SlotTaken as error:
        form.say_taken(str(error))
        return 0
    except DomainError as error:
        form.add_error("time", str(error))
        return 0
    return 1
