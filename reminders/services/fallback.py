"""Where one channel does not reach somebody: the other one, if the policy says so.

The other channel's row says the same thing about the same subject, with the same policy and step,
so it can exist once and is checked at its claim like any other. There is no way back from it.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from portal.people.contact_points import reach_points_of
from reminders.models import Channel, Fallback, Reason, Reminder
from reminders.reach import number_is_shut
from reminders.rules.states import State
from reminders.stops import stopped_channels

ANOTHER_WAY_MAY_HELP: Final = frozenset(
    {Reason.NO_NUMBER, Reason.NO_ADDRESS, Reason.BAD_NUMBER, Reason.NO_CONSENT}
)
"""Why a row was not sent at all, where that says nothing about the other channel. STOP does."""

_STILL_GOOD: Final = frozenset(
    {State.PLANNED, State.SENDING, State.AMBIGUOUS, State.SENT, State.DELIVERED}
)


def take_over(row: Reminder, now: dt.datetime) -> bool:
    """Say it on the other channel instead. Returns whether somebody is or was told that way.

    Not where the policy does not want it, where that channel is stopped or must not be used, or
    where its time has passed.
    """
    if row.patient_id is None or row.policy is None:
        return False
    if row.policy.fallback != Fallback.OTHER_CHANNEL:
        return False
    other = Channel.EMAIL if row.channel == Channel.SMS else Channel.SMS
    known = _same_on(row, other)
    if known is not None:
        return State(known.state) in _STILL_GOOD
    if now >= row.expires_at or other in stopped_channels():
        return False
    point = reach_points_of({row.patient_id}, other).get(row.patient_id)
    if number_is_shut(point, other) is not None:
        return False
    Reminder.objects.bulk_create([_instead_of(row, other, now)], ignore_conflicts=True)
    return True


def _same_on(row: Reminder, channel: Channel) -> Reminder | None:
    return Reminder.objects.filter(
        recipient_id=row.recipient_id,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        subject_version=row.subject_version,
        policy_step=row.policy_step,
        channel=channel,
    ).first()


def _instead_of(row: Reminder, channel: Channel, now: dt.datetime) -> Reminder:
    return Reminder(
        patient_id=row.patient_id,
        recipient_id=row.recipient_id,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        subject_version=row.subject_version,
        policy_id=row.policy_id,
        policy_step=row.policy_step,
        channel=channel,
        wanted_at=now,
        due_at=now,
        expires_at=row.expires_at,
        created_at=now,
    )
