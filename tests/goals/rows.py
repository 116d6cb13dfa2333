"""Goals and notes of the cast, made through the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from goals.models import Goal, GoalOrigin, Note
from goals.services import goals, notes
from tests.cast import Cast, Person

ZONE = "Europe/London"
DAY = dt.date(2026, 3, 2)


def written_goal(
    cast: Cast,
    *,
    wording: str = "I want to take the bus",
    by: str = "ana",
    of: str = "ana",
    **more: Any,
) -> Goal:
    """A goal of Ana's; `by="cole"` writes it together with her."""
    origin = more.get("origin", GoalOrigin.OWN if by == of else GoalOrigin.TOGETHER)
    return goals.write_goal(
        patient=cast.patient(of), wording=wording, origin=origin, by=cast.people[by].viewer
    )


def rated(goal: Goal, value: int, *, by: Person, comment: str = "") -> None:
    goals.rate(goal=goal, value=value, comment=comment, zone_name=ZONE, by=by.viewer)


def begun_note(cast: Cast, *, of: str = "ana", by: str = "cole", **sections: str) -> Note:
    """A draft with these sections."""
    writer = cast.people[by].viewer
    note = notes.start_note(patient=cast.patient(of), session_on=DAY, by=writer)
    if sections:
        note = notes.save_draft(note=note, content=sections, version=note.version, by=writer)
    return note


def signed_note(
    cast: Cast, *, of: str = "ana", by: str = "cole", shared: bool = True, words: str = "We walked"
) -> Note:
    writer = cast.people[by].viewer
    note = begun_note(cast, of=of, by=by, what_we_did=words)
    note = notes.sign(note=note, version=note.version, by=writer)
    return notes.share(note=note, shared=shared, by=writer)
