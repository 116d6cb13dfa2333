"""Goals as the care team sees them: everybody's, one patient's, one of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from goals import selectors
from goals.forms import AddGoalForm, StaffBringForm, StaffRateForm, StaffTurnForm
from goals.history import moved
from goals.models import Goal, GoalOrigin, GoalState
from goals.presenters import team_name
from goals.services import goals
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.models import Patient
from portal.people.selectors import clinical_patient_for
from portal.tenancy.errors import DomainError
from portal.ui.forms import AccessibleForm
from portal.ui.paging import page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.GOAL_STAFF)
@require_safe
def team_goals(request: PracticeRequest) -> HttpResponse:
    """What the viewer's patients are working on, by patient. Reading the list is an event."""
    page = page_of(request, selectors.active_goals_for(request.viewer))
    goals.open_goals(goals=list(page), by=request.viewer)
    context = {"page": page, "standings": selectors.standings_of(page)}
    return render(request, "goals/staff/team_goals.html", context)


@requires(Permission.GOAL_STAFF)
@require_safe
def patient_goals(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """One patient's goals with both sides' ratings."""
    patient = clinical_patient_for(request.viewer, patient_id)
    rows = selectors.goals_of(request.viewer, patient)
    standings = selectors.standings_of(rows.open())
    past = page_of(request, rows.past())
    shown = [one.goal for one in standings] + list(past)
    goals.open_goals(goals=shown, patient=patient, by=request.viewer)
    context = {"patient": patient, "standings": standings, "past": past}
    return render(request, "goals/staff/patient_goals.html", context)


@requires(Permission.GOAL_STAFF)
@shows_and_takes
def goal_add(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """Write a goal down: agreed together, or suggested."""
    patient = clinical_patient_for(request.viewer, patient_id)
    form = AddGoalForm(posted(request), about=patient)
    if form.is_bound and form.is_valid():
        goals.write_goal(
            patient=patient,
            wording=form.cleaned_data["wording"],
            origin=GoalOrigin(form.cleaned_data["origin"]),
            by=request.viewer,
        )
        toast(request, _("The goal is written down."))
        return _back(request, patient)
    context = {"patient": patient, "form": form, "came_from": _came_from(request)}
    status = 422 if form.is_bound else 200
    return render(request, "goals/staff/goal_add.html", context, status=status)


@requires(Permission.GOAL_STAFF)
@shows_and_takes
def patient_goal(request: PracticeRequest, patient_id: UUID, goal_id: UUID) -> HttpResponse:
    """One goal with its history; posting gives the clinician's own rating."""
    patient = clinical_patient_for(request.viewer, patient_id)
    goal = selectors.goal_of(request.viewer, patient, goal_id)
    form = StaffRateForm.of(goal, posted(request))
    if form.is_bound and form.is_valid():
        try:
            goals.rate(
                goal=goal,
                value=form.cleaned_data["value"],
                comment=form.cleaned_data["comment"],
                zone_name=request.practice.time_zone,
                by=request.viewer,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("Your rating is saved."))
            return _back(request, patient, goal)
    if not form.is_bound:
        goals.open_goal(goal=goal, by=request.viewer)
    return _show(request, patient, goal, form)


@requires(Permission.GOAL_STAFF)
@require_POST
def patient_goal_turn(request: PracticeRequest, patient_id: UUID, goal_id: UUID) -> HttpResponse:
    """Reached, set aside, or taken up again, as agreed with the patient."""
    patient = clinical_patient_for(request.viewer, patient_id)
    goal = selectors.goal_of(request.viewer, patient, goal_id)
    form = StaffTurnForm(request.POST, about=patient)
    if not form.is_valid():
        _say_why(request, form)
        return _back(request, patient, goal)
    try:
        goals.turn(goal=goal, state=GoalState(form.cleaned_data["state"]), by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        toast(request, _("Saved."))
    return _back(request, patient, goal)


@requires(Permission.GOAL_STAFF)
@require_POST
def patient_goal_bring(request: PracticeRequest, patient_id: UUID, goal_id: UUID) -> HttpResponse:
    """Put it on the agenda, or tick it off."""
    patient = clinical_patient_for(request.viewer, patient_id)
    goal = selectors.goal_of(request.viewer, patient, goal_id)
    form = StaffBringForm(request.POST, about=patient)
    if form.is_valid():
        goals.bring(goal=goal, bring=form.cleaned_data["bring"], by=request.viewer)
    else:
        _say_why(request, form)
    return _back(request, patient, goal)


def _show(
    request: PracticeRequest, patient: Patient, goal: Goal, form: StaffRateForm
) -> HttpResponse:
    ratings = list(selectors.ratings_of(goal))
    team = team_name(ratings)
    context = {
        "patient": patient,
        "goal": goal,
        "form": form,
        "team": team,
        "history": moved(
            ratings, key="goal", own_name=patient.first_name, team_name=team, own_words=False
        ),
        "comments": [rating for rating in reversed(ratings) if rating.comment],
        "wordings": list(selectors.wordings_of(goal)),
        "turns": list(selectors.turns_of(goal)),
        "steps": list(selectors.steps_of(goal)),
        "came_from": _came_from(request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "goals/staff/patient_goal.html", context, status=status)


def _came_from(request: PracticeRequest) -> str:
    wanted = request.POST.get("came_from", request.GET.get("from", ""))
    return "session" if wanted == "session" else ""


def _back(request: PracticeRequest, patient: Patient, goal: Goal | None = None) -> HttpResponse:
    """To the session where the person came from there, else to the goal or the list."""
    if _came_from(request):
        return redirect("goals:session", patient.pk)
    if goal is not None:
        return redirect("goals:patient_goal", patient.pk, goal.pk)
    return redirect("goals:patient_goals", patient.pk)


def _say_why(request: PracticeRequest, form: AccessibleForm) -> None:
    for problem in form.problems():
        messages.warning(request, problem.message)
