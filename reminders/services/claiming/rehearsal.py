"""What would happen to waiting rows when their moment comes: the same checks, nothing written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from portal import clock
from reminders import texts
from reminders.models import Reason, Reminder
from reminders.rules.states import State
from reminders.services import claiming
from reminders.services.claiming import parcels
from reminders.services.claiming.facts import gather
from reminders.services.claiming.verdicts import Busy, End, Go, Hold, suppressed


@dataclass(frozen=True)
class Rehearsed:
    """One message as things stand: its words where it would leave `at`, else the reason why not.

    `along` are rows that the same message speaks for.
    """

    row: Reminder
    at: dt.datetime
    words: texts.Rendered | None = None
    reason: Reason | None = None
    along: tuple[Reminder, ...] = ()

    @property
    def goes(self) -> bool:
        """Whether a message would leave."""
        return self.words is not None


def rehearse(rows: Sequence[Reminder], voice: texts.Voice) -> list[Rehearsed]:
    """The messages that the claim would make of these rows at their moments; no link is kept.

    The facts are read as the claim reads them, under its locks, and let go of at once.
    """
    waiting = [row for row in rows if row.state == State.PLANNED]
    with transaction.atomic():
        facts = gather(waiting, voice, clock.now())
        transaction.set_rollback(True)
    found = [_rehearsed(row, facts) for row in rows]
    people: dict[tuple[UUID, str], list[_Going]] = {}
    for each in found:
        if isinstance(each, _Going):
            people.setdefault((each.row.recipient_id, each.row.channel), []).append(each)
    staying = [each for each in found if isinstance(each, Rehearsed)]
    return [*staying, *(message for going in people.values() for message in _leave(going, facts))]


@dataclass(frozen=True)
class _Going:
    """A row that would leave at that moment."""

    row: Reminder
    at: dt.datetime
    go: Go


def _leave(going: list[_Going], facts: claiming.Facts) -> Iterator[Rehearsed]:
    """The messages to one person on one channel: the earliest row takes along what may ride."""
    left = sorted(going, key=lambda each: (each.at, each.row.pk))
    while left:
        first = left[0]
        near = [each for each in left if each.row.due_at <= first.at + parcels.WITHIN]
        packed = parcels.pack([(each.row, each.go) for each in near], replace(facts, now=first.at))
        parcel = next(
            (each for each in packed if first.row in [row for row, _ in each.all]),
            parcels.Parcel(first.row, first.go),
        )
        gone = {row.pk for row, _ in parcel.all}
        left = [each for each in left if each.row.pk not in gone]
        yield Rehearsed(
            parcel.row,
            first.at,
            words=claiming.words_of_all(parcel, facts.voice),
            along=tuple(row for row, _ in parcel.along),
        )


def _rehearsed(row: Reminder, facts: claiming.Facts) -> Rehearsed | _Going:
    if row.state != State.PLANNED:
        return Rehearsed(row, row.due_at, reason=Reason(row.reason))
    at = max(row.due_at, facts.now)
    verdict = _sends_nothing(row, facts) or claiming.verdict_on(row, replace(facts, now=at))
    if isinstance(verdict, Hold):
        at = verdict.until
        verdict = claiming.verdict_on(row, replace(facts, now=at))
    if isinstance(verdict, Go):
        return _Going(row, at, verdict)
    if isinstance(verdict, End):
        return Rehearsed(row, at, reason=verdict.reason)
    # Somebody is changing it in this moment, or it is held back twice: the row itself says why.
    return Rehearsed(row, at, reason=None if isinstance(verdict, Busy) else Reason.QUIET)


def _sends_nothing(row: Reminder, facts: claiming.Facts) -> End | None:
    """A practice that is closed, or sends patients nothing."""
    voice = facts.voice
    silent = claiming.sends_nothing(row, voice.practice, voice.settings)
    return suppressed(Reason.TEXTS_OFF) if silent else None
