"""A patient's goals: all of them, one of them, and what can be done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from goals import selectors
from goals.forms import BringForm, RateForm, StepForm, TickForm, TurnForm, WordsForm, WriteGoalForm
from goals.history import moved
from goals.models import Goal, GoalOrigin, GoalState
from goals.presenters import team_name
from goals.services import goals
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments.selectors import upcoming_for
from portal.people.selectors import care_team_of, own_patient
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast

TURNED = {
    GoalState.ACTIVE: gettext_lazy("It is one of your goals now."),
    GoalState.REACHED: gettext_lazy("Saved. You said that you have reached it."),
    GoalState.SET_ASIDE: gettext_lazy("Set aside. You can take it up again whenever you like."),
}


@requires(Permission.GOAL_OWN)
@require_safe
def goal_list(request: PracticeRequest) -> HttpResponse:
    """What the person works on now, what waits for their yes, and what came before."""
    viewer = request.viewer
    mine = selectors.goals_for(viewer)
    standings = selectors.standings_of(mine.open())
    context = {
        "suggested": [one for one in standings if one.goal.is_suggested],
        "active": [one for one in standings if one.goal.is_active],
        "past": page_of(request, mine.past()),
        "next_visit": upcoming_for(viewer).first(),
    }
    return render(request, "goals/patient/goal_list.html", context)


@requires(Permission.GOAL_OWN)
@shows_and_takes
def goal_new(request: PracticeRequest) -> HttpResponse:
    """Write a goal by oneself."""
    form = WriteGoalForm(posted(request))
    if form.is_bound and form.is_valid():
        goal = goals.write_goal(
            patient=own_patient(request.viewer),
            wording=form.cleaned_data["wording"],
            origin=GoalOrigin.OWN,
            by=request.viewer,
        )
        toast(request, _("Your goal is written down."))
        return redirect("goals:goal_detail", goal.pk)
    readers = [member.membership for member in care_team_of(own_patient(request.viewer))]
    context = {"form": form, "readers": readers, "task_page": True}
    status = 422 if form.is_bound else 200
    return render(request, "goals/patient/goal_new.html", context, status=status)


@requires(Permission.GOAL_OWN)
@shows_and_takes
def goal_detail(request: PracticeRequest, goal_id: UUID) -> HttpResponse:
    """One goal with its history; posting says how close it is today."""
    goal = selectors.goal_for(request.viewer, goal_id)
    form = RateForm(posted(request))
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
            toast(request, _("Today’s number is saved."))
            return redirect("goals:goal_detail", goal.pk)
    return _show(request, goal, form=form)


@requires(Permission.GOAL_OWN)
@shows_and_takes
def goal_words(request: PracticeRequest, goal_id: UUID) -> HttpResponse:
    """Word it anew. When somebody else has done so meanwhile, both wordings are shown."""
    goal = selectors.goal_for(request.viewer, goal_id)
    form, theirs = WordsForm.of(goal, posted(request)), None
    if form.is_bound and form.is_valid():
        try:
            goals.change_words(
                goal=goal,
                wording=form.cleaned_data["wording"],
                version=form.cleaned_data["version"],
                by=request.viewer,
            )
        except goals.GoalChanged as error:
            theirs, form = error.current, form.on_top_of(error.current)
            form.is_valid()
        else:
            toast(request, _("Your words are saved. The earlier ones are kept."))
            return redirect("goals:goal_detail", goal.pk)
    context = {"goal": goal, "form": form, "theirs": theirs, "task_page": True}
    status = 422 if form.is_bound else 200
    return render(request, "goals/patient/goal_words.html", context, status=status)


@requires(Permission.GOAL_OWN)
@require_POST
def goal_turn(request: PracticeRequest, goal_id: UUID) -> HttpResponse:
    """Yes or no to a suggestion; reached, set aside, or taken up again."""
    goal = selectors.goal_for(request.viewer, goal_id)
    form = TurnForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choose what should happen with this goal."))
        return redirect("goals:goal_detail", goal.pk)
    state = GoalState(form.cleaned_data["state"])
    try:
        goals.turn(goal=goal, state=state, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        toast(request, TURNED.get(state, _("Saved.")))
    return redirect("goals:goal_detail", goal.pk)


@requires(Permission.GOAL_OWN)
@require_POST
def goal_bring(request: PracticeRequest, goal_id: UUID) -> HttpResponse:
    """Put it on the list for the next session, or take it off."""
    goal = selectors.goal_for(request.viewer, goal_id)
    form = BringForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["bring"]
        goals.bring(goal=goal, bring=wanted, by=request.viewer)
        off, on = _("It is off the list."), _("It is on the list for your next session.")
        toast(request, on if wanted else off)
    return redirect("goals:goal_detail", goal.pk)


@requires(Permission.GOAL_OWN)
@shows_and_takes
def goal_steps(request: PracticeRequest, goal_id: UUID) -> HttpResponse:
    """Add a small step."""
    goal = selectors.goal_for(request.viewer, goal_id)
    form = StepForm(posted(request))
    if form.is_bound and form.is_valid():
        goals.add_step(goal=goal, text=form.cleaned_data["text"], by=request.viewer)
        toast(request, _("The step is written down."))
        return redirect("goals:goal_detail", goal.pk)
    context = {"goal": goal, "form": form, "task_page": True}
    status = 422 if form.is_bound else 200
    return render(request, "goals/patient/goal_steps.html", context, status=status)


@requires(Permission.GOAL_OWN)
@require_POST
def goal_step(request: PracticeRequest, goal_id: UUID, step_id: UUID) -> HttpResponse:
    """Tick a step off, or take the tick away."""
    goal = selectors.goal_for(request.viewer, goal_id)
    step = selectors.step_of(goal, step_id)
    form = TickForm(request.POST)
    if form.is_valid():
        goals.tick_step(step=step, done=form.cleaned_data["done"], by=request.viewer)
    return redirect("goals:goal_detail", goal.pk)


def _show(request: PracticeRequest, goal: Goal, *, form: RateForm) -> HttpResponse:
    ratings = list(selectors.ratings_of(goal))
    own = [rating for rating in ratings if rating.voice == "own"]
    history = moved(
        ratings, key="goal", own_name=_("You"), team_name=team_name(ratings), own_words=True
    )
    context: dict[str, Any] = {
        "goal": goal,
        "form": form,
        "last": own[-1] if own else None,
        "history": history,
        "team": team_name(ratings),
        "wordings": list(selectors.wordings_of(goal)),
        "turns": list(selectors.turns_of(goal)),
        "steps": list(selectors.steps_of(goal)),
        "next_visit": upcoming_for(request.viewer).first(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "goals/patient/goal_detail.html", context, status=status)
