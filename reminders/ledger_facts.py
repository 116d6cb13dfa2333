"""What planning asks of the ledger, inside one practice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from portal import clock
from reminders.models import Channel, Reminder, Subject
from reminders.rules.states import State

_LATELY = dt.timedelta(days=31)  # a policy's text comes no earlier before its visit
_OUT = (State.SENDING, State.AMBIGUOUS, State.SENT, State.DELIVERED, State.UNDELIVERED)


class Nudge(NamedTuple):
    """One text about an unfinished form: the how-manieth it was."""

    step: str
    channel: str
    number: int
    state: str
    wanted_at: dt.datetime


def nudges_of(assignment_ids: Iterable[UUID]) -> dict[UUID, list[Nudge]]:
    """The texts about each of these forms that were ever planned, the first one first."""
    rows = Reminder.objects.filter(subject_type=Subject.FORM, subject_id__in=list(assignment_ids))
    fields = ("policy_step", "channel", "subject_version", "state", "wanted_at")
    found: dict[UUID, list[Nudge]] = {}
    for subject_id, *rest in rows.order_by("subject_version").values_list("subject_id", *fields):
        found.setdefault(subject_id, []).append(Nudge(*rest))
    return found


def visits_beside(text: Reminder) -> list[Reminder]:
    """Rows about other visits that left in the same message as this one, one for each visit."""
    if text.current_attempt is None or text.patient_id is None:
        return []
    rows = Reminder.objects.filter(
        patient_id=text.patient_id,
        current_attempt=text.current_attempt,
        subject_type=Subject.APPOINTMENT,
    )
    found = {row.subject_id: row for row in rows.exclude(subject_id=text.subject_id)}
    return list(found.values())


def visits_told_to(patient_ids: Iterable[UUID]) -> dict[UUID, set[int]]:
    """The visits of which a text has left for these patients lately, and which versions of them."""
    rows = Reminder.objects.filter(
        patient_id__in=list(patient_ids),
        subject_type=Subject.APPOINTMENT,
        channel=Channel.SMS,
        state__in=[state.value for state in _OUT],
        due_at__gte=clock.now() - _LATELY,
    )
    told: dict[UUID, set[int]] = {}
    for visit_id, version in rows.values_list("subject_id", "subject_version"):
        told.setdefault(visit_id, set()).add(version)
    return told
