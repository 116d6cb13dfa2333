"""What the checks need, read once for the whole batch and locked until the claim has committed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.db.models import Count

from intake.models import Assignment
from intake.selectors import assignments_by_id, lock_assignments
from portal.appointments.models import Appointment
from portal.appointments.selectors import appointments_by_id, lock_appointments
from portal.backups import selectors as backups
from portal.encryption.selectors import is_destroyed
from portal.people.contact_points import contact_points_by_id, lock_contact_points, numbers_matching
from portal.people.models import ContactPoint, Patient
from portal.practices.models import Membership
from portal.work.models import Notice
from reminders import texts
from reminders.models import InboundMessage, Reminder, Subject
from reminders.planner_corrections import STEP as CORRECTION
from reminders.reach import point_ids_of
from reminders.rules.states import State

# A text that waited longer than this gives way to a later one about the same visit.
_LATE = dt.timedelta(minutes=15)
# Two texts about one visit closer than this are one too many.
_TOO_CLOSE = dt.timedelta(hours=3)

_ON_THE_WAY = [
    state.value
    for state in (State.PLANNED, State.SENDING, State.SENT, State.DELIVERED, State.AMBIGUOUS)
]

# Whom and how: the key of a contact point that many rows may share.
_Reach = tuple[UUID, str]
_K = TypeVar("_K")


@dataclass(frozen=True)
class Earlier:
    """The texts that a correction sets right."""

    rows: list[Reminder]

    @property
    def states(self) -> set[State]:
        """Where they stand."""
        return {State(row.state) for row in self.rows}

    @property
    def is_discreet(self) -> bool:
        """Whether any of them spoke discreetly whatever the telephone."""
        return any(row.policy is not None and row.policy.discreet for row in self.rows)


@dataclass
class Facts:
    """What the checks need. `busy_…` are things that somebody is changing in this moment.

    `points` are keyed by patient and channel; `reply_points` by row, since an answer goes to the
    number that asked. `unread` is how many notices of each mail are unread, `addresses` where
    staff get theirs. `earlier` are the texts that each correction in the batch sets right.
    `silent_before` is set after a restore: what was wanted before may have left.
    """

    now: dt.datetime
    voice: texts.Voice
    appointments: dict[UUID, Appointment]
    busy_appointments: set[UUID]
    inbound: dict[UUID, InboundMessage]
    points: dict[_Reach, ContactPoint]
    reply_points: dict[UUID, ContactPoint]
    busy_points: set[UUID]
    overtaken: set[UUID]
    forms: dict[UUID, Assignment]
    busy_forms: set[UUID]
    earlier: Mapping[UUID, Earlier]
    silent_before: dt.datetime | None = None
    unread: dict[UUID, int] = field(default_factory=dict)
    addresses: dict[UUID, str] = field(default_factory=dict)

    def point_of(self, row: Reminder) -> ContactPoint | None:
        """The best live number or address of a row's patient."""
        return self.points.get((row.recipient_id, row.channel))

    @staticmethod
    def patient_of(row: Reminder) -> Patient:
        """Whom a row about a visit, a form or a reply is for."""
        if row.patient is None:
            raise TypeError("a row to staff has no patient")
        return row.patient


def gather(rows: list[Reminder], voice: texts.Voice, now: dt.datetime) -> Facts:
    """Read and lock what the checks of these rows need: the same few queries for one or for all."""
    visits = [row for row in rows if row.subject_type == Subject.APPOINTMENT]
    replies = [row for row in rows if row.subject_type == Subject.INBOUND]
    wanted = {row.subject_id for row in visits}
    patients = {row.patient.pk: row.patient for row in rows if row.patient is not None}
    appointments = lock_appointments(wanted, patients=patients)
    busy = set(appointments_by_id(wanted - appointments.keys()))
    inbound = InboundMessage.objects.select_related("reminder").in_bulk(
        [row.subject_id for row in replies]
    )
    about = {m.reminder.subject_id for m in inbound.values() if m.reminder is not None}
    asked = {row.subject_id for row in rows if row.subject_type == Subject.FORM}
    forms = lock_assignments(asked) if asked else {}
    points = point_ids_of(
        row for row in rows if row.patient_id and row.subject_type != Subject.INBOUND
    )
    reply_points = _reply_points(replies, inbound)
    found = {*points.values(), *reply_points.values()}
    locked = lock_contact_points(found)
    busy_points = contact_points_by_id(found - locked.keys()) if found - locked.keys() else {}
    known = {**busy_points, **locked}
    return Facts(
        now=now,
        voice=voice,
        appointments={**appointments_by_id(about - appointments.keys()), **appointments},
        busy_appointments=busy,
        inbound=inbound,
        points=dict(_alive(points, known)),
        reply_points=dict(_alive(reply_points, known)),
        busy_points=set(busy_points),
        overtaken=_overtaken(visits, now),
        forms=forms,
        busy_forms=set(assignments_by_id(asked - forms.keys())) if asked - forms.keys() else set(),
        earlier=_earlier(visits),
        unread=_unread([row for row in rows if row.subject_type == Subject.NOTICE]),
        addresses=_addresses(rows),
        silent_before=backups.silent_before(),
    )


