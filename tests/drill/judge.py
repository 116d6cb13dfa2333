"""The verdict: the provider's book against the rows. What a dispatcher says of itself is not asked.

Plain data in, plain data out, so that a test can show that each slip is seen.
"""

from __future__ import annotations

import collections
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

GONE_OUT = frozenset({"sent", "delivered", "undelivered"})


@dataclass(frozen=True)
class Taken:
    """A message in the book."""

    number: str
    body: str


@dataclass(frozen=True)
class Wanted:
    """A visit whose reminder must have gone out once, and what stands in its words."""

    number: str
    appointment: UUID
    words: str


@dataclass
class Verdict:
    """What was found; each list holds numbers or ids."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)
    """Doubled, and nothing in the rows says that it may be."""
    wrong_words: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    """Messages to numbers that have nothing to be told."""
    rows_say_otherwise: list[str] = field(default_factory=list)
    """The row says that it went out and the book does not, or the other way round."""
    handed_to_a_person: list[str] = field(default_factory=list)
    """Never taken, because both of its attempts were killed; a task says so. No slip."""

    @property
    def clean(self) -> bool:
        """Whether no slip was found."""
        slips = {name: each for name, each in vars(self).items() if name != "handed_to_a_person"}
        return not any(slips.values())

    def words(self) -> str:
        """What was found, for a line of the table."""
        found = [f"{len(each)} {name.replace('_', ' ')}" for name, each in vars(self).items()]
        return ", ".join(each for each in found if not each.startswith("0 ") or "lost" in each)


def compare(
    wanted: Iterable[Wanted],
    book: Iterable[Taken],
    states: Mapping[UUID, tuple[str, bool]],
    tasks: Collection[UUID] = (),
) -> Verdict:
    """Judge a run. `states` gives for each visit its row's state and "possible double".

    `tasks` are the visits for which somebody was asked to look.
    """
    verdict = Verdict()
    taken: dict[str, list[Taken]] = collections.defaultdict(list)
    for message in book:
        taken[message.number].append(message)
    for each in wanted:
        messages = taken.pop(each.number, [])
        state, marked = states.get(each.appointment, ("missing", False))
        if not messages and state == "failed" and each.appointment in tasks:
            verdict.handed_to_a_person.append(each.number)
        elif not messages:
            verdict.lost.append(each.number)
        if len(messages) > 1:
            verdict.doubled.append(each.number)
            if not marked:
                verdict.unmarked.append(each.number)
        if any(each.words not in message.body for message in messages):
            verdict.wrong_words.append(each.number)
        if bool(messages) != (state in GONE_OUT):
            verdict.rows_say_otherwise.append(each.number)
    verdict.strangers += taken
    return verdict
