"""What would happen to waiting rows when their moment comes: the same checks, nothing written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from portal import clock
from portal.practices.models import PracticeStatus
from reminders import texts
from reminders.models import Reason, Reminder
from reminders.rules.states import State
from reminders.services import claiming
from reminders.services.claiming.facts import gather
from reminders.services.claiming.verdicts import Busy, End, Go, Hold, suppressed


@dataclass(frozen=True)
class Rehearsed:
    """One row as it stands now: its words where it would leave `at`, else the reason why not."""

    row: Reminder
    at: dt.datetime
    words: texts.Rendered | None = None
    reason: Reason | None = None

    @property
    def goes(self) -> bool:
        """Whether a message would leave."""
        return self.words is not None


def rehearse(rows: Sequence[Reminder], voice: texts.Voice) -> list[Rehearsed]:
    """Each row with what the claim would do at its moment, as things stand now; no link is kept.

    The facts are read as the claim reads them, under its locks, and let go of at once.
    """
    waiting = [row for row in rows if row.state == State.PLANNED]
    with transaction.atomic():
        facts = gather(waiting, voice, clock.now())
        transaction.set_rollback(True)
    return [_rehearsed(row, facts) for row in rows]


def _rehearsed(row: Reminder, facts: claiming.Facts) -> Rehearsed:
    if row.state != State.PLANNED:
        return Rehearsed(row, row.due_at, reason=Reason(row.reason))
    at = max(row.due_at, facts.now)
    verdict = _sends_nothing(row, facts) or claiming.verdict_on(row, replace(facts, now=at))
    if isinstance(verdict, Hold):
        at = verdict.until
        verdict = claiming.verdict_on(row, replace(facts, now=at))
    if isinstance(verdict, Go):
        return Rehearsed(row, at, words=claiming.words_of(row, verdict, facts.voice))
    if isinstance(verdict, End):
        return Rehearsed(row, at, reason=verdict.reason)
    # Somebody is changing it in this moment, or it is held back twice: the row itself says why.
    return Rehearsed(row, at, reason=None if isinstance(verdict, Busy) else Reason.QUIET)


def _sends_nothing(row: Reminder, facts: claiming.Facts) -> End | None:
    """A practice that is closed, or sends patients nothing."""
    if facts.voice.practice.status != PracticeStatus.ACTIVE:
        return suppressed(Reason.TEXTS_OFF)
    if row.patient_id is not None and not facts.voice.settings.texts_enabled:
        return suppressed(Reason.TEXTS_OFF)
    return None
