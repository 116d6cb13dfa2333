"""Take due rows: check everything again, write the attempt, hand out the text.

One transaction, committed before anything leaves. Appointment and number are locked for its length,
so no text is claimed after a cancellation or a STOP has committed; rows that somebody is changing
right now are left for the next round, and nobody waits for anybody.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal import clock
from portal.appointments.models import CANCELLED, Appointment, Status
from portal.appointments.selectors import appointments_by_id, lock_appointments
from portal.backups import selectors as backups
from portal.encryption.selectors import is_destroyed
from portal.people.models import ContactPoint, PatientStatus
from portal.people.selectors import lock_contact_points, numbers_matching, text_numbers_of
from portal.practices.links import practice_url
from portal.practices.models import Practice, PracticeStatus
from portal.practices.selectors import current_practice, settings_of_practice
from reminders import texts
from reminders.models import Attempt, InboundMessage, Reason, Reminder, Subject
from reminders.planner import hush_for
from reminders.rules.segments import measure
from reminders.rules.states import State
from reminders.rules.timing import is_hushed, next_decent
from reminders.selectors import open_stop
from reminders.transports.base import OutgoingText, digest

LEASE = dt.timedelta(minutes=2)
BATCH = 100
HELD = dt.timedelta(minutes=5)
"""How long a row waits before the next look while its channel is stopped."""

# A text that waited longer than this gives way to a later one about the same visit.
_LATE = dt.timedelta(minutes=15)
# Two texts about one visit closer than this are one too many.
_TOO_CLOSE = dt.timedelta(hours=3)

_ON_THE_WAY = [
    state.value
    for state in (State.PLANNED, State.SENDING, State.SENT, State.DELIVERED, State.AMBIGUOUS)
]


@dataclass(frozen=True)
class End:
    """The row is settled without a text."""

    state: State
    reason: Reason


@dataclass(frozen=True)
class Hold:
    """Not now: look again then."""

    until: dt.datetime


@dataclass(frozen=True)
class Go:
    """Send to this number."""

    point: ContactPoint
    appointment: Appointment | None


class Busy:
    """Somebody is changing what this row is about: leave it as it is."""


Verdict = End | Hold | Go | Busy


@dataclass
class _Facts:
    """What the checks need, read once for the whole batch."""

    now: dt.datetime
    voice: texts.Voice
    appointments: dict[UUID, Appointment]
    busy_appointments: set[UUID]
    inbound: dict[UUID, InboundMessage]
    points: dict[UUID, ContactPoint]
    busy_points: set[UUID]
    overtaken: set[UUID]
    silent_before: dt.datetime | None = None


def claim(*, limit: int = BATCH) -> list[OutgoingText]:
    """Claim up to `limit` due rows of the ambient practice; the caller commits, then sends.

    Each returned text has its attempt written and its row in `sending` with a two-minute lease.
    """
    now = clock.now()
    rows = list(
        Reminder.objects.filter(state=State.PLANNED, due_at__lte=now)
        .select_related("policy", "patient")
        .order_by("due_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))[:limit]
    )
    if not rows:
        return []
    practice, settings = current_practice(), settings_of_practice()
    voice = texts.Voice(practice, settings)
    if practice.status != PracticeStatus.ACTIVE or not settings.texts_enabled:
        return _settle_all(rows, End(State.SUPPRESSED, Reason.TEXTS_OFF), now)
    if open_stop() is not None:
        return _hold_all(rows, now)
    if backups.is_held():
        rows = _hold_visits(rows, now)
    facts = _gather(rows, voice, now)
    claimed = [(row, verdict) for row in rows if isinstance(verdict := _apply(row, facts), Go)]
    return _hand_out(claimed, facts, settings.sms_transport)


# --- The checks -------------------------------------------------------------------------------


def _apply(row: Reminder, facts: _Facts) -> Verdict:
    """Decide one row; settle or hold it here, leave a row to send to `_hand_out`."""
    verdict = _verdict(row, facts)
    if isinstance(verdict, End):
        _settle(row, verdict, facts.now)
    elif isinstance(verdict, Hold):
        row.due_at = verdict.until
        row.save(update_fields=["due_at"])
    return verdict


def _verdict(row: Reminder, facts: _Facts) -> Verdict:
    if row.expires_at <= facts.now:
        return End(State.EXPIRED, Reason.TOO_LATE)
    if _may_have_left(row, facts):
        return End(State.EXPIRED, Reason.RESTORED)
    if row.patient.status != PatientStatus.ACTIVE:
        return End(State.SUPPRESSED, Reason.ENDED)
    if row.patient.automation_paused_at is not None:
        return End(State.SUPPRESSED, Reason.PAUSED)
    if row.subject_type == Subject.INBOUND:
        return _reply_verdict(row, facts)
    return _visit_verdict(row, facts)


def _may_have_left(row: Reminder, facts: _Facts) -> bool:
    """Whether it was wanted before a restore: the data that was lost may say that it went out.

    An answer was wanted when the text came that it answers.
    """
    inbound = facts.inbound.get(row.subject_id)
    wanted = inbound.received_at if inbound is not None else row.wanted_at
    return facts.silent_before is not None and wanted < facts.silent_before


def _visit_verdict(row: Reminder, facts: _Facts) -> Verdict:
    if row.subject_id in facts.busy_appointments:
        return Busy()
    appointment = facts.appointments.get(row.subject_id)
    ended = _visit_is_past(row, appointment, facts)
    if ended is not None or appointment is None:
        return End(State.SUPPRESSED, ended or Reason.GONE)
    point = facts.points.get(row.patient_id)
    if point is not None and point.pk in facts.busy_points:
        return Busy()
    refusal = number_is_shut(point)
    if refusal is not None or point is None:
        return End(State.SUPPRESSED, refusal or Reason.NO_NUMBER)
    zone = clock.zone(row.patient.time_zone or facts.voice.practice.time_zone)
    hush = hush_for(facts.voice.settings, point)
    if is_hushed(facts.now, hush, zone):
        later = next_decent(facts.now, hush, zone)
        if later is None or later >= row.expires_at:
            return End(State.EXPIRED, Reason.QUIET)
        return Hold(later)
    return Go(point, appointment)


def _visit_is_past(row: Reminder, appointment: Appointment | None, facts: _Facts) -> Reason | None:
    """Why nobody should be told about this visit any more, or None."""
    if appointment is None:
        return Reason.GONE
    if appointment.status in CANCELLED:
        return Reason.CANCELLED
    if appointment.status not in (Status.BOOKED, Status.CONFIRMED):
        return Reason.BEGUN
    if appointment.version != row.subject_version:
        return Reason.MOVED
    if appointment.starts_at <= facts.now:
        return Reason.BEGUN
    skips = row.policy is not None and row.policy.skip_when_confirmed
    if skips and appointment.status == Status.CONFIRMED:
        return Reason.CONFIRMED
    if row.pk in facts.overtaken:
        return Reason.OVERTAKEN
    return None


def _reply_verdict(row: Reminder, facts: _Facts) -> Verdict:
    """An answer goes to the number that asked, at any hour; STOP and a dead number still hold."""
    point = facts.points.get(row.pk)
    if point is not None and point.pk in facts.busy_points:
        return Busy()
    if point is None:
        return End(State.SUPPRESSED, Reason.NO_NUMBER)
    if point.stopped_at is not None:
        return End(State.SUPPRESSED, Reason.STOPPED)
    if point.bad_since is not None:
        return End(State.SUPPRESSED, Reason.BAD_NUMBER)
    inbound = facts.inbound.get(row.subject_id)
    about = inbound.reminder.subject_id if inbound and inbound.reminder else None
    return Go(point, facts.appointments.get(about) if about else None)


def number_is_shut(point: ContactPoint | None) -> Reason | None:
    """Why no reminder may go to this number, or None where it may."""
    if point is None or point.ended_at is not None:
        return Reason.NO_NUMBER
    if point.stopped_at is not None:
        return Reason.STOPPED
    if point.bad_since is not None:
        return Reason.BAD_NUMBER
    if point.consent_given_at is None:
        return Reason.NO_CONSENT
    return None


# --- What the checks read ---------------------------------------------------------------------


def _gather(rows: list[Reminder], voice: texts.Voice, now: dt.datetime) -> _Facts:
    visits = [row for row in rows if row.subject_type == Subject.APPOINTMENT]
    replies = [row for row in rows if row.subject_type == Subject.INBOUND]
    wanted = {row.subject_id for row in visits}
    appointments = lock_appointments(wanted)
    busy = set(appointments_by_id(wanted - appointments.keys()))
    inbound = InboundMessage.objects.select_related("reminder").in_bulk(
        [row.subject_id for row in replies]
    )
    about = {m.reminder.subject_id for m in inbound.values() if m.reminder is not None}
    points = _points(visits, replies, inbound)
    locked = lock_contact_points({point.pk for point in points.values()})
    return _Facts(
        now=now,
        voice=voice,
        appointments={**appointments_by_id(about - appointments.keys()), **appointments},
        busy_appointments=busy,
        inbound=inbound,
        points=_that_open({key: locked.get(p.pk, p) for key, p in points.items()}),
        busy_points={point.pk for point in points.values()} - locked.keys(),
        overtaken=_overtaken(visits, now),
        silent_before=backups.silent_before(),
    )


def _points(
    visits: Iterable[Reminder], replies: list[Reminder], inbound: dict[UUID, InboundMessage]
) -> dict[UUID, ContactPoint]:
    """The number for each patient of a visit (by patient), and for each reply (by row)."""
    points = text_numbers_of({row.patient_id for row in visits})
    for row in replies:
        message = inbound.get(row.subject_id)
        if message is None or is_destroyed(message, "number"):
            continue
        matching = numbers_matching(message.number)
        point = next((p for p in matching if p.patient_id == row.patient_id), None)
        if point is not None:
            points[row.pk] = point
    return points


def _that_open(points: dict[UUID, ContactPoint]) -> dict[UUID, ContactPoint]:
    """Without numbers that went with a patient's key: one of them would hold up all the others."""
    return {key: point for key, point in points.items() if not is_destroyed(point, "value")}


