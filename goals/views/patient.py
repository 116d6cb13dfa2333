"""What a patient sees of goals."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest


@requires(Permission.GOAL_OWN)
@require_safe
def goal_list(request: PracticeRequest) -> HttpResponse:
    """Say that goals are not here yet, what they will be, and what to do until then."""
    return render(request, "goals/patient/goal_list.html")
