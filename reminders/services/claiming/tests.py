"""Test sends of a template to oneself."""

from __future__ import annotations

from reminders import texts
from reminders.models import Reason, Reminder
from reminders.services.claiming.facts import Facts
from reminders.services.claiming.verdicts import Go, Verdict, suppressed


def verdict(row: Reminder, facts: Facts) -> Verdict:
    """Nothing makes such rows yet."""
    return suppressed(Reason.GONE)


def render(row: Reminder, go: Go, voice: texts.Voice) -> texts.Rendered:
    """Nothing makes such rows yet."""
    raise NotImplementedError(row.subject_type)
