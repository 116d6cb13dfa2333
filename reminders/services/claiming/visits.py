"""Texts about a visit: still booked, or still missed; this version; not said by a later text."""

from __future__ import annotations

from portal.appointments.models import CANCELLED, Appointment, Status
from reminders import texts
from reminders.models import Reason, Reminder
from reminders.rules.timing import OffsetKind
from reminders.services.claiming.facts import Facts
from reminders.services.claiming.verdicts import Busy, Destination, Go, Verdict, reach, suppressed


def verdict(row: Reminder, facts: Facts) -> Verdict:
    """Whether a text about this visit may leave now, and where to."""
    if row.subject_id in facts.busy_appointments:
        return Busy()
    appointment = facts.appointments.get(row.subject_id)
    ended = _is_past(row, appointment, facts)
    if ended is not None:
        return suppressed(ended)
    to = reach(row, facts)
    return Go(to, appointment) if isinstance(to, Destination) else to


def render(row: Reminder, go: Go, voice: texts.Voice) -> texts.Rendered:
    """The words of the row's policy for its visit."""
    if row.policy is None or go.appointment is None:
        raise TypeError("a text before a visit has a policy and a visit")
    return texts.appointment_text(
        policy=row.policy, appointment=go.appointment, discreet=go.to.discreet, voice=voice
    )


def _is_past(row: Reminder, appointment: Appointment | None, facts: Facts) -> Reason | None:
    """Why nobody should be told about this visit any more, or None."""
    if appointment is None:
        return Reason.GONE
    if row.policy is not None and row.policy.kind == OffsetKind.AFTER_NO_SHOW:
        missed = appointment.status == Status.NO_SHOW and appointment.version == row.subject_version
        return None if missed else Reason.OUTCOME_CHANGED
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
