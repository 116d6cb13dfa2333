"""What clinicians see of goals."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest


@requires(Permission.GOAL_STAFF)
@require_safe
def team_goals(request: PracticeRequest) -> HttpResponse:
    """Say that goals are not here yet, and what to do until they are."""
    return render(request, "goals/staff/team_goals.html")
