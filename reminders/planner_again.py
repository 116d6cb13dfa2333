"""Texts that could not go out for want of a number, once there is one: each is wanted once more.

What stands in the ledger stays there; the second row has a step of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery

from portal.appointments.models import Status
from portal.appointments.planning import same_visits
from portal.people.planning import points_agreed_since
from portal.practices.models import Practice, PracticeSettings
from reminders.models import Reason, Reminder, Subject
from reminders.planner import Surroundings, Wish, wish_at_once
from reminders.rules.states import State
from reminders.rules.timing import BEFORE_A_VISIT

AGAIN = "~again"
"""How the step of such a row ends."""

# A sweep comes seconds after the change; a day is far more than any standstill leaves useful.
_LOOK_BACK = dt.timedelta(days=1)
# A text that was due before that has later ones; by this the rows are found in an index.
_DUE_SINCE = dt.timedelta(days=15)
_CLOSE = dt.timedelta(hours=3)
_ENDED = [State.SUPPRESSED.value, State.FAILED.value, State.UNDELIVERED.value]
_FOR_WANT_OF_A_NUMBER = [
    Reason.NO_NUMBER,
    Reason.NO_ADDRESS,
    Reason.NO_CONSENT,
    Reason.STOPPED,
    Reason.BAD_NUMBER,
    Reason.NETWORK,
    Reason.UNKNOWN_CODE,
]
_TOLD = [State.SENDING.value, State.AMBIGUOUS.value, State.SENT.value, State.DELIVERED.value]


class _Unsent(NamedTuple):
    """A text before a visit that did not reach its patient."""

    patient_id: UUID
    appointment_id: UUID
    version: int
    policy_id: UUID
    step: str
    channel: str
    wanted_at: dt.datetime
    agreed_at: dt.datetime
    expires_at: dt.datetime
    patient_zone: str


def again_wishes(*, practice: Practice, settings: PracticeSettings, now: dt.datetime) -> list[Wish]:
    """The last unsent text about each visit of whoever can be reached anew; rarely any."""
    unsent = _unsent(now)
    if not unsent:
        return []
    channels, patients = {each.channel for each in unsent}, {each.patient_id for each in unsent}
    around = Surroundings.of(practice, settings, now, channels, patients)
    return [_wish(each, around) for each in unsent]


def _unsent(now: dt.datetime) -> list[_Unsent]:
    visit = same_visits(OuterRef("subject_id"))
    agreed = points_agreed_since(now - _LOOK_BACK).filter(
        patient_id=OuterRef("patient_id"), system=OuterRef("channel")
    )
    rows = Reminder.objects.filter(
        due_at__gte=now - _DUE_SINCE,
        subject_type=Subject.APPOINTMENT,
        state__in=_ENDED,
        reason__in=_FOR_WANT_OF_A_NUMBER,
        policy__kind__in=sorted(kind.value for kind in BEFORE_A_VISIT),
        policy__retired_at=None,
        settled_at__isnull=False,
        expires_at__gt=now,
    ).exclude(policy_step__endswith=AGAIN)
    standing = rows.annotate(
        version_now=Subquery(visit.values("version")),
        status_now=Subquery(visit.values("status")),
        agreed_at=Subquery(agreed.order_by("-consent_given_at").values("consent_given_at")[:1]),
    ).filter(
        version_now=F("subject_version"),
        status_now__in=[Status.BOOKED, Status.CONFIRMED],
        agreed_at__gte=F("settled_at"),
    )
    fields = (
        "patient_id",
        "subject_id",
        "subject_version",
        "policy_id",
        "policy_step",
        *_Unsent._fields[5:-1],
        "patient__time_zone",
    )
    found = (_Unsent(*row) for row in standing.order_by("wanted_at").values_list(*fields))
    last = {each.appointment_id: each for each in found}
    told = _told_since(last.values(), now) if last else set()
    return [each for each in last.values() if each.appointment_id not in told]


def _told_since(unsent: Iterable[_Unsent], now: dt.datetime) -> set[UUID]:
    """The visits of which another text has told since, or tells in a moment."""
    wanted = {each.appointment_id: each.wanted_at for each in unsent}
    rows = Reminder.objects.filter(
        Q(state__in=_TOLD) | Q(state=State.PLANNED, due_at__lte=now + _CLOSE),
        subject_type=Subject.APPOINTMENT,
        subject_id__in=list(wanted),
    ).exclude(policy_step__endswith=AGAIN)
    found = rows.values_list("subject_id", "wanted_at")
    return {visit for visit, at in found if at >= wanted[visit]}


def _wish(unsent: _Unsent, around: Surroundings) -> Wish:
    return wish_at_once(
        around,
        patient_id=unsent.patient_id,
        patient_zone=unsent.patient_zone,
        visit=(unsent.appointment_id, unsent.version),
        policy_id=unsent.policy_id,
        step=unsent.step + AGAIN,
        channel=unsent.channel,
        since=unsent.agreed_at,
        ends=unsent.expires_at,
    )
