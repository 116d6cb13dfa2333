"""The demo's goals and notes: half a year of both sides' numbers, a shared note, and a draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from goals.models import Goal, GoalOrigin, GoalState
from goals.services import goals, notes
from portal.access.viewer import Viewer
from portal.dev.cast import DemoPractice
from portal.people.models import Patient
from portal.people.selectors import lead_clinician_of


@dataclass(frozen=True)
class _Story:
    """A goal: who wrote it how many weeks ago, and the numbers of both sides, week by week.

    None is a week in which that side said nothing.
    """

    patient: str
    wording: str
    origin: GoalOrigin
    weeks: int
    own: tuple[int | None, ...]
    team: tuple[int | None, ...]
    every: int = 2  # weeks
    earlier: str = ""
    steps: tuple[tuple[str, bool], ...] = ()
    is_reached: bool = False
    is_brought: bool = False


_STORIES = (
    _Story(
        "Ana",
        "I want to take the bus to work twice a week and stay on until my stop.",
        GoalOrigin.TOGETHER,
        25,
        (2, 3, 3, None, 4, 4, 5, 5, None, 4, 5, 6, 6),
        (2, None, 3, None, 4, None, 4, 5, None, None, 5, None, 5),
        earlier="I want to take the bus again.",
        steps=(
            ("Ride two stops with Sam", True),
            ("Ride to the market alone, outside rush hour", True),
            ("Stay on past the market once", False),
        ),
        is_brought=True,
    ),
    _Story(
        "Ana",
        "I want to sleep in my own bed again, with the light off.",
        GoalOrigin.OWN,
        24,
        (3, 4, 6, 6, 8, 9, 10),
        (3, None, 5, 6, None, 9, 9),
        every=3,
        is_reached=True,
    ),
    _Story(
        "Ben",
        "I want to say no to one extra shift a month.",
        GoalOrigin.OWN,
        9,
        (4, 4, 3, 5),
        (None, 4, None, 5),
    ),
)
_FIRST = {
    "what_we_did": "Went through Monday’s ride minute by minute. The fear rose when the seats "
    "filled at the station, not at the market. Ana stayed for four more minutes after it peaked.",
    "how_it_felt": "Telling it slowly was horrible, and then it was just a bus.",
    "what_we_agreed": "Stay on for one stop past the market, once, at a quiet time.",
    "seen_differently": "Not once. I want to try it twice, so that one bad go does not decide it.",
    "before_next_time": "Two quiet rides, and write down the number at the market.",
}
_BEGUN = {
    "what_we_did": "Looked at the two quiet rides. The number at the market was 5, then 4.",
    "how_it_felt": "I noticed that I can breathe out longer than I think.",
}


def seed(demo: DemoPractice) -> None:
    """Play each goal in the order of time, then write the notes."""
    for story in _STORIES:
        if story.patient in demo.patients:
            _play(demo, story)
    if "Ana" in demo.patients:
        _suggest_to_ana(demo)
        _write_notes(demo, demo.patients["Ana"])


def _play(demo: DemoPractice, story: _Story) -> None:
    patient, own = demo.patients[story.patient], demo.people[story.patient]
    team = _clinician(demo, patient)
    began = demo.now - dt.timedelta(weeks=story.weeks)
    with demo.at(began):
        goal = goals.write_goal(
            patient=patient,
            wording=story.earlier or story.wording,
            origin=story.origin,
            by=own if story.origin == GoalOrigin.OWN else team,
        )
    _rate(demo, story, goal, own, team)
    if story.earlier:
        with demo.at(began + dt.timedelta(weeks=3)):
            goals.change_words(goal=goal, wording=story.wording, version=goal.version, by=own)
    for place, (text, done) in enumerate(story.steps):
        with demo.at(began + dt.timedelta(weeks=4 + 6 * place)):
            step = goals.add_step(goal=goal, text=text, by=own)
        if done:
            with demo.at(began + dt.timedelta(weeks=6 + 6 * place)):
                goals.tick_step(step=step, done=True, by=own)
    with demo.at(demo.now - dt.timedelta(hours=20)):
        if story.is_reached:
            goals.turn(goal=goal, state=GoalState.REACHED, by=own)
        if story.is_brought:
            goals.bring(goal=goal, bring=True, by=own)


def _rate(demo: DemoPractice, story: _Story, goal: Goal, own: Viewer, team: Viewer) -> None:
    for place, values in enumerate(zip(story.own, story.team, strict=True)):
        at = demo.now - dt.timedelta(weeks=story.weeks - place * story.every, hours=-1)
        for value, by in zip(values, (own, team), strict=True):
            if value is None:
                continue
            newest = place == len(story.own) - 1
            comment = "Four stops on Monday. The front seat helps." if newest else ""
            with demo.at(min(at, demo.now - dt.timedelta(hours=22))):
                goals.rate(
                    goal=goal,
                    value=value,
                    comment=comment if by is own else "",
                    zone_name=demo.practice.time_zone,
                    by=by,
                )


def _suggest_to_ana(demo: DemoPractice) -> None:
    patient = demo.patients["Ana"]
    with demo.at(demo.now - dt.timedelta(days=6)):
        goals.write_goal(
            patient=patient,
            wording="I want to meet one friend a week for a walk.",
            origin=GoalOrigin.SUGGESTED,
            by=_clinician(demo, patient),
        )


def _write_notes(demo: DemoPractice, patient: Patient) -> None:
    """A note that was signed and shared two weeks ago, and one that is begun."""
    team = _clinician(demo, patient)
    then = demo.now - dt.timedelta(weeks=2)
    with demo.at(then):
        note = notes.start_note(patient=patient, session_on=then.date(), by=team)
        note = notes.save_draft(note=note, content=_FIRST, version=note.version, by=team)
        notes.sign(note=note, version=note.version, by=team)
        notes.share(note=note, shared=True, by=team)
    with demo.at(then + dt.timedelta(days=1)):
        words = "I would add that Sam was there."
        notes.add_to_note(note=note, text=words, by=demo.people["Ana"])
    with demo.at(demo.now - dt.timedelta(minutes=50)):
        begun = notes.start_note(patient=patient, session_on=demo.today, by=team)
        notes.save_draft(note=begun, content=_BEGUN, version=begun.version, by=team)


def _clinician(demo: DemoPractice, patient: Patient) -> Viewer:
    lead = lead_clinician_of(patient.pk)
    return next(one for one in demo.people.values() if lead and one.membership_id == lead.pk)
