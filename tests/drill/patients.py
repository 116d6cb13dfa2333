"""People who answer a form with a risk in it, in a process that may be killed at any moment.

What the portal has told a person counts: after each commit one line goes to a file that outlives
the process. Whoever starts it again does what is missing once more, as a browser would.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from intake.catalogue import form_of
from intake.fhir.answers import Answer
from intake.models import Assignment
from intake.services import answers
from portal.practices.models import Membership
from portal.practices.selectors import viewer_for
from portal.tenancy.context import practice_scope

ITEMS = [f"q{n}" for n in range(1, 10)]
RISK = "q9"
SENT, TWICE, CHANGED, ONLY, LEFT_OUT = "sent", "twice", "changed", "only", "left out"
"""Sent once, posted twice, changed back before it was sent, all else empty, item left out."""
LEFT = "left"
"""Begun, saved by itself, and never sent."""
KINDS = (SENT, TWICE, CHANGED, ONLY, LEFT_OUT, LEFT)


@dataclass(frozen=True)
class Filling:
    """One form of one person, and how they go about it."""

    assignment: str
    membership: str
    kind: str


def play(script: Path) -> None:
    """Do what nobody has been told yet, in order."""
    told = json.loads(script.read_text())
    fillings = [Filling(**each) for each in told["fillings"]]
    practice = UUID(told["practice"])
    done = finished(script)
    with answers_file(script).open("ab", buffering=0) as file:
        for filling in fillings:
            if filling.assignment not in done:
                _fill_in(practice, filling, file.fileno())


def answers_file(script: Path) -> Path:
    """Where stands what people were told: one `assignment word` a line."""
    return script.with_suffix(".told")


def told_so_far(script: Path) -> set[tuple[str, str]]:
    """What people were told; a line that was cut by a kill does not count."""
    try:
        lines = answers_file(script).read_text().split("\n")[:-1]
    except FileNotFoundError:
        return set()
    return {(line.split(" ")[0], line.split(" ")[-1]) for line in lines if " " in line}


def finished(script: Path) -> set[str]:
    """The forms of those who have been thanked, or who have left."""
    return {key for key, word in told_so_far(script) if word in (SENT, LEFT)}


def _fill_in(practice: UUID, filling: Filling, file: int) -> None:
    def tell(word: str) -> None:
        os.write(file, f"{filling.assignment} {word}\n".encode())

    for chosen in _steps(filling.kind):
        with practice_scope(practice):
            _save(filling, chosen)
        if chosen.get(RISK):
            tell("saved")
    if filling.kind == LEFT:
        tell(LEFT)
        return
    for _ in range(2 if filling.kind == TWICE else 1):
        with practice_scope(practice):
            answers.submit(
                assignment=Assignment.objects.get(pk=filling.assignment),
                zone_name="Europe/London",
                by=viewer_for(Membership.objects.get(pk=filling.membership)),
            )
    tell(SENT)


def _steps(kind: str) -> list[Mapping[str, int]]:
    """What is saved by itself while they write, a place of an option for each item."""
    others = dict.fromkeys(ITEMS[:-1], 1)
    if kind == ONLY:
        return [{RISK: 2}]
    if kind == LEFT_OUT:
        return [others]
    if kind == CHANGED:
        return [others, {RISK: 3}, {RISK: 0}]
    return [others, {RISK: 1}]


def _save(filling: Filling, chosen: Mapping[str, int]) -> None:
    assignment = Assignment.objects.select_related("version").get(pk=filling.assignment)
    if not assignment.is_open:
        return  # sent before the kill, and nobody was told
    by_id = form_of(assignment.version).questionnaire.by_id
    answers.save_answers(
        assignment=assignment,
        answers={
            link: Answer((by_id[link].options[place].value,)) for link, place in chosen.items()
        },
        by=viewer_for(Membership.objects.get(pk=filling.membership)),
    )