def _overtaken(visits: list[Reminder], now: dt.datetime) -> set[UUID]:
    """Late rows for whose visit a later text has left already or leaves within three hours."""
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
        .order_by("wanted_at")
        .values_list("recipient_id", "subject_id", "subject_version", "wanted_at")
    }
    return {
        row.pk
        for row in late
        if latest[row.recipient_id, row.subject_id, row.subject_version] > row.wanted_at
    }


# --- Handing out ------------------------------------------------------------------------------


def _hand_out(
    claimed: list[tuple[Reminder, Go]], facts: _Facts, transport: str
) -> list[OutgoingText]:
    outgoing, attempts, links = [], [], []
    for row, go in claimed:
        rendered = _render(row, go, facts.voice)
        attempt = Attempt(
            pk=uuid.uuid4(),
            reminder=row,
            contact_point=go.point,
            number=row.attempts + 1,
            transport=transport,
            created_at=facts.now,
            body_digest=digest(rendered.body),
        )
        attempts.append(attempt)
        if rendered.link is not None:
            links.append(rendered.link)
        _lease(row, attempt, rendered.body, facts.now)
        outgoing.append(_outgoing(attempt, go.point.value, rendered.body, facts.voice.practice))
    Attempt.objects.bulk_create(attempts)
    if links:
        type(links[0]).objects.bulk_create(links)
    Reminder.objects.bulk_update(
        [row for row, _ in claimed],
        [
            "state",
            "lease_until",
            "due_at",
            "current_attempt",
            "attempts",
            "contact_point",
            "segments",
        ],
    )
    return outgoing


