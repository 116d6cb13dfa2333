"""The patient's first page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.home import registry
from portal.home.columns import in_columns
from portal.people.selectors import own_patient


@requires(Permission.HOME_SEE)
@require_safe
def today(request: PracticeRequest) -> HttpResponse:
    """Next appointment, one thing to do, what is new: each app's cards."""
    viewer = request.viewer
    cards = registry.cards("patient_cards", viewer)  # first: one of them may hold the record
    name = own_patient(viewer).first_name if viewer.patient_id else viewer.display_name
    return render(
        request,
        "portal/home/patient/today.html",
        {
            "name": name,
            "columns": in_columns(cards),
            "today": clock.today(request.practice.time_zone),
        },
    )
