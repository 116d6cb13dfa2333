"""Flags: written with the answer that raises them, alerts once the form is sent or left.

A flag is a row of its own in the transaction that saves the answer, so no crash can part the two.
The alert goes to the person whom `portal.work` finds responsible; its title says nothing of the
answer, since a manager may read it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from intake.catalogue import Form
from intake.fhir.answers import Answer
from intake.fhir.rules import MetRule
from intake.models import Assignment, Flag
from portal import clock
from portal.access.viewer import Actor
from portal.audit import services as audit
from portal.work.services import raise_alert

LEFT_AFTER: Final = dt.timedelta(minutes=10)
"""How long after the last answer an unfinished form counts as left."""
NOTHING: Final = Answer()
TITLE: Final = gettext_noop("A form needs to be looked at now")
TITLE_LEFT_OUT: Final = gettext_noop("A form needs to be looked at: a question was left out")


def note_answers(
    *, assignment: Assignment, form: Form, changed: Mapping[str, Answer], by: Actor
) -> list[Flag]:
    """Raise or amend the flags of risk items that were just answered; returns the new ones."""
    watched = {
        link_id: answer for link_id, answer in changed.items() if link_id in form.rules.risk_links
    }
    if not watched:
        return []
    present = _present(assignment, list(watched))
    raised: list[Flag] = []
    for link_id, answer in watched.items():
        for flag in present.values():
            if flag.link_id == link_id:
                _note_change(flag, answer)
        raised += [
            _raise(assignment, met, answer, by)
            for met in form.rules.met_by_answer(link_id, {link_id: answer})
            if (met.rule.code, link_id) not in present
        ]
    return raised


def note_submission(
    *, assignment: Assignment, form: Form, answers: Mapping[str, Answer], by: Actor
) -> None:
    """Raise what is still missing at submission: risk items left empty above all."""
    met_rules = form.rules.met_at_submit(answers)
    if not met_rules:
        return
    present = _present(assignment, [met.link_id for met in met_rules])
    for met in met_rules:
        if (met.rule.code, met.link_id) not in present:
            answer = answers.get(met.link_id) if met.value is not None else None
            _raise(assignment, met, answer, by)


def raise_alerts(*, assignment: Assignment, source: models.Model, by: Actor) -> list[Flag]:
    """Turn the flags that nobody has been told of into alerts, one for each kind of flag."""
    flags = list(Flag.objects.filter(assignment=assignment, alert_raised_at=None))
    for flag in flags:
        item = raise_alert(
            code=f"form-{flag.code}"[:40],
            title=_(TITLE) if flag.given is not None else _(TITLE_LEFT_OUT),
            patient_id=assignment.patient_id,
            source=source,
            by=by,
        )
        flag.work_item, flag.alert_raised_at, flag.due_at = item, clock.now(), None
        flag.save(update_fields=["work_item", "alert_raised_at", "due_at"])
    return flags


def _present(assignment: Assignment, link_ids: Iterable[str]) -> dict[tuple[str, str], Flag]:
    flags = Flag.objects.filter(assignment=assignment, link_id__in=link_ids)
    return {(flag.code, flag.link_id): flag for flag in flags}


def _note_change(flag: Flag, answer: Answer) -> None:
    """Keep the changed answer beside the first; going back to the first one clears it."""
    now_given = answer.to_json()
    changed = now_given if now_given != flag.given else None
    if changed == flag.later_given:
        return
    flag.later_given = changed
    flag.later_at = clock.now() if changed is not None else None
    flag.save(update_fields=["later_given", "later_at"])


def _raise(assignment: Assignment, met: MetRule, answer: Answer | None, by: Actor) -> Flag:
    now = clock.now()
    flag = Flag.objects.create(
        assignment=assignment,
        patient_id=assignment.patient_id,
        code=met.rule.code,
        instrument=met.instrument.id,
        link_id=met.link_id,
        given=answer.to_json() if answer is not None else None,
        raised_at=now,
        due_at=now + LEFT_AFTER,
    )
    audit.record(
        "flag.raise",
        by=by,
        obj=flag,
        patient_id=assignment.patient_id,
        details={"code": met.rule.code},
    )
    return flag