def _earlier(visits: list[Reminder]) -> dict[UUID, Earlier]:
    """The texts about earlier versions of a visit, for each correction of one."""
    corrections = [row for row in visits if row.policy_step == CORRECTION]
    if not corrections:
        return {}
    rows = Reminder.objects.filter(
        subject_type=Subject.APPOINTMENT, subject_id__in=[row.subject_id for row in corrections]
    ).select_related("policy")
    known = list(rows)
    return {
        row.pk: Earlier(
            [
                other
                for other in known
                if (other.recipient_id, other.subject_id) == (row.recipient_id, row.subject_id)
                and other.subject_version < row.subject_version
            ]
        )
        for row in corrections
    }


def _reply_points(replies: list[Reminder], inbound: dict[UUID, InboundMessage]) -> dict[UUID, UUID]:
    """The key of the number that asked, for each answer."""
    points = {}
    for row in replies:
        message = inbound.get(row.subject_id)
        if message is None or is_destroyed(message, "number"):
            continue
        matching = numbers_matching(message.number)
        point = next((p for p in matching if p.patient_id == row.patient_id), None)
        if point is not None:
            points[row.pk] = point.pk
    return points


def _alive(
    points: dict[_K, UUID], known: dict[UUID, ContactPoint]
) -> Iterable[tuple[_K, ContactPoint]]:
    """Each as it was read, without numbers that went with a patient's key.

    One of those would hold up all the others.
    """
    for key, pk in points.items():
        point = known.get(pk)
        if point is not None and not is_destroyed(point, "value"):
            yield key, point


def _unread(news: list[Reminder]) -> dict[UUID, int]:
    """How many of the notices in each mail nobody has read yet."""
    if not news:
        return {}
    rows = Notice.objects.filter(mailed_in__in=[row.subject_id for row in news], read_at=None)
    return dict(rows.values_list("mailed_in").annotate(count=Count("pk")))


def _addresses(rows: list[Reminder]) -> dict[UUID, str]:
    """Where staff get their mail: the address of their account."""
    people = {row.member_id for row in rows if row.member_id is not None}
    if not people:
        return {}
    return dict(Membership.objects.filter(pk__in=people).values_list("pk", "user__email"))


def _overtaken(visits: list[Reminder], now: dt.datetime) -> set[UUID]:
    """Late rows for whose visit a later text has left already or leaves within three hours."""
    visits = [row for row in visits if row.policy_step != CORRECTION]
    late = [row for row in visits if row.wanted_at < now - _LATE]
    if not late:
        return set()
    latest: dict[tuple[UUID, UUID, int], dt.datetime] = {
        (recipient, subject, version): wanted
        for recipient, subject, version, wanted in Reminder.objects.filter(
            subject_id__in={row.subject_id for row in late},
            state__in=_ON_THE_WAY,
            wanted_at__lte=now + _TOO_CLOSE,
        )
        .exclude(policy_step=CORRECTION)  # it may turn out not to be needed
        .order_by("wanted_at")
        .values_list("recipient_id", "subject_id", "subject_version", "wanted_at")
    }
    return {
        row.pk
        for row in late
        if latest[row.recipient_id, row.subject_id, row.subject_version] > row.wanted_at
    }
