"""Who may help a patient: carers with what they see, and until when."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people import selectors, services
from portal.ui.toasts import toast


@requires(Permission.PATIENT_EDIT)
@require_safe
def carers(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """The carers of a patient."""
    patient = selectors.patient_for(request.viewer, patient_id)
    return render(
        request,
        "portal/people/staff/carers.html",
        {
            "patient": patient,
            "carers": selectors.carers_of(patient),
            "may_invite": request.viewer.can(Permission.PATIENT_INVITE),
        },
    )


@requires(Permission.PATIENT_EDIT)
@require_POST
def carer_end(request: PracticeRequest, patient_id: UUID, grant_id: UUID) -> HttpResponse:
    """The carer sees nothing more from now on."""
    patient = selectors.patient_for(request.viewer, patient_id)
    grant = selectors.carer_for(patient, grant_id)
    services.end_help(grant=grant, by=request.viewer)
    toast(request, _("%(name)s sees nothing more.") % {"name": grant.proxy.display_name})
    return redirect("people:carers", patient.pk)
