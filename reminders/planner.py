"""What is due: reads the other apps, writes nothing.

Booking, moving and cancelling know nothing of reminders. The sweep asks which appointments start
soon, which were missed and which forms are still open, what the practice wants sent about each, and
returns one wish for each text. The services turn wishes into rows on the unique key, so asking
twice changes nothing. Thousands are planned at once: rows are read as tuples.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from portal import clock
from portal.appointments.models import Appointment
from portal.appointments.planning import VisitTime, agreed_at, visits_ahead, visits_missed
from portal.people.models import ContactPoint
from portal.people.planning import safe_hours_of
from portal.practices.models import Practice, PracticeSettings
from reminders.models import LateRule, Reason, ReminderPolicy, Subject
from reminders.rules.timing import (
    BEFORE_A_VISIT,
    USEFUL_AFTER,
    Hush,
    Moved,
    OffsetKind,
    QuietHours,
    Step,
    Visit,
    after_a_visit,
    expiry,
    outside,
    place,
    wanted_moment,
)

HORIZON = dt.timedelta(hours=48)
"""How far ahead texts are planned: far enough to look at tomorrow's before they go."""

# A day on the calendar can be 25 hours long, and a zone's day can begin 26 hours before another's.
_SLACK = dt.timedelta(hours=30)


class Wish(NamedTuple):
    """One text that ought to exist. `due_at` is None where there is no decent moment for it."""

    patient_id: UUID
    subject_type: str
    subject_id: UUID
    subject_version: int
    policy_id: UUID | None
    step: str
    channel: str
    wanted_at: dt.datetime
    due_at: dt.datetime | None
    moved: Moved
    expires_at: dt.datetime
    reason: Reason

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


class Rule(NamedTuple):
    """A policy as the planner asks it, once for each visit: nothing is worked out twice."""

    policy: ReminderPolicy
    step: Step
    key: str
    channel: str
    notice: dt.timedelta
    is_strict: bool  # leaves out what was booked at short notice
    may_lead: bool  # may move to an earlier hour


def rules_of(policies: Iterable[ReminderPolicy]) -> list[Rule]:
    """The policies as the planner asks them."""
    return [
        Rule(
            policy=policy,
            step=policy.step,
            key=policy.step.key,
            channel=str(policy.channel),
            notice=dt.timedelta(hours=policy.minimum_notice_hours),
            is_strict=policy.late_rule == LateRule.DROP,
            may_lead=policy.kind in BEFORE_A_VISIT or policy.kind == OffsetKind.FORM_DUE,
        )
        for policy in policies
    ]


@dataclass(frozen=True)
class Surroundings:
    """What holds for a whole practice while it is planned."""

    practice: Practice
    now: dt.datetime
    quiet: QuietHours
    safe: dict[str, dict[UUID, tuple[dt.time, dt.time]]]

    @classmethod
    def of(
        cls,
        practice: Practice,
        settings: PracticeSettings,
        now: dt.datetime,
        channels: Iterable[str],
        patients: set[UUID],
    ) -> Surroundings:
        """Read the safe hours of these patients for these channels."""
        safe = {channel: safe_hours_of(patients, channel) for channel in sorted(set(channels))}
        return cls(practice, now, quiet_hours_of(settings), safe)

    @property
    def until(self) -> dt.datetime:
        """The horizon."""
        return self.now + HORIZON

    def zone(self, patient_zone: str) -> ZoneInfo:
        """By which clock a patient lives."""
        return clock.zone(patient_zone or self.practice.time_zone)

    def hush(self, patient_id: UUID, channel: str) -> Hush:
        """When nothing may leave for this patient on that channel."""
        hours = self.safe[channel].get(patient_id)
        return (self.quiet,) if hours is None else (self.quiet, outside(*hours).with_the_way)


def visit_wishes(
    *,
    practice: Practice,
    settings: PracticeSettings,
    policies: Iterable[ReminderPolicy],
    now: dt.datetime,
) -> list[Wish]:
    """Every text about a visit that is wanted between now and the horizon.

    About visits that have not begun, and about those that were missed in the last days.
    """
    rules = rules_of(policies)
    before = [rule for rule in rules if rule.policy.kind in BEFORE_A_VISIT]
    after = [rule for rule in rules if rule.policy.kind == OffsetKind.AFTER_NO_SHOW]
    ahead = visits_ahead(now, now + HORIZON + _SLACK + _longest_lead(before)) if before else []
    missed = visits_missed(now - USEFUL_AFTER - _longest_lead(after), now) if after else []
    patients = {visit.patient_id for visit in (*ahead, *missed)}
    channels = {rule.channel for rule in rules}
    around = Surroundings.of(practice, settings, now, channels, patients)
    agreed = _agreed(ahead, before)
    before_it, after_it = ForType(before), ForType(after)
    own = {rule.policy.appointment_type_id for rule in rules}
    return [
        *(
            wish
            for visit in ahead
            for wish in _before(visit, before_it.rules(visit.type_id, own), around, agreed)
        ),
        *(
            wish
            for visit in missed
            for wish in _after(visit, after_it.rules(visit.type_id, own), around)
        ),
    ]


