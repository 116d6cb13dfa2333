"""Settle doubts: a lease that ended, an answer that never came.

Three steps with no transaction across the call: pick rows and put off their next look, ask the
provider, record. Not finding a text proves nothing before the grace time is over, and a list that
cannot be read proves nothing at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal import clock
from portal.encryption.selectors import is_destroyed
from portal.tenancy.bulk import write_rows
from portal.tenancy.context import current_practice_id
from reminders.models import Attempt, Reminder
from reminders.rules.answers import GRACE
from reminders.rules.states import Outcome, Receipt, State
from reminders.services.due import try_resolver_lock
from reminders.services.outcomes import (
    apply_news,
    give_up,
    give_up_or_try_again,
    locked_attempt,
    rows_of,
    sent,
)
from reminders.transports.base import CannotLookError, Found, Route, Sought

NEXT_LOOK = dt.timedelta(minutes=1)
BATCH = 100


@dataclass(frozen=True)
class Doubt:
    """An attempt to look for, and which way it went."""

    route: Route
    sought: Sought


def end_leases() -> int:
    """Rows whose sender has not come back within the lease are in doubt from now on."""
    now = clock.now()
    rows = list(
        Reminder.objects.filter(state=State.SENDING, lease_until__lte=now).select_for_update(
            skip_locked=True
        )[:BATCH]
    )
    Attempt.objects.filter(
        pk__in=[row.current_attempt for row in rows], outcome=Outcome.OPEN
    ).update(outcome=Outcome.DOUBT)
    for row in rows:
        row.move_to(State.AMBIGUOUS)
        row.due_at, row.lease_until = now, None
    write_rows(rows, ["state", "due_at", "lease_until"])
    return len(rows)


def pick_doubts() -> list[Doubt]:
    """Attempts to look up now; none while another resolver is at it. The caller commits."""
    if not try_resolver_lock(current_practice_id()):
        return []
    now = clock.now()
    rows = list(
        Reminder.objects.filter(state=State.AMBIGUOUS, due_at__lte=now)
        .order_by("due_at", "pk")
        .select_for_update(skip_locked=True)[:BATCH]
    )
    attempts = Attempt.objects.select_related("contact_point").in_bulk(
        [row.current_attempt for row in rows if row.current_attempt]
    )
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=now + NEXT_LOOK)
    doubts = []
    for attempt in attempts.values():
        point = attempt.contact_point
        if point is None or is_destroyed(point, "value"):
            record_unreadable(attempt.pk)  # nobody knows the number any more, so nobody can look
        else:
            doubts.append(_doubt(attempt, point.value))
    return doubts


def _doubt(attempt: Attempt, to: str) -> Doubt:
    return Doubt(
        Route(attempt.transport, attempt.account_id),
        Sought(
            practice_id=attempt.practice_id,
            attempt_id=attempt.pk,
            to=to,
            body_digest=attempt.body_digest,
            since=attempt.created_at,
        ),
    )


def record_looks(looks: Iterable[tuple[UUID, Found | CannotLookError | None]]) -> None:
    """Record what a batch of looks gave, attempt by attempt, in the caller's transaction."""
    for attempt_id, found in looks:
        if isinstance(found, CannotLookError):
            record_unreadable(attempt_id)
        else:
            record_lookup(attempt_id, found)


def record_lookup(attempt_id: UUID, found: Found | None) -> None:
    """Record what the provider's list showed; `None` means that it was read and did not show it."""
    now = clock.now()
    attempt = locked_attempt(attempt_id)
    if attempt is None:
        return
    if not _in_doubt(attempt):
        return
    if found is None:
        if now - attempt.created_at > GRACE:
            give_up_or_try_again(attempt, now)
        return
    apply_news(attempt, found.receipt or Receipt.ACCEPTED, sid=found.sid, code=found.code, now=now)
    for row in _in_doubt(attempt):  # the same news had come before
        sent(row, now)


def record_unreadable(attempt_id: UUID) -> None:
    """The list could not be read: nothing is known. Once the text is no use, a person looks.

    Where there will never be a list, waiting helps nobody: a person looks after the grace time,
    and nothing is sent a second time.
    """
    now = clock.now()
    attempt = locked_attempt(attempt_id)
    if attempt is None:
        return
    doubtful = _in_doubt(attempt)
    if doubtful and attempt.leaving_at is not None:
        if now - attempt.created_at > GRACE:
            give_up(attempt, now)
    elif doubtful and now > max(attempt.created_at + GRACE, *(row.expires_at for row in doubtful)):
        give_up_or_try_again(attempt, now)


def _in_doubt(attempt: Attempt) -> list[Reminder]:
    """The rows that still wait to know what became of this attempt."""
    return [
        row
        for row in rows_of(attempt)
        if row.state == State.AMBIGUOUS and row.current_attempt == attempt.pk
    ]
