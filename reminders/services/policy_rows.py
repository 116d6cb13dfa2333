"""What a change of a policy does to its rows in the ledger.

A row that has left is never touched. A row that waits has told nobody anything yet: it follows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from portal import clock
from portal.appointments.models import Appointment
from portal.appointments.selectors import appointments_by_id
from portal.practices.selectors import current_practice
from reminders.models import Reason, Reminder, ReminderPolicy, Subject
from reminders.planner import visit_of
from reminders.rules.states import State
from reminders.rules.timing import BEFORE_A_VISIT, wanted_moment

_LEFT = [
    state.value
    for state in (State.SENDING, State.SENT, State.DELIVERED, State.UNDELIVERED, State.AMBIGUOUS)
]


def take_up(policy: ReminderPolicy) -> None:
    """Make room for a policy: what was dropped with an earlier one is planned anew.

    The first text of a type takes the place of those for every type: what waits of theirs for
    visits of that type is not wanted any more.
    """
    if policy.appointment_type_id is not None:
        _clear_for_type(policy)
    Reminder.objects.filter(
        state=State.SUPPRESSED,
        reason=Reason.RETIRED,
        policy_step=policy.step.key,
        channel=policy.channel,
        attempts=0,
        expires_at__gt=clock.now(),
    ).delete()


def drop(policy: ReminderPolicy) -> int:
    """What waits is not sent. Returns how many rows.

    Where the texts for every type take over, the rows go, so that theirs can stand there.
    """
    waiting = Reminder.objects.filter(policy=policy, state=State.PLANNED)
    if policy.appointment_type_id is not None:
        return waiting.filter(attempts=0).delete()[0]
    return waiting.update(state=State.SUPPRESSED, reason=Reason.RETIRED, settled_at=clock.now())


def hand_over(old: ReminderPolicy, new: ReminderPolicy) -> None:
    """Waiting rows take the new words; at another moment they are planned anew.

    Whoever has had the old text gets no second one because the new moment lies in the past: a row
    that says so stands in the new one's place.
    """
    waiting = Reminder.objects.filter(policy=old, state=State.PLANNED, attempts=0)
    if _place(old) == _place(new):
        waiting.update(policy=new)
        return
    waiting.delete()
    take_up(new)
    Reminder.objects.bulk_create(list(_said_already(old, new)), ignore_conflicts=True)


def _clear_for_type(policy: ReminderPolicy) -> None:
    general = dict(
        Reminder.objects.filter(
            policy__appointment_type=None,
            policy__retired_at=None,
            subject_type=Subject.APPOINTMENT,
            state=State.PLANNED,
            attempts=0,
        ).values_list("pk", "subject_id")
    )
    visits = appointments_by_id(set(general.values()))
    theirs = [
        pk
        for pk, subject in general.items()
        if subject in visits and visits[subject].type_id == policy.appointment_type_id
    ]
    Reminder.objects.filter(pk__in=theirs, state=State.PLANNED, attempts=0).delete()


def _place(policy: ReminderPolicy) -> tuple[object, ...]:
    return (policy.step.key, policy.channel, policy.appointment_type_id)


def _said_already(old: ReminderPolicy, new: ReminderPolicy) -> Iterator[Reminder]:
    if new.kind not in BEFORE_A_VISIT:
        return
    now, practice = clock.now(), current_practice()
    rows = list(
        Reminder.objects.filter(
            policy__in=_lineage(old),
            subject_type=Subject.APPOINTMENT,
            state__in=_LEFT,
            expires_at__gt=now,
        ).select_related("patient")
    )
    visits = appointments_by_id({row.subject_id for row in rows})
    for row in rows:
        visit = visits.get(row.subject_id)
        if visit is None or row.patient is None or visit.version != row.subject_version:
            continue
        zone = clock.zone(row.patient.time_zone or practice.time_zone)
        wanted = wanted_moment(new.step, visit_of(visit), zone)
        if wanted <= now:
            yield _instead(row, new, visit, wanted)


def _instead(
    row: Reminder, new: ReminderPolicy, visit: Appointment, wanted: dt.datetime
) -> Reminder:
    now = clock.now()
    return Reminder(
        patient_id=row.patient_id,
        recipient_id=row.recipient_id,
        subject_type=row.subject_type,
        subject_id=visit.pk,
        subject_version=visit.version,
        policy=new,
        policy_step=new.step.key,
        channel=new.channel,
        state=State.SUPPRESSED.value,
        reason=Reason.SAID,
        wanted_at=wanted,
        due_at=wanted,
        expires_at=row.expires_at,
        settled_at=now,
        created_at=now,
    )


def _lineage(policy: ReminderPolicy | None) -> list[ReminderPolicy]:
    """The policy and those that it replaced, one after the other."""
    found: list[ReminderPolicy] = []
    while policy is not None:
        found.append(policy)
        policy = policy.replaces
    return found
