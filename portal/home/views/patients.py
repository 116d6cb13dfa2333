"""A patient as staff see them, and a clinician's caseload: pages to which every app adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments import selectors as appointments
from portal.home import registry
from portal.home.columns import in_columns
from portal.people import selectors, services
from portal.people.models import JourneyStage
from portal.ui.paging import page_of


@requires(Permission.PATIENT_OPEN)
@require_safe
def patient_page(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """Everything about one patient that the viewer may see. Opening it is an event."""
    viewer = request.viewer
    patient = services.open_patient(patient=selectors.patient_for(viewer, patient_id), by=viewer)
    cards = registry.cards("patient_page_cards", viewer, patient)
    return render(
        request,
        "portal/home/staff/patient.html",
        {"patient": patient, "columns": in_columns(cards)},
    )


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """One patient of a caseload with what a clinician wants to know at a glance."""

    patient: Any
    role: str
    stage: str
    last_seen: Any
    next_appointment: Any


FILTERS = ("all", "unbooked", "lead")


@requires(Permission.CASELOAD_SEE)
@require_safe
def caseload(request: PracticeRequest) -> HttpResponse:
    """The viewer's own patients: stage, last seen, next appointment; seven queries a page."""
    viewer = request.viewer
    chosen = request.GET.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    patients = selectors.caseload_for(viewer)
    if chosen == "lead":
        patients = selectors.led_only(viewer, patients)
    if chosen == "unbooked":
        patients = patients.exclude(pk__in=appointments.booked_patient_ids(viewer))
    page = page_of(request, patients)
    ids = [patient.pk for patient in page]
    following = appointments.next_of_patients(viewer, ids)
    last_seen = appointments.last_attended_of_patients(viewer, ids)
    rows = [
        CaseloadRow(
            patient,
            _role_in(patient, viewer.membership_id),
            _stage_of(patient),
            last_seen.get(patient.pk),
            following.get(patient.pk),
        )
        for patient in page
    ]
    context = {"page": page, "rows": rows, "chosen": chosen}
    return render(request, "portal/home/staff/caseload.html", context)


def _role_in(patient: Any, membership_id: UUID) -> str:
    for member in patient.live_care_team:
        if member.membership_id == membership_id:
            return str(member.get_role_display())
    return ""


def _stage_of(patient: Any) -> str:
    return str(JourneyStage(patient.open_episodes[0].stage).label) if patient.open_episodes else ""
