"""Corrections: a text that was on its way when its visit was moved or cancelled is set right once.

A text that had arrived before the change is no matter of a machine: whoever changes a visit speaks
to the patient, and a moved visit gets its own texts.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery

from portal.appointments.models import CANCELLED, Status
from portal.appointments.planning import same_visits
from portal.practices.models import Practice, PracticeSettings
from reminders.models import Reason, Reminder, Subject
from reminders.planner import Surroundings, Wish, wish_at_once
from reminders.rules.states import State

STEP = "correction"

# A sweep comes a few seconds after the change; a day is far more than any standstill leaves useful.
_LOOK_BACK = dt.timedelta(days=1)
_MAY_BE_OUT = [State.SENDING.value, State.AMBIGUOUS.value]
_IS_OUT = [State.SENT.value, State.DELIVERED.value]
_CAN_BE_SAID = [*(status.value for status in CANCELLED), Status.BOOKED, Status.CONFIRMED]


class _Crossed(NamedTuple):
    """A text that crossed with a change of its visit."""

    patient_id: UUID
    appointment_id: UUID
    channel: str
    version: int
    changed_at: dt.datetime
    starts_at: dt.datetime
    patient_zone: str


def correction_wishes(
    *, practice: Practice, settings: PracticeSettings, now: dt.datetime
) -> list[Wish]:
    """One correction for each visit that was changed under a text, and each version of it."""
    crossed = _crossed(now)
    if not crossed:
        return []
    channels = {each.channel for each in crossed}
    patients = {each.patient_id for each in crossed}
    around = Surroundings.of(practice, settings, now, channels, patients)
    return [_wish(each, around) for each in crossed]


def _crossed(now: dt.datetime) -> list[_Crossed]:
    """Texts of an earlier version that left after the change, or may be out still; one query.

    And corrections that a further change has overtaken before they could leave.
    """
    visit = same_visits(OuterRef("subject_id"))
    overtaken = Q(policy_step=STEP, state=State.SUPPRESSED, reason=Reason.MOVED)
    rows = Reminder.objects.filter(
        Q(state__in=_MAY_BE_OUT)
        | Q(Q(state__in=_IS_OUT) | overtaken, due_at__gte=now - _LOOK_BACK),
        subject_type=Subject.APPOINTMENT,
    ).annotate(
        version_now=Subquery(visit.values("version")),
        status_now=Subquery(visit.values("status")),
        changed_at=Subquery(visit.values("status_at")),
        starts_at=Subquery(visit.values("starts_at")),
    )
    crossed = rows.filter(
        Q(sent_at=None) | Q(sent_at__gte=F("changed_at")),
        version_now__gt=F("subject_version"),
        status_now__in=_CAN_BE_SAID,
        starts_at__gt=now,
    )
    fields = ("patient_id", "subject_id", "channel", "version_now", "changed_at", "starts_at")
    found = crossed.order_by("subject_id", "channel").values_list(*fields, "patient__time_zone")
    return [_Crossed(*row) for row in found.distinct()]


def _wish(crossed: _Crossed, around: Surroundings) -> Wish:
    return wish_at_once(
        around,
        patient_id=crossed.patient_id,
        patient_zone=crossed.patient_zone,
        visit=(crossed.appointment_id, crossed.version),
        policy_id=None,
        step=STEP,
        channel=crossed.channel,
        since=crossed.changed_at,
        ends=crossed.starts_at,
    )
