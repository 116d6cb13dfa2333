"""Texts about a form: still open, not worked on since, and not asked for often enough."""

from __future__ import annotations

import datetime as dt

from intake.models import Assignment
from portal import clock
from reminders import texts
from reminders.models import Channel, Reason, Reminder
from reminders.rules.timing import OffsetKind, days_after
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


def verdict(row: Reminder, facts: Facts) -> Verdict:
    """Whether somebody may be asked for this form now, and where."""
    if row.subject_id in facts.busy_forms:
        return Busy()
    form = facts.forms.get(row.subject_id)
    if form is None or row.policy is None:
        return suppressed(Reason.GONE)
    if not form.is_open:
        return suppressed(Reason.FORM_DONE)
    if row.policy.kind == OffsetKind.FORM_UNFINISHED:
        if row.subject_version > row.policy.at_most:
            return suppressed(Reason.ENOUGH)
        later = _worked_on_since(row, form, facts)
        if later is not None:
            return Hold(later)
    to = reach(row, facts)
    return Go(to, form=form) if isinstance(to, Destination) else to


def render(row: Reminder, go: Go, voice: texts.Voice) -> texts.Rendered:
    """The words of the row's policy for its form."""
    if row.policy is None or go.form is None:
        raise TypeError("a text about a form has a policy and a form")
    return texts.form_text(
        policy=row.policy,
        form=go.form,
        discreet=go.to.discreet,
        voice=voice,
        by_mail=go.to.channel == Channel.EMAIL,
    )


def _worked_on_since(row: Reminder, form: Assignment, facts: Facts) -> dt.datetime | None:
    """When to ask instead, for somebody who has worked on the form since this was planned."""
    if row.policy is None or form.last_activity_at is None:
        return None
    zone = clock.zone(form.patient.time_zone or facts.voice.practice.time_zone)
    wanted = days_after(row.policy.step, form.last_activity_at, zone)
    return wanted if wanted > max(facts.now, row.wanted_at) else None
