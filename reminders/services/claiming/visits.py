"""Texts about a visit: still booked, or still missed; this version; not said by a later text."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from portal.appointments.models import CANCELLED, Appointment, Status
from reminders import texts
from reminders.corrections import correction_text
from reminders.models import Channel, Reason, Reminder
from reminders.planner_corrections import STEP as CORRECTION
from reminders.rules.states import State
from reminders.rules.timing import OffsetKind
from reminders.services.claiming.facts import Facts
from reminders.services.claiming.verdicts import (
    Busy,
    Destination,
    Go,
    Hold,
    Verdict,
    reach,
    suppressed,
)

_ANSWER = dt.timedelta(seconds=30)
_OUT = {State.SENDING, State.AMBIGUOUS, State.SENT, State.DELIVERED}


def verdict(row: Reminder, facts: Facts) -> Verdict:
    """Whether a text about this visit may leave now, and where to."""
    if row.subject_id in facts.busy_appointments:
        return Busy()
    appointment = facts.appointments.get(row.subject_id)
    is_correction = row.policy_step == CORRECTION
    check = _corrects_nothing if is_correction else _is_past
    ended = check(row, appointment, facts)
    if ended is not None:
        return suppressed(ended)
    if is_correction and State.SENDING in facts.earlier[row.pk].states:
        return Hold(facts.now + _ANSWER)  # whether it left will be known in a moment
    to = reach(row, facts)
    if is_correction and isinstance(to, Destination) and facts.earlier[row.pk].is_discreet:
        to = replace(to, discreet=True)
    return Go(to, appointment) if isinstance(to, Destination) else to


def render(row: Reminder, go: Go, voice: texts.Voice) -> texts.Rendered:
    """The words of the row's policy for its visit, or of its correction."""
    by_mail = go.to.channel == Channel.EMAIL
    if go.appointment is not None and row.policy_step == CORRECTION:
        return correction_text(
            appointment=go.appointment, discreet=go.to.discreet, voice=voice, by_mail=by_mail
        )
    if row.policy is None or go.appointment is None:
        raise TypeError("a text before a visit has a policy and a visit")
    return texts.appointment_text(
        policy=row.policy,
        appointment=go.appointment,
        discreet=go.to.discreet,
        voice=voice,
        by_mail=by_mail,
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


def _corrects_nothing(
    row: Reminder, appointment: Appointment | None, facts: Facts
) -> Reason | None:
    """Why a correction is not wanted any more, or None."""
    if appointment is None:
        return Reason.GONE
    if appointment.version != row.subject_version:
        return Reason.MOVED
    stands = appointment.status in (Status.BOOKED, Status.CONFIRMED)
    if appointment.starts_at <= facts.now or not (stands or appointment.status in CANCELLED):
        return Reason.BEGUN
    return None if facts.earlier[row.pk].states & _OUT else Reason.NOT_LEFT
