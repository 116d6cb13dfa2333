"""Writing, wording, rating and ending goals."""

from __future__ import annotations

from django.utils.translation import gettext as _

from goals.models import (
    Goal,
    GoalOrigin,
    GoalRating,
    GoalState,
    GoalStep,
    GoalTurn,
    GoalWording,
    Voice,
)
from portal import clock
from portal.access.viewer import Viewer
from portal.audit import services as audit
from portal.people.models import Patient
from portal.tenancy.errors import DomainError


class GoalChanged(DomainError):
    """Somebody else has worded or turned the goal since it was read; `current` is how it stands."""

    def __init__(self, current: Goal) -> None:
        super().__init__(
            _("Someone changed this while you were writing. Look again before saving.")
        )
        self.current = current


def write_goal(*, patient: Patient, wording: str, origin: GoalOrigin, by: Viewer) -> Goal:
    """A new goal. One that the care team suggests waits for the patient's yes.

    Raises DomainError when a patient claims to speak for the care team, or the other way round.
    """
    if (by.patient_id == patient.pk) != (origin == GoalOrigin.OWN):
        raise DomainError(_("Say whose goal this is."))
    now = clock.now()
    state = GoalState.SUGGESTED if origin == GoalOrigin.SUGGESTED else GoalState.ACTIVE
    goal = Goal.objects.create(
        patient=patient,
        origin=origin,
        state=state,
        state_at=now,
        wording=wording,
        worded_at=now,
        worded_by_id=by.membership_id,
        created_at=now,
        created_by_id=by.membership_id,
    )
    _keep_wording(goal, by)
    _keep_turn(goal, by)
    audit.record(
        "goal.write", by=by, obj=goal, patient_id=patient.pk, details={"origin": str(origin)}
    )
    return goal


def change_words(*, goal: Goal, wording: str, version: int, by: Viewer) -> Goal:
    """Word the goal anew; the wording so far stays in its history. The same words change nothing.

    Raises GoalChanged when `version` is no longer the goal's.
    """
    row = _locked(goal)
    if row.wording == wording:
        return row
    if row.version != version:
        raise GoalChanged(row)
    row.wording, row.worded_at, row.worded_by_id = wording, clock.now(), by.membership_id
    row.version += 1
    row.save(update_fields=["wording", "worded_at", "worded_by", "version"])
    _keep_wording(row, by)
    audit.record("goal.word", by=by, obj=row, patient_id=row.patient_id)
    return row


def turn(*, goal: Goal, state: GoalState, by: Viewer) -> Goal:
    """Take on, reach, set aside, or take up again. The patient's yes takes on a suggestion.

    Raises DomainError for a suggestion that somebody else answers, and for a turn that it cannot
    take from where it stands now.
    """
    row = _locked(goal)
    if row.state == state:
        return row
    if row.is_suggested and by.patient_id != row.patient_id:
        raise DomainError(_("Only the patient can say yes or no to a suggestion."))
    if not row.can_turn(state):
        raise DomainError(_("This goal has changed meanwhile. Look at how it stands, then choose."))
    row.state, row.state_at, row.version = state, clock.now(), row.version + 1
    row.save(update_fields=["state", "state_at", "version"])
    _keep_turn(row, by)
    audit.record(
        "goal.turn", by=by, obj=row, patient_id=row.patient_id, details={"state": str(state)}
    )
    return row


def rate(*, goal: Goal, value: int, comment: str, zone_name: str, by: Viewer) -> GoalRating:
    """Say how near it is, as the side that one is on; earlier ratings stay.

    Raises DomainError for a goal that is not worked on.
    """
    row = _locked(goal)
    if not row.is_active:
        raise DomainError(_("This goal is not being worked on, so it cannot be rated."))
    rating = GoalRating.objects.create(
        goal=row,
        patient_id=row.patient_id,
        voice=voice_of(row, by),
        value=value,
        comment=comment,
        rated_on=clock.today(zone_name),
        at=clock.now(),
        by_id=by.membership_id,
    )
    audit.record("goal.rate", by=by, obj=row, patient_id=row.patient_id)
    return rating


def bring(*, goal: Goal, bring: bool, by: Viewer) -> Goal:
    """Put it on the list for the next session, or take it off again."""
    row = _locked(goal)
    if (row.brought_at is not None) == bring:
        return row
    row.brought_at = clock.now() if bring else None
    row.brought_by_id = by.membership_id if bring else None
    row.save(update_fields=["brought_at", "brought_by"])
    verb = "goal.bring" if bring else "goal.talked"
    audit.record(verb, by=by, obj=row, patient_id=row.patient_id)
    return row


def add_step(*, goal: Goal, text: str, by: Viewer) -> GoalStep:
    """Write down a small step."""
    row = _locked(goal)
    step = GoalStep.objects.create(
        goal=row,
        patient_id=row.patient_id,
        text=text,
        added_at=clock.now(),
        added_by_id=by.membership_id,
    )
    audit.record("goal.add_step", by=by, obj=row, patient_id=row.patient_id)
    return step


def tick_step(*, step: GoalStep, done: bool, by: Viewer) -> GoalStep:
    """Tick a step off, or take the tick away. One that stands so already stays as it is."""
    step = GoalStep.objects.select_for_update().get(pk=step.pk)
    if (step.done_at is not None) == done:
        return step
    step.done_at = clock.now() if done else None
    step.done_by_id = by.membership_id if done else None
    step.save(update_fields=["done_at", "done_by"])
    verb = "goal.tick_step" if done else "goal.untick_step"
    audit.record(verb, by=by, obj=step, patient_id=step.patient_id)
    return step


def open_goal(*, goal: Goal, by: Viewer) -> Goal:
    """Note that a goal was read with its history, and hand it back."""
    audit.record("goal.open", by=by, obj=goal, patient_id=goal.patient_id)
    return goal


def open_goals(*, goals: list[Goal], by: Viewer, patient: Patient | None = None) -> list[Goal]:
    """Note that a list with their words was read: one row with the ids."""
    audit.record(
        "goal.list",
        by=by,
        patient_id=patient.pk if patient else None,
        details={"ids": [str(goal.pk) for goal in goals]},
    )
    return goals


def voice_of(goal: Goal, by: Viewer) -> Voice:
    """On which side of a goal somebody stands."""
    return Voice.OWN if by.patient_id == goal.patient_id else Voice.TEAM


def _locked(goal: Goal) -> Goal:
    """The row as it stands, until the transaction ends."""
    return Goal.objects.select_for_update().get(pk=goal.pk)


def _keep_wording(goal: Goal, by: Viewer) -> None:
    GoalWording.objects.create(
        goal=goal,
        patient_id=goal.patient_id,
        wording=goal.wording,
        at=goal.worded_at,
        by_id=by.membership_id,
    )


def _keep_turn(goal: Goal, by: Viewer) -> None:
    GoalTurn.objects.create(goal=goal, state=goal.state, at=goal.state_at, by_id=by.membership_id)
