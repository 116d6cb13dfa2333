"""Turn wishes into rows. Doing it twice changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from intake.selectors import open_form_ids
from portal import clock
from portal.appointments.models import CANCELLED, OUTCOMES
from portal.appointments.planning import same_visits
from portal.practices.models import Practice, PracticeSettings, PracticeStatus
from portal.practices.selectors import current_practice, settings_of_practice
from portal.tenancy.bulk import insert_rows
from reminders.models import PlanningNews, Reason, Reminder, Subject
from reminders.planner import Wish, visit_wishes
from reminders.planner_again import again_wishes
from reminders.planner_corrections import correction_wishes
from reminders.planner_forms import form_wishes
from reminders.rules.states import State
from reminders.rules.timing import OffsetKind
from reminders.selectors import policies_in_force

_BATCH = 5_000


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
    now = clock.now()
    _take_news(now)
    practice, settings = current_practice(), settings_of_practice()
    dropped = _drop_stale(now)
    if practice.status != PracticeStatus.ACTIVE or not settings.texts_enabled:
        return Planned(dropped=dropped)
    wishes = _wishes(practice, settings, now)
    known = _known(wishes)
    made = _make([wish for wish in wishes if wish.key not in known] if known else wishes, now)
    moved = _follow(wishes, known, now)
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


def _wishes(practice: Practice, settings: PracticeSettings, now: dt.datetime) -> list[Wish]:
    policies = list(policies_in_force())
    return [
        *correction_wishes(practice=practice, settings=settings, now=now),
        *again_wishes(practice=practice, settings=settings, now=now),
        *visit_wishes(practice=practice, settings=settings, policies=policies, now=now),
        *form_wishes(practice=practice, settings=settings, policies=policies, now=now),
    ]


def _take_news(now: dt.datetime) -> None:
    """Delete the news that this planning answers, before anything is read.

    What is committed after this statement is news of its own; if planning fails, this one stays.
    """
    PlanningNews.objects.filter(due_at__lte=now).delete()


class _Row(NamedTuple):
    """What planning needs of a row that exists already."""

    pk: UUID
    state: str
    wanted_at: dt.datetime
    due_at: dt.datetime
    expires_at: dt.datetime
    attempts: int
    waits: int


def _known(wishes: Iterable[Wish]) -> dict[tuple[object, ...], _Row]:
    """The rows that exist for these wishes' subjects, by the unique key; one query."""
    rows = Reminder.objects.filter(subject_id__in={wish.subject_id for wish in wishes})
    key = ("recipient_id", "subject_type", "subject_id", "subject_version", "policy_step")
    return {row[:6]: _Row(*row[6:]) for row in rows.values_list(*key, "channel", *_Row._fields)}


_GIVEN = (
    "patient",
    "recipient_id",
    "subject_type",
    "subject_id",
    "subject_version",
    "policy",
    "policy_step",
    "channel",
    "state",
    "reason",
    "wanted_at",
    "moved",
    "due_at",
    "expires_at",
    "settled_at",
)


def _make(wishes: list[Wish], now: dt.datetime) -> int:
    """Insert; a row that another sweep made in the same moment wins."""
    same = {"created_at": now, "attempts": 0, "waits": 0, "segments": 0, "possible_double": False}
    made = 0
    for begin in range(0, len(wishes), _BATCH):
        rows = [_columns(wish, now) for wish in wishes[begin : begin + _BATCH]]
        made += insert_rows(Reminder, _GIVEN, rows, same=same, first_wins=True)
    return made


def _columns(wish: Wish, now: dt.datetime) -> tuple[object, ...]:
    """One row in the order of `_GIVEN`."""
    dropped = wish.due_at is None
    return (
        wish.patient_id,
        wish.patient_id,
        wish.subject_type,
        wish.subject_id,
        wish.subject_version,
        wish.policy_id,
        wish.step,
        wish.channel,
        _first_state(wish).value,
        wish.reason.value,
        wish.wanted_at,
        wish.moved.value,
        # A row without a decent moment stands in the ledger where it would have been.
        wish.due_at or wish.wanted_at,
        wish.expires_at,
        now if dropped else None,
    )


def _first_state(wish: Wish) -> State:
    if wish.due_at is not None:
        return State.PLANNED
    return State.SUPPRESSED if wish.reason is Reason.SHORT_NOTICE else State.EXPIRED


def _follow(
    wishes: Iterable[Wish], known: Mapping[tuple[object, ...], _Row], now: dt.datetime
) -> int:
    """Waiting, untried rows take the moment that is wanted now."""
    moved = 0
    for wish in wishes:
        row = known.get(wish.key)
        if row is None or row.state != State.PLANNED or wish.due_at is None:
            continue
        if row.attempts or row.waits or not _differs(wish, row, now):
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


def _differs(wish: Wish, row: _Row, now: dt.datetime) -> bool:
    """Whether the row has to follow: another visit's time, zone data, or other quiet hours.

    What is due now, or is held back for a while, is the claim's.
    """
    if row.wanted_at != wish.wanted_at or row.expires_at != wish.expires_at:
        return True
    return row.due_at != wish.due_at and min(row.wanted_at, row.due_at) > now


def _drop_stale(now: dt.datetime) -> int:
    """Waiting rows about what was changed or is done say so at once, not only when due."""
    waiting = Reminder.objects.filter(state=State.PLANNED)
    stale = {**_stale_visits(waiting), **_stale_forms(waiting)}
    dropped = 0
    for reason in set(stale.values()):
        keys = [pk for pk, why in stale.items() if why is reason]
        dropped += waiting.filter(pk__in=keys).update(
            state=State.SUPPRESSED, reason=reason, settled_at=now
        )
    return dropped


def _stale_visits(waiting: QuerySet[Reminder]) -> dict[UUID, Reason]:
    """Rows whose visit is another by now, each with what became of it.

    The database compares; only what is stale is read.
    """
    visit = same_visits(OuterRef("subject_id"))
    rows = waiting.filter(subject_type=Subject.APPOINTMENT).annotate(
        version_now=Subquery(visit.values("version")), status_now=Subquery(visit.values("status"))
    )
    changed = rows.exclude(version_now=F("subject_version"), version_now__isnull=False)
    fields = ("pk", "policy__kind", "status_now")
    return {pk: _what_became(kind, status) for pk, kind, status in changed.values_list(*fields)}


def _what_became(kind: str | None, status: str | None) -> Reason:
    if status is None:
        return Reason.GONE
    if kind == OffsetKind.AFTER_NO_SHOW:
        return Reason.OUTCOME_CHANGED
    if status in CANCELLED:
        return Reason.CANCELLED
    return Reason.BEGUN if status in OUTCOMES else Reason.MOVED


def _stale_forms(waiting: QuerySet[Reminder]) -> dict[UUID, Reason]:
    rows = dict(waiting.filter(subject_type=Subject.FORM).values_list("pk", "subject_id"))
    still_open = open_form_ids(set(rows.values())) if rows else set()
    return {pk: Reason.FORM_DONE for pk, subject in rows.items() if subject not in still_open}
