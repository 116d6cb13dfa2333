"""One alert or task. Here and not in `work`, because the app that raised it says where it leads."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.home import registry
from portal.people import selectors as people
from portal.work import selectors, services
from portal.work.forms import DoneForm
from portal.work.models import WorkKind, WorkState


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
        "minutes_waiting": int((now - item.raised_at).total_seconds() // 60),
        "knows_patient": patient is not None,
        "contact_points": people.contact_points_of(viewer, patient) if patient else [],
        "link": registry.work_link(viewer, item),
        "steps": selectors.steps_of(item),
        "needs_acknowledging": item.kind == WorkKind.ALERT and item.state == WorkState.OPEN,
        "may_acknowledge": viewer.can(Permission.ALERT_ACKNOWLEDGE),
        "may_pass_on": viewer.can(Permission.WORK_REASSIGN),
        "done_form": DoneForm(),
    }
    return render(request, "portal/work/staff/item.html", context)
