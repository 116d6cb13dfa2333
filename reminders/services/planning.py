"""Turn wishes into rows. Doing it twice changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal import clock
from portal.appointments.models import CANCELLED
from portal.appointments.selectors import appointments_by_id
from portal.practices.models import PracticeStatus
from portal.practices.selectors import current_practice, settings_of_practice
from reminders import planner
from reminders.models import Reason, Reminder, Subject
from reminders.rules.states import State

_BATCH = 1_000


@dataclass(frozen=True)
class Planned:
    """What one sweep of one practice did, in rows."""

    made: int = 0
    moved: int = 0
    dropped: int = 0


def plan() -> Planned:
    """Plan the ambient practice's texts up to the horizon.

    Makes rows that are missing, moves waiting rows whose visit or policy asks for another moment
    (zone data changed, say), and drops waiting rows whose visit was moved or cancelled. Does
    nothing for a practice that sends no texts.
    """
    practice, settings = current_practice(), settings_of_practice()
    now = clock.now()
    dropped = _drop_stale()
    if practice.status != PracticeStatus.ACTIVE or not settings.texts_enabled:
        return Planned(dropped=dropped)
    wishes = planner.wishes(practice=practice, settings=settings, now=now)
    known = _known(wishes)
    made = _make([wish for wish in wishes if wish.key not in known], now)
    moved = _follow(wishes, known)
    return Planned(made, moved, dropped)


def plan_reply(
    *, patient_id: UUID, inbound_id: UUID, step: str, now: dt.datetime, useful: dt.timedelta
) -> None:
    """One automatic answer to one message: the same machine, so it leaves at most once."""
    Reminder.objects.bulk_create(
        [
            Reminder(
                patient_id=patient_id,
                recipient_id=patient_id,
                subject_type=Subject.INBOUND,
                subject_id=inbound_id,
                policy_step=f"reply:{step}",
                wanted_at=now,
                due_at=now,
                expires_at=now + useful,
                created_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def _known(wishes: Iterable[planner.Wish]) -> dict[tuple[object, ...], Reminder]:
    """The rows that exist for these wishes' subjects, by key; one query."""
    rows = Reminder.objects.filter(subject_id__in={wish.subject_id for wish in wishes})
    return {
        (
            row.recipient_id,
            row.subject_type,
            row.subject_id,
            row.subject_version,
            row.policy_step,
            row.channel,
        ): row
        for row in rows
    }


def _make(wishes: list[planner.Wish], now: dt.datetime) -> int:
    """Insert; a row that another sweep made in the same moment wins."""
    rows = [_row(wish, now) for wish in wishes]
    Reminder.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    return len(rows)


def _row(wish: planner.Wish, now: dt.datetime) -> Reminder:
    dropped = wish.due_at is None
    return Reminder(
        patient_id=wish.patient_id,
        recipient_id=wish.patient_id,
        subject_type=wish.subject_type,
        subject_id=wish.subject_id,
        subject_version=wish.subject_version,
        policy_id=wish.policy_id,
        policy_step=wish.step,
        channel=wish.channel,
        state=(State.EXPIRED if dropped else State.PLANNED).value,
        reason=wish.reason,
        wanted_at=wish.wanted_at,
        moved=wish.moved.value,
        # A row without a decent moment stands in the ledger where it would have been.
        due_at=wish.due_at or wish.wanted_at,
        expires_at=wish.expires_at,
        settled_at=now if dropped else None,
        created_at=now,
    )


def _follow(wishes: Iterable[planner.Wish], known: dict[tuple[object, ...], Reminder]) -> int:
    """Waiting, untried rows take the moment that is wanted now."""
    moved = 0
    for wish in wishes:
        row = known.get(wish.key)
        if row is None or row.state != State.PLANNED or wish.due_at is None:
            continue
        same = row.wanted_at == wish.wanted_at and row.expires_at == wish.expires_at
        if same or row.attempts or row.waits:
            continue
        moved += Reminder.objects.filter(
            pk=row.pk, state=State.PLANNED, attempts=0, waits=0
        ).update(
            wanted_at=wish.wanted_at,
            due_at=wish.due_at,
            expires_at=wish.expires_at,
            moved=wish.moved.value,
        )
    return moved


def _drop_stale() -> int:
    """Waiting rows about a visit that was moved or cancelled say so at once, not only when due."""
    rows = list(
        Reminder.objects.filter(state=State.PLANNED, subject_type=Subject.APPOINTMENT).values_list(
            "pk", "subject_id", "subject_version"
        )
    )
    appointments = appointments_by_id({subject for _, subject, _ in rows})
    stale: dict[Reason, list[UUID]] = {}
    for pk, subject, version in rows:
        appointment = appointments.get(subject)
        if appointment is None:
            stale.setdefault(Reason.GONE, []).append(pk)
        elif appointment.status in CANCELLED:
            stale.setdefault(Reason.CANCELLED, []).append(pk)
        elif appointment.version != version:
            stale.setdefault(Reason.MOVED, []).append(pk)
    now = clock.now()
    dropped = 0
    for reason, keys in stale.items():
        waiting = Reminder.objects.filter(pk__in=keys, state=State.PLANNED)
        dropped += waiting.update(state=State.SUPPRESSED, reason=reason, settled_at=now)
    return dropped
