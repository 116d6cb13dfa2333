"""Goals and notes."""

from __future__ import annotations

import datetime as dt

from goals.models import GoalOrigin, GoalState
from goals.services import goals, notes
from tests.audit.acts.act import Acts, Stage

act = Acts()


@act
def write_a_goal(on: Stage) -> None:
    on.goal = goals.write_goal(
        patient=on.ana_patient, wording="Take the bus", origin=GoalOrigin.TOGETHER, by=on.cole
    )


@act
def word_a_goal_anew(on: Stage) -> None:
    version = on.goal.version
    on.goal = goals.change_words(goal=on.goal, wording="Go by bus", version=version, by=on.ana)


@act
def rate_a_goal(on: Stage) -> None:
    goals.rate(goal=on.goal, value=4, comment="Twice", zone_name="Europe/London", by=on.ana)


@act
def put_a_goal_on_the_list(on: Stage) -> None:
    goals.bring(goal=on.goal, bring=True, by=on.ana)


@act
def take_a_goal_off_the_list(on: Stage) -> None:
    goals.bring(goal=on.goal, bring=False, by=on.cole)


@act
def write_down_a_step(on: Stage) -> None:
    on.step = goals.add_step(goal=on.goal, text="One stop", by=on.ana)


@act
def tick_a_step_off(on: Stage) -> None:
    on.step = goals.tick_step(step=on.step, done=True, by=on.ana)


@act
def take_the_tick_off(on: Stage) -> None:
    goals.tick_step(step=on.step, done=False, by=on.ana)


@act
def read_a_goal(on: Stage) -> None:
    goals.open_goal(goal=on.goal, by=on.cole)


@act
def list_goals(on: Stage) -> None:
    goals.open_goals(goals=[on.goal], patient=on.ana_patient, by=on.cole)


@act
def reach_a_goal(on: Stage) -> None:
    goals.turn(goal=on.goal, state=GoalState.REACHED, by=on.ana)


@act
def open_the_session(on: Stage) -> None:
    notes.open_session(patient=on.ana_patient, by=on.cole)


@act
def start_a_note(on: Stage) -> None:
    on.note = notes.start_note(patient=on.ana_patient, session_on=dt.date(2026, 3, 2), by=on.cole)


@act
def write_in_a_note(on: Stage) -> None:
    content = {"what_we_did": "We walked"}
    on.note = notes.save_draft(note=on.note, content=content, version=on.note.version, by=on.cole)


@act
def sign_a_note(on: Stage) -> None:
    on.note = notes.sign(note=on.note, version=on.note.version, by=on.cole)


@act
def share_a_note(on: Stage) -> None:
    on.note = notes.share(note=on.note, shared=True, by=on.cole)


@act
def read_a_note(on: Stage) -> None:
    notes.open_note(note=on.note, by=on.ana)


@act
def add_to_a_note(on: Stage) -> None:
    notes.add_to_note(note=on.note, text="It rained", by=on.ana)


@act
def look_at_earlier_versions(on: Stage) -> None:
    notes.open_history(note=on.note, by=on.cole)


@act
def stop_sharing_a_note(on: Stage) -> None:
    notes.share(note=on.note, shared=False, by=on.cole)
