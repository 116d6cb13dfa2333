"""Automatic answers to what people write: to the number that asked, at any hour."""

from __future__ import annotations

from reminders import texts
from reminders.models import Reason, Reminder
from reminders.services.claiming.facts import Facts
from reminders.services.claiming.verdicts import Busy, Go, Verdict, destination, suppressed


def verdict(row: Reminder, facts: Facts) -> Verdict:
    """STOP and a dead number still hold; consent was given by asking."""
    point = facts.reply_points.get(row.pk)
    if point is not None and point.pk in facts.busy_points:
        return Busy()
    if point is None:
        return suppressed(Reason.NO_NUMBER)
    if point.stopped_at is not None:
        return suppressed(Reason.STOPPED)
    if point.bad_since is not None:
        return suppressed(Reason.BAD_NUMBER)
    inbound = facts.inbound.get(row.subject_id)
    about = inbound.reminder.subject_id if inbound and inbound.reminder else None
    return Go(destination(row, point), facts.appointments.get(about) if about else None)


def render(row: Reminder, go: Go, voice: texts.Voice) -> texts.Rendered:
    """The answer that its step names."""
    return texts.reply_text(
        step=row.policy_step.removeprefix("reply:"),
        appointment=go.appointment,
        language=Facts.patient_of(row).language,
        voice=voice,
    )
