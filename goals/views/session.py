"""One screen for the hour: the brief, what to talk about, the goals, and the note.

The patient is in the address and in every form; nothing remembers a current patient.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from goals import selectors
from goals.forms import NoteForm, StaffRateForm
from goals.presenters import hour_of
from goals.services import goals, notes
from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments.selectors import session_number
from portal.audit import services as audit
from portal.home import registry
from portal.people.selectors import clinical_patient_for

MOST_GOALS = 6


@requires(Permission.NOTE_STAFF)
@require_safe
def session(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """The page of one patient's hour. Opening it is an event."""
    with audit.together():
        context = _hour(request, patient_id)
    return render(request, "goals/staff/session.html", context)


def _hour(request: PracticeRequest, patient_id: UUID) -> dict[str, Any]:
    """What the page shows; reading it is three events: the screen, the goals, the totals."""
    viewer = request.viewer
    patient = notes.open_session(patient=clinical_patient_for(viewer, patient_id), by=viewer)
    today = clock.today(request.practice.time_zone)
    visit = selectors.visit_on(viewer, patient, day=today, zone_name=request.practice.time_zone)
    standings = selectors.standings_of(selectors.goals_of(viewer, patient).open()[:MOST_GOALS])
    goals.open_goals(goals=[one.goal for one in standings], patient=patient, by=viewer)
    draft, signed = selectors.notes_at_hand(viewer, patient, signed=3)
    return {
        "patient": patient,
        "age": patient.age_on(today),
        "visit": visit,
        "number": session_number(visit) if visit else None,
        "hour": hour_of(visit),
        "now": clock.now(),
        "cards": registry.cards("session_cards", viewer, patient),
        "rated": [(one, StaffRateForm.of(one.goal)) for one in standings],
        "agenda": list(selectors.brought_for(viewer, [patient])),
        "note": draft,
        "form": NoteForm.of(draft) if draft else None,
        "signed": signed,
    }