def _lease(row: Reminder, attempt: Attempt, body: str, now: dt.datetime) -> None:
    row.move_to(State.SENDING)
    row.lease_until = row.due_at = now + LEASE
    row.current_attempt = attempt.pk
    row.attempts += 1
    row.contact_point_id = attempt.contact_point_id
    row.segments = measure(body).segments


def _render(row: Reminder, go: Go, voice: texts.Voice) -> texts.Rendered:
    if row.subject_type == Subject.APPOINTMENT and row.policy and go.appointment:
        return texts.appointment_text(
            policy=row.policy,
            appointment=go.appointment,
            discreet=go.point.discreet,
            voice=voice,
        )
    return texts.reply_text(
        step=row.policy_step.removeprefix("reply:"),
        appointment=go.appointment,
        language=row.patient.language,
        voice=voice,
    )


def _outgoing(attempt: Attempt, to: str, body: str, practice: Practice) -> OutgoingText:
    return OutgoingText(
        practice_id=practice.pk,
        attempt_id=attempt.pk,
        to=to,
        body=body,
        callback_url=practice_url(practice, "reminders:twilio_status") + f"?attempt={attempt.pk}",
    )


def _settle(row: Reminder, end: End, now: dt.datetime) -> None:
    row.move_to(end.state)
    row.reason, row.settled_at = end.reason, now
    row.save(update_fields=["state", "reason", "settled_at"])


def _settle_all(rows: list[Reminder], end: End, now: dt.datetime) -> list[OutgoingText]:
    for row in rows:
        _settle(row, end, now)
    return []


def _hold_visits(rows: list[Reminder], now: dt.datetime) -> list[Reminder]:
    """After a restore reminders wait for a person. Answers to what somebody has just written go."""
    _hold_all([row for row in rows if row.subject_type == Subject.APPOINTMENT], now)
    return [row for row in rows if row.subject_type != Subject.APPOINTMENT]


def _hold_all(rows: list[Reminder], now: dt.datetime) -> list[OutgoingText]:
    for row in rows:
        if row.expires_at <= now:
            _settle(row, End(State.EXPIRED, Reason.TOO_LATE), now)
        else:
            row.due_at = now + HELD
            row.save(update_fields=["due_at"])
    return []
