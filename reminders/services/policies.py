"""What a practice wants sent: add and retire policies."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.access.viewer import Actor
from portal.appointments.models import AppointmentType
from portal.audit import services as audit
from portal.tenancy.errors import DomainError
from reminders.models import ReminderPolicy
from reminders.rules import wording
from reminders.rules.timing import OffsetKind

_PARTS = {
    wording.Part.NAME: gettext_lazy("the name"),
    wording.Part.TIME: gettext_lazy("day and time"),
    wording.Part.CLINICIAN: gettext_lazy("the clinician"),
    wording.Part.HOW_TO_CHANGE: gettext_lazy("how to change the time"),
    wording.Part.AUTOMATIC: gettext_lazy("that it is automatic"),
}


def add_policy(
    *,
    name: str,
    kind: OffsetKind,
    offset: int,
    by: Actor,
    at: dt.time | None = None,
    appointment_type: AppointmentType | None = None,
    template: str = wording.FULL_TEMPLATE,
    discreet_template: str = wording.DISCREET_TEMPLATE,
    discreet: bool = False,
    skip_when_confirmed: bool = False,
) -> ReminderPolicy:
    """One more text before each visit: `offset` days or hours before, by `kind`.

    Raises DomainError for words that lack a part or say too much, and for a policy that the
    practice has already.
    """
    _check_words(template, discreet=False)
    _check_words(discreet_template, discreet=True)
    try:
        with transaction.atomic():
            policy = ReminderPolicy.objects.create(
                name=name,
                appointment_type=appointment_type,
                kind=kind.value,
                offset=offset,
                at=at if kind is OffsetKind.DAYS_BEFORE else None,
                template=template,
                discreet_template=discreet_template,
                discreet=discreet,
                skip_when_confirmed=skip_when_confirmed,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise DomainError(_("There is a text at that time already.")) from error
    audit.record("reminder_policy.add", by=by, obj=policy, details={"step": policy.step.key})
    return policy


def add_usual_policy(*, by: Actor) -> ReminderPolicy:
    """One text, 24 hours before every visit, in the usual words; DomainError if it is there."""
    name = _("The day before")
    return add_policy(name=name, kind=OffsetKind.HOURS_BEFORE, offset=24, by=by)


def retire_policy(*, policy: ReminderPolicy, by: Actor) -> ReminderPolicy:
    """Plan no more of these; what is planned still goes out, and the ledger keeps its name."""
    if policy.retired_at is None:
        policy.retired_at = clock.now()
        policy.save(update_fields=["retired_at"])
        audit.record("reminder_policy.retire", by=by, obj=policy)
    return policy


def _check_words(template: str, *, discreet: bool) -> None:
    try:
        found = wording.check(template, discreet=discreet)
    except wording.BadTemplateError as error:
        raise DomainError(str(error)) from error
    if found.missing:
        parts = ", ".join(str(_PARTS[part]) for part in sorted(found.missing))
        raise DomainError(_("The text does not say: %(parts)s.") % {"parts": parts})
    if found.telling_gaps:
        raise DomainError(
            _("Discreet words can't name the clinician or the practice, or hold a link.")
        )
    if found.telling:
        raise DomainError(
            _("These words tell too much on a shared phone: %(words)s.")
            % {"words": ", ".join(found.telling)}
        )
