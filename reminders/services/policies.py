"""What a practice wants sent: add, change, retire and take up again.

A policy is never changed, because the ledger points at it: a change retires the row and adds
another. What has gone out keeps the policy, and so the words and the step, that it had.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor
from portal.appointments.models import AppointmentType
from portal.audit import services as audit
from portal.practices.selectors import current_practice
from portal.tenancy.errors import DomainError
from reminders.models import Channel, Fallback, LateRule, PolicyWording, ReminderPolicy
from reminders.rules.timing import ABOUT_A_FORM, AT_AN_HOUR, BEFORE_A_VISIT, OffsetKind
from reminders.rules.usual_words import usual
from reminders.services import policy_rows
from reminders.services.word_checks import check_subject_line, check_template
from reminders.wordings import Words


@dataclass(frozen=True)
class _Draft:
    """A policy before it is a row, with what does not go with its kind put right."""

    kind: OffsetKind
    channel: Channel
    words: Words
    values: dict[str, Any]
    others: tuple[Words, ...] = field(default=())


def add_policy(
    *,
    name: str,
    kind: OffsetKind,
    offset: int,
    by: Actor,
    at: dt.time | None = None,
    appointment_type: AppointmentType | None = None,
    channel: str = Channel.SMS,
    template: str = "",
    discreet_template: str = "",
    subject_line: str = "",
    discreet: bool = False,
    skip_when_confirmed: bool = False,
    minimum_notice_hours: int = 0,
    late_rule: str = LateRule.SEND,
    at_most: int = 1,
    fallback: str = Fallback.NONE,
    wordings: Iterable[Words] = (),
) -> ReminderPolicy:
    """One more text about each visit or form: `offset` days or hours away, by `kind`.

    Empty templates mean the usual words of that kind. `wordings` are the same words in more
    languages, each with its `language`. What does not go with the kind is left out: an hour with
    kinds counted in hours, notice with anything but a visit ahead, `at_most` with anything but a
    form, a type with a form.

    Raises DomainError for words that lack a part or say too much, and for a policy that the
    practice has already.
    """
    draft = _draft(
        kind,
        Channel(channel),
        Words(template, discreet_template, subject_line, current_practice().language),
        tuple(wordings),
        name=name,
        offset=offset,
        at=at,
        appointment_type=appointment_type,
        discreet=discreet,
        skip_when_confirmed=skip_when_confirmed,
        minimum_notice_hours=minimum_notice_hours,
        late_rule=late_rule,
        at_most=at_most,
        fallback=fallback,
    )
    with transaction.atomic():
        policy = _create(draft)
        policy_rows.take_up(policy)
        audit.record("reminder_policy.add", by=by, obj=policy, details={"step": policy.step.key})
    return policy


def add_usual_policy(*, by: Actor) -> ReminderPolicy:
    """One text, 24 hours before every visit, in the usual words; DomainError if it is there."""
    name = _("The day before")
    return add_policy(name=name, kind=OffsetKind.HOURS_BEFORE, offset=24, by=by)


def replace_policy(*, policy: ReminderPolicy, by: Actor, **facts: Any) -> ReminderPolicy:
    """The policy as it shall be from now on: `facts` as for `add_policy`.

    What waits takes the new words and the new moment; what has left is not said again. Raises
    DomainError as `add_policy` does, and where somebody else has changed or retired it meanwhile.
    """
    with transaction.atomic():
        old = ReminderPolicy.objects.select_for_update().get(pk=policy.pk)
        if old.retired_at is not None:
            raise DomainError(
                _("Somebody has changed this text meanwhile. Your words are still here.")
            )
        old.retired_at = clock.now()
        old.save(update_fields=["retired_at"])
        new = _create(_draft_of(facts), replaces=old)
        policy_rows.hand_over(old, new)
        details = {"step": new.step.key, "was": str(old.pk)}
        audit.record("reminder_policy.replace", by=by, obj=new, details=details)
    return new


def retire_policy(*, policy: ReminderPolicy, by: Actor) -> ReminderPolicy:
    """Send no more of these: what waits is dropped, and the ledger keeps name and reason."""
    if policy.retired_at is None:
        with transaction.atomic():
            policy.retired_at = clock.now()
            policy.save(update_fields=["retired_at"])
            policy_rows.drop(policy)
            audit.record("reminder_policy.retire", by=by, obj=policy)
    return policy


def restore_policy(*, policy: ReminderPolicy, by: Actor) -> ReminderPolicy:
    """Take a retired policy up again; what was dropped with it is planned anew.

    Raises DomainError where another one has its place.
    """
    if policy.retired_at is None:
        return policy
    if ReminderPolicy.objects.filter(replaces=policy).exists():
        raise DomainError(_("This text was changed. Look at the newer one."))
    policy.retired_at = None
    with transaction.atomic():
        try:
            with transaction.atomic():
                policy.save(update_fields=["retired_at"])
        except IntegrityError as error:
            raise DomainError(_("There is a text at that time already.")) from error
        policy_rows.take_up(policy)
        audit.record("reminder_policy.restore", by=by, obj=policy)
    return policy


def _draft_of(facts: dict[str, Any]) -> _Draft:
    kind, channel = OffsetKind(facts.pop("kind")), Channel(facts.pop("channel", Channel.SMS))
    words = Words(
        facts.pop("template", ""),
        facts.pop("discreet_template", ""),
        facts.pop("subject_line", ""),
        current_practice().language,
    )
    return _draft(kind, channel, words, tuple(facts.pop("wordings", ())), **facts)


def _draft(
    kind: OffsetKind, channel: Channel, words: Words, others: tuple[Words, ...], **values: Any
) -> _Draft:
    if kind not in AT_AN_HOUR:
        values["at"] = None
    if kind not in BEFORE_A_VISIT:
        values |= {"minimum_notice_hours": 0, "late_rule": LateRule.SEND}
        values["skip_when_confirmed"] = False
    if kind in ABOUT_A_FORM:
        values["appointment_type"] = None
    else:
        values["at_most"] = 1
    own, by_mail = usual(kind, by_mail=channel is Channel.EMAIL), channel is Channel.EMAIL
    may_be_mail = by_mail or values.get("fallback") == Fallback.OTHER_CHANNEL
    words = Words(
        words.template or own.template,
        words.discreet_template or own.discreet_template,
        (words.subject_line or own.subject_line) if may_be_mail else "",
        words.language,
    )
    for each in (words, *others):
        for template, discreet in ((each.template, False), (each.discreet_template, True)):
            check_template(
                template, discreet=discreet, kind=kind, language=each.language, by_mail=by_mail
            )
        if may_be_mail:
            check_subject_line(each.subject_line, kind=kind, language=each.language)
    return _Draft(kind, channel, words, values, others)


def _create(draft: _Draft, *, replaces: ReminderPolicy | None = None) -> ReminderPolicy:
    words = draft.words
    try:
        with transaction.atomic():
            policy = ReminderPolicy.objects.create(
                kind=draft.kind.value,
                channel=draft.channel.value,
                language=words.language,
                template=words.template,
                discreet_template=words.discreet_template,
                subject_line=words.subject_line,
                replaces=replaces,
                created_at=clock.now(),
                **draft.values,
            )
            PolicyWording.objects.bulk_create(
                PolicyWording(
                    policy=policy,
                    language=each.language,
                    template=each.template,
                    discreet_template=each.discreet_template,
                    subject_line=each.subject_line,
                )
                for each in draft.others
            )
    except IntegrityError as error:
        raise DomainError(_("There is a text at that time already.")) from error
    return policy
