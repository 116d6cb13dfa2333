"""From a reply, or from a text that did not arrive, to the patient's number and back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.contact_points import numbers_matching, reach_points_of
from portal.people.models import ContactPoint
from portal.people.selectors import patient_for
from portal.tenancy.errors import NotFound
from reminders import selectors


@requires(Permission.PATIENT_CONTACT_EDIT)
@require_safe
def number_of_reply(request: PracticeRequest, message_id: UUID) -> HttpResponse:
    """The number that wrote, as one of its patient's.

    Nobody's number is NotFound, and so is that of a stranger who shares a phone with a patient of
    the viewer's.
    """
    message = selectors.inbound_message_for(request.viewer, message_id)
    if message.patient_id is None:
        raise NotFound("A number of nobody.")
    patient = patient_for(request.viewer, message.patient_id)
    point = numbers_matching(message.number).filter(patient=patient).first()
    return _to(patient.pk, point, back=reverse("reminders:replies"))


@requires(Permission.PATIENT_CONTACT_EDIT)
@require_safe
def number_of_reminder(request: PracticeRequest, reminder_id: UUID) -> HttpResponse:
    """The number or address that a text went to, else the one it would go to now.

    What went to somebody on the staff, whose address is their own, is NotFound.
    """
    row = selectors.reminder_for(request.viewer, reminder_id)
    if row.patient_id is None:
        raise NotFound("No patient's number.")
    point = row.contact_point
    if point is None or point.ended_at is not None:
        point = reach_points_of({row.patient_id}, row.channel).get(row.patient_id)
    return _to(row.patient_id, point, back=reverse("reminders:reminder", args=[row.pk]))


def _to(patient_id: UUID, point: ContactPoint | None, *, back: str) -> HttpResponse:
    """The page that changes it, or adds one where there is none; `back` is where it leads."""
    if point is None:
        page = reverse("people:contact_add", args=[patient_id])
    else:
        page = reverse("people:contact_replace", args=[patient_id, point.pk])
    return redirect(f"{page}?{urlencode({'next': back})}")
