"""One message instead of three: what leaves together.

Rows to one person on one channel that are due within a few hours of one another, on the same day,
leave in one message: the earliest takes the others along. A text that is due later is never brought
so far forward that it would come twice as long before its visit as the practice wants it, and one
that has been tried before goes with those that were tried as often.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet, prefetch_related_objects

from portal import clock
from portal.tenancy.related import read_related
from reminders.models import Reminder, Subject
from reminders.planner_corrections import STEP as CORRECTION
from reminders.rules.states import State
from reminders.rules.timing import OffsetKind
from reminders.services.claiming.facts import Facts
from reminders.services.claiming.verdicts import Go

WITHIN = dt.timedelta(hours=3)
"""Two messages to one person closer than this are one too many."""


@dataclass(frozen=True)
class Parcel:
    """What leaves in one message: the row that carries it, and those that it takes along."""

    row: Reminder
    go: Go
    along: tuple[tuple[Reminder, Go], ...] = ()

    @property
    def all(self) -> tuple[tuple[Reminder, Go], ...]:
        """Every row of the message, the carrier first."""
        return ((self.row, self.go), *self.along)


def companions(rows: list[Reminder], now: dt.datetime, *, limit: int) -> list[Reminder]:
    """More rows for people to whom something leaves now, due as well or soon; locked, one query."""
    waiting = {(row.recipient_id, row.channel) for row in rows if _may_share(row)}
    if not waiting:
        return []
    people = Q()
    for channel in sorted({channel for _, channel in waiting}):
        ids = [recipient for recipient, its in waiting if its == channel]
        people |= Q(channel=channel, recipient_id__in=ids)
    found = Reminder.objects.filter(
        people,
        state=State.PLANNED,
        due_at__lte=now + WITHIN,
        attempts=0,
        waits=0,
        subject_type__in=[Subject.APPOINTMENT, Subject.FORM],
    ).exclude(pk__in=[row.pk for row in rows])
    return [row for row in oldest_of(found, limit) if _may_share(row)]


def oldest_of(rows: QuerySet[Reminder], limit: int) -> list[Reminder]:
    """The oldest of them, locked, each with whom it is for; many share a policy, read once.

    Nothing is joined: with tables that nobody has counted yet, as after a restore, PostgreSQL may
    compare every due row with every patient before it takes the first hundred.
    """
    found = list(rows.order_by("due_at", "pk").select_for_update(skip_locked=True)[:limit])
    read_related(found, "patient", "policy", "member")
    policies = {row.policy.pk: row.policy for row in found if row.policy is not None}
    prefetch_related_objects(list(policies.values()), "wordings")
    return found


def pack(claimed: Iterable[tuple[Reminder, Go]], facts: Facts) -> list[Parcel]:
    """Put what may leave now into messages; a row that is not due yet leaves only with another.

    A correction takes along what would say the same of its visit, and nothing else.
    """
    kept = list(claimed)
    corrected = {row.subject_id for row, _ in kept if row.policy_step == CORRECTION}
    groups: dict[tuple[object, ...], list[tuple[Reminder, Go]]] = {}
    alone = []
    for row, go in kept:
        if not _may_share(row):
            alone.append(Parcel(row, go))
        elif row.due_at <= facts.now or _may_ride(row, go, facts):
            visit = row.subject_id if row.subject_id in corrected else None
            key = (row.recipient_id, go.to.channel, go.to.address, row.attempts, visit)
            groups.setdefault(key, []).append((row, go))
    together = [
        _parcel(group) for group in groups.values() if any(r.due_at <= facts.now for r, _ in group)
    ]
    return [*alone, *together]


def visits_in(parcel: Parcel) -> list[Go]:
    """The visits that a message speaks of, each once, by start."""
    found: dict[UUID, Go] = {}
    for _, go in parcel.all:
        if go.appointment is not None:
            found.setdefault(go.appointment.pk, go)
    return sorted(found.values(), key=lambda go: go.appointment.starts_at)  # type: ignore[union-attr]  # filtered


def _parcel(group: list[tuple[Reminder, Go]]) -> Parcel:
    """A correction carries, then a text about a visit, then one about a form; then the earliest."""
    (row, go), *along = sorted(group, key=_rank)
    return Parcel(row, go, tuple(along))


def _rank(each: tuple[Reminder, Go]) -> tuple[bool, bool, dt.datetime]:
    row, _ = each
    is_visit = row.subject_type == Subject.APPOINTMENT
    return row.policy_step != CORRECTION, not is_visit, row.due_at


def _may_share(row: Reminder) -> bool:
    """Texts before a visit and about forms may leave together; what is said after one is apart."""
    if row.policy_step == CORRECTION:
        return True
    if row.patient_id is None or row.policy is None:
        return False
    if row.subject_type == Subject.FORM:
        return True
    return bool(
        row.subject_type == Subject.APPOINTMENT and row.policy.kind != OffsetKind.AFTER_NO_SHOW
    )


def _may_ride(row: Reminder, go: Go, facts: Facts) -> bool:
    """Whether a text may leave so much before its own moment."""
    patient = facts.patient_of(row)
    zone = clock.zone(patient.time_zone or facts.voice.practice.time_zone)
    if row.due_at.astimezone(zone).date() != facts.now.astimezone(zone).date():
        return False
    if go.appointment is None:
        return True
    return row.due_at - facts.now <= go.appointment.starts_at - row.due_at