class ForType:
    """Which rules hold for a type of visit: its own; where it has none, those for every type."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_type: dict[UUID | None, list[Rule]] = {}
        for rule in rules:
            self._by_type.setdefault(rule.policy.appointment_type_id, []).append(rule)

    def rules(self, type_id: UUID, own: set[UUID | None]) -> list[Rule]:
        """`own` are the types that have any policy of their own, before a visit or after."""
        return self._by_type.get(type_id if type_id in own else None, [])


def quiet_hours_of(settings: PracticeSettings) -> QuietHours:
    """When the practice's texts neither leave nor are on their way."""
    return QuietHours(settings.quiet_from, settings.quiet_until).with_the_way


def hush_for(settings: PracticeSettings, point: ContactPoint | None) -> Hush:
    """When nothing may leave for this number: quiet hours, and all but its safe hours."""
    hush = [quiet_hours_of(settings)]
    if point is not None and point.safe_from is not None and point.safe_until is not None:
        hush.append(outside(point.safe_from, point.safe_until).with_the_way)
    return hush


def visit_of(visit: VisitTime | Appointment) -> Visit:
    """The appointment as the timing rules know it."""
    return Visit(
        local_start=dt.datetime.fromisoformat(visit.local_start),
        zone=clock.zone(visit.time_zone),
        starts_at=visit.starts_at,
    )


def _before(
    visit: VisitTime, rules: Iterable[Rule], around: Surroundings, agreed: dict[UUID, dt.datetime]
) -> Iterator[Wish]:
    """The texts before one visit."""
    at = visit_of(visit)
    ends, zone = expiry(at), around.zone(visit.patient_zone)
    booked = agreed.get(visit.appointment_id, visit.created_at)
    for rule in rules:
        wanted = wanted_moment(rule.step, at, zone)
        if wanted <= around.until:
            yield placed(
                rule,
                around,
                zone,
                patient_id=visit.patient_id,
                subject=(Subject.APPOINTMENT.value, visit.appointment_id, visit.version),
                wanted=wanted,
                known_since=booked,
                ends=ends,
            )


def _after(visit: VisitTime, rules: Iterable[Rule], around: Surroundings) -> Iterator[Wish]:
    """The texts after one visit to which nobody came; none under a rule made since."""
    zone = around.zone(visit.patient_zone)
    for rule in rules:
        wanted = after_a_visit(rule.step, visit.ends_at)
        ends = wanted + USEFUL_AFTER
        if wanted > around.until or ends <= around.now or rule.policy.created_at > visit.ends_at:
            continue
        yield placed(
            rule,
            around,
            zone,
            patient_id=visit.patient_id,
            subject=(Subject.APPOINTMENT.value, visit.appointment_id, visit.version),
            wanted=wanted,
            known_since=None,
            ends=ends,
        )


def wish_at_once(
    around: Surroundings,
    *,
    patient_id: UUID,
    patient_zone: str,
    visit: tuple[UUID, int],
    policy_id: UUID | None,
    step: str,
    channel: str,
    since: dt.datetime,
    ends: dt.datetime,
) -> Wish:
    """A text about a visit (id, version) for which something that happened at `since` calls: as
    soon as it is a decent hour, and never before."""
    found = place(
        since,
        now=around.now,
        expires_at=ends,
        hush=around.hush(patient_id, channel),
        zone=around.zone(patient_zone),
        may_lead=False,
    )
    return Wish(
        patient_id,
        Subject.APPOINTMENT.value,
        *visit,
        policy_id,
        step,
        channel,
        since,
        found.due_at,
        found.moved,
        ends,
        Reason.QUIET if found.due_at is None else Reason.NONE,
    )


def placed(
    rule: Rule,
    around: Surroundings,
    zone: ZoneInfo,
    *,
    patient_id: UUID,
    subject: tuple[str, UUID, int],
    wanted: dt.datetime,
    known_since: dt.datetime | None,
    ends: dt.datetime,
) -> Wish:
    """The wish with its decent moment, or with the reason why there is none.

    What was booked or asked for (`known_since`) less than the rule's notice before the text's
    moment is left out or sent at once, as the rule says.
    """
    short = known_since is not None and known_since + rule.notice > wanted
    due_at, moved, reason = None, Moved.DROPPED, Reason.NONE
    if short and rule.is_strict:
        reason = Reason.SHORT_NOTICE
    else:
        found = place(
            min(wanted, around.now) if short else wanted,
            now=around.now,
            expires_at=ends,
            hush=around.hush(patient_id, rule.channel),
            zone=zone,
            may_lead=rule.may_lead,
        )
        due_at, moved = found.due_at, found.moved
        if due_at is None:
            reason = Reason.TOO_LATE if around.now >= ends else Reason.QUIET
    return Wish(
        patient_id,
        *subject,
        rule.policy.pk,
        rule.key,
        rule.channel,
        wanted,
        due_at,
        moved,
        ends,
        reason,
    )


def _agreed(visits: Iterable[VisitTime], rules: Iterable[Rule]) -> dict[UUID, dt.datetime]:
    """When the time of visits that were changed was agreed, where any rule asks for it."""
    if not any(rule.notice or rule.is_strict for rule in rules):
        return {}
    moved = [visit.appointment_id for visit in visits if visit.version > 1]
    return agreed_at(moved) if moved else {}


def _longest_lead(rules: Iterable[Rule]) -> dt.timedelta:
    """The furthest that any of these rules reaches from its visit."""
    return max((_lead(rule.step) for rule in rules), default=dt.timedelta())


def _lead(step: Step) -> dt.timedelta:
    in_days = step.kind is OffsetKind.DAYS_BEFORE
    return dt.timedelta(days=step.offset) if in_days else dt.timedelta(hours=step.offset)
