"""Which texts about forms are due: before the day until which one is wanted, and while it waits.

A form has one text before its day. While it is unfinished it is asked for again, the policy's days
after it was last worked on or asked for, and never more often than the policy says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from intake.selectors import OpenForm, open_forms
from portal.practices.models import Practice, PracticeSettings
from reminders.ledger_facts import Nudge, nudges_of
from reminders.models import ReminderPolicy, Subject
from reminders.planner import Rule, Surroundings, Wish, placed, rules_of
from reminders.rules.states import State
from reminders.rules.timing import (
    ABOUT_A_FORM,
    USEFUL_AFTER,
    OffsetKind,
    before_a_day,
    days_after,
    end_of_day,
)


def form_wishes(
    *,
    practice: Practice,
    settings: PracticeSettings,
    policies: Iterable[ReminderPolicy],
    now: dt.datetime,
) -> list[Wish]:
    """Every text about a form that is wanted between now and the horizon."""
    rules = rules_of(policy for policy in policies if policy.kind in ABOUT_A_FORM)
    forms = open_forms() if rules else []
    if not forms:
        return []
    patients = {form.patient_id for form in forms}
    channels = {rule.channel for rule in rules}
    around = Surroundings.of(practice, settings, now, channels, patients)
    asked = nudges_of(form.assignment_id for form in forms)
    found = (_wish(form, rule, around, asked) for form in forms for rule in rules)
    return [wish for wish in found if wish is not None]


def _wish(
    form: OpenForm, rule: Rule, around: Surroundings, asked: Mapping[UUID, list[Nudge]]
) -> Wish | None:
    if rule.step.kind is OffsetKind.FORM_DUE:
        return _before_its_day(form, rule, around)
    before = [
        nudge
        for nudge in asked.get(form.assignment_id, [])
        if (nudge.step, nudge.channel) == (rule.key, rule.channel)
    ]
    return _again(form, rule, around, before)


def _before_its_day(form: OpenForm, rule: Rule, around: Surroundings) -> Wish | None:
    """The text before the day until which the form is wanted; None where it has no such day."""
    if form.due_on is None:
        return None
    zone = around.zone(form.patient_zone)
    wanted, ends = before_a_day(rule.step, form.due_on, zone), end_of_day(form.due_on, zone)
    if wanted > around.until or ends <= around.now:
        return None
    return placed(
        rule,
        around,
        zone,
        patient_id=form.patient_id,
        subject=(Subject.FORM.value, form.assignment_id, 1),
        wanted=wanted,
        known_since=form.assigned_at,
        ends=ends,
    )


def _again(form: OpenForm, rule: Rule, around: Surroundings, before: list[Nudge]) -> Wish | None:
    """The next text about an unfinished form, or the one that waits; None where it was enough.

    Counted from the last of: asked for, worked on, the text before, and the making of the policy,
    so that a new policy does not write about every old form at once.
    """
    if before and before[-1].state == State.PLANNED:
        number, earlier = before[-1].number, before[:-1]
    else:
        number, earlier = (before[-1].number + 1 if before else 1), before
    if number > rule.policy.at_most:
        return None
    zone = around.zone(form.patient_zone)
    since = max(
        form.last_activity_at or form.assigned_at,
        rule.policy.created_at,
        *(nudge.wanted_at for nudge in earlier),
    )
    wanted = days_after(rule.step, since, zone)
    if wanted > around.until:
        return None
    return placed(
        rule,
        around,
        zone,
        patient_id=form.patient_id,
        subject=(Subject.FORM.value, form.assignment_id, number),
        wanted=wanted,
        known_since=None,
        ends=wanted + USEFUL_AFTER,
    )
