"""What is due: reads the other apps, writes nothing.

Booking, moving and cancelling know nothing of reminders. The sweep asks which appointments start
soon, what the practice wants sent before each, and returns one wish for each text. The services
turn wishes into rows on the unique key, so asking twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from portal import clock
from portal.appointments.models import Appointment
from portal.appointments.selectors import standing_between
from portal.people.models import ContactPoint
from portal.people.selectors import text_numbers_of
from portal.practices.models import Practice, PracticeSettings
from reminders.models import Channel, Reason, ReminderPolicy, Subject
from reminders.rules.timing import (
    Hush,
    Moved,
    OffsetKind,
    QuietHours,
    Visit,
    expiry,
    outside,
    place,
    wanted_moment,
)
from reminders.selectors import policies_in_force

HORIZON = dt.timedelta(hours=48)
"""How far ahead texts are planned: far enough to look at tomorrow's before they go."""

# A day on the calendar can be 25 hours long, and a zone's day can begin 26 hours before another's.
_SLACK = dt.timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class Wish:
    """One text that ought to exist. `due_at` is None where there is no decent moment for it."""

    patient_id: UUID
    subject_type: str
    subject_id: UUID
    subject_version: int
    policy_id: UUID
    step: str
    channel: str
    wanted_at: dt.datetime
    due_at: dt.datetime | None
    moved: Moved
    expires_at: dt.datetime
    reason: str

    @property
    def key(self) -> tuple[UUID, str, UUID, int, str, str]:
        """The unique key without the practice."""
        return (
            self.patient_id,
            self.subject_type,
            self.subject_id,
            self.subject_version,
            self.step,
            self.channel,
        )


def wishes(*, practice: Practice, settings: PracticeSettings, now: dt.datetime) -> list[Wish]:
    """Every text wanted between now and the horizon, for visits that have not begun."""
    policies = list(policies_in_force())
    if not policies:
        return []
    reach = HORIZON + _SLACK + max(_lead(policy) for policy in policies)
    appointments = list(standing_between(now, now + reach))
    numbers = text_numbers_of({appointment.patient_id for appointment in appointments})
    return [
        wish
        for appointment in appointments
        for wish in _wishes_for(
            appointment,
            policies_for(appointment, policies),
            hush_for(settings, numbers.get(appointment.patient_id)),
            clock.zone(appointment.patient.time_zone or practice.time_zone),
            now,
        )
    ]


def policies_for(
    appointment: Appointment, policies: Iterable[ReminderPolicy]
) -> list[ReminderPolicy]:
    """The type's own policies; where it has none, those for every type."""
    own = [p for p in policies if p.appointment_type_id == appointment.type_id]
    return own or [p for p in policies if p.appointment_type_id is None]


def hush_for(settings: PracticeSettings, point: ContactPoint | None) -> Hush:
    """When nothing may leave for this number: quiet hours, and all but its safe hours."""
    hush = [QuietHours(settings.quiet_from, settings.quiet_until)]
    if point is not None and point.safe_from is not None and point.safe_until is not None:
        hush.append(outside(point.safe_from, point.safe_until))
    return hush


def visit_of(appointment: Appointment) -> Visit:
    """The appointment as the timing rules know it."""
    return Visit(
        local_start=dt.datetime.fromisoformat(appointment.local_start),
        zone=clock.zone(appointment.time_zone),
        starts_at=appointment.starts_at,
    )


def _wishes_for(
    appointment: Appointment,
    policies: Iterable[ReminderPolicy],
    hush: Hush,
    zone: ZoneInfo,
    now: dt.datetime,
) -> Iterator[Wish]:
    visit = visit_of(appointment)
    ends = expiry(visit)
    for policy in policies:
        wanted = wanted_moment(policy.step, visit, zone)
        if wanted > now + HORIZON:
            continue
        placed = place(wanted, now=now, expires_at=ends, hush=hush, zone=zone)
        reason = Reason.NONE
        if placed.due_at is None:
            reason = Reason.TOO_LATE if now >= ends else Reason.QUIET
        yield Wish(
            patient_id=appointment.patient_id,
            subject_type=Subject.APPOINTMENT,
            subject_id=appointment.pk,
            subject_version=appointment.version,
            policy_id=policy.pk,
            step=policy.step.key,
            channel=Channel(policy.channel),
            wanted_at=wanted,
            due_at=placed.due_at,
            moved=placed.moved,
            expires_at=ends,
            reason=reason,
        )


def _lead(policy: ReminderPolicy) -> dt.timedelta:
    if policy.kind == OffsetKind.HOURS_BEFORE:
        return dt.timedelta(hours=policy.offset)
    return dt.timedelta(days=policy.offset)
