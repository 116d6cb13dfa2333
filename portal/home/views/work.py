"""One alert or task. Here and not in `work`, because the app that raised it says where it leads."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.access.viewer import Viewer
from portal.home import registry
from portal.people import selectors as people
from portal.people.models import ContactPoint, Patient
from portal.people.reach import memberships_in_reach
from portal.work import selectors, services
from portal.work.forms import DoneForm
from portal.work.models import WorkItem, WorkKind, WorkState


@requires(Permission.WORK_SEE)
@require_safe
def work_item(request: PracticeRequest, item_id: UUID) -> HttpResponse:
    """What it is about, who has it, what can be done now, and its history."""
    viewer = request.viewer
    item = services.open_item(item=selectors.work_item_for(viewer, item_id), by=viewer)
    patient = None
    if item.patient_id is not None:
        patient = people.patients_for(viewer).filter(pk=item.patient_id).first()
    now = clock.now()
    context = {
        "item": item,
        "now": now,
        "knows_patient": patient is not None,
        "contact_points": _contact_points(viewer, item, patient),
        "link": registry.work_link(viewer, item),
        "steps": selectors.steps_of(item),
        "needs_acknowledging": item.kind == WorkKind.ALERT and item.state == WorkState.OPEN,
        "may_acknowledge": viewer.can(Permission.ALERT_ACKNOWLEDGE),
        "may_pass_on": viewer.can(Permission.WORK_REASSIGN),
        "done_form": DoneForm(),
    }
    return render(request, "portal/work/staff/item.html", context)


def _contact_points(
    viewer: Viewer, item: WorkItem, patient: Patient | None
) -> Iterable[ContactPoint]:
    """How to reach the patient.

    Also for whoever an alert went to because nobody else took it: they may not be of the care team,
    and have to be able to ring.
    """
    is_with_viewer = item.assigned_to_id in memberships_in_reach(viewer)
    if patient is None and item.kind == WorkKind.ALERT and is_with_viewer:
        patient = item.patient
    return people.contact_points_of(viewer, patient) if patient else []
