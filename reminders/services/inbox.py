"""The front desk's part: look at what people wrote, hand it on, say that it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Viewer
from portal.audit import services as audit
from portal.people.selectors import lead_clinician_of
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from portal.work import services as work
from portal.work.models import WorkAudience, WorkItem, WorkKind, WorkState
from reminders.models import InboundMessage, InboundState

_ONE_DAY = dt.timedelta(days=1)


def note_reading(*, messages: Sequence[InboundMessage], by: Viewer) -> None:
    """What people wrote has been shown to somebody: one audit row for the page."""
    if messages:
        audit.record(
            "inbound.read",
            by=by,
            details={"messages": [str(message.pk) for message in messages]},
        )


def hand_to_clinician(*, message: InboundMessage, by: Viewer) -> InboundMessage:
    """Hand a message to the patient's clinician, else to the clinician on duty.

    Raises DomainError where nobody can take it. A second time changes nothing.
    """
    if message.state == InboundState.HANDED:
        return message
    if message.state == InboundState.DONE:
        raise DomainError(_("This message is done."))
    lead = lead_clinician_of(message.patient_id) if message.patient_id else None
    clinician = lead or settings_of_practice().duty_clinician
    if clinician is None:
        raise DomainError(
            _("Nobody can take this: the patient has no clinician and nobody is on duty.")
        )
    message.state, message.handed_to, message.handed_at = (
        InboundState.HANDED,
        clinician,
        clock.now(),
    )
    message.save(update_fields=["state", "handed_to", "handed_at"])
    work.raise_task(
        code="inbound.handed",
        title=_("The front desk has handed you a text"),
        audience=WorkAudience.CLINICIANS,
        assigned_to=clinician,
        due_at=clock.now() + _ONE_DAY,
        patient_id=message.patient_id,
        source=message,
        by=by,
    )
    audit.record(
        "inbound.hand",
        by=by,
        obj=message,
        patient_id=message.patient_id,
        details={"to": str(clinician.pk)},
    )
    return message


def finish(*, message: InboundMessage, by: Viewer) -> InboundMessage:
    """Somebody has dealt with it. A second time changes nothing."""
    if message.state == InboundState.DONE:
        return message
    message.state, message.done_at, message.done_by_id = (
        InboundState.DONE,
        clock.now(),
        by.membership_id,
    )
    message.save(update_fields=["state", "done_at", "done_by"])
    for item in _tasks_of(message).exclude(state=WorkState.DONE):
        work.finish(item=item, by=by)
    audit.record("inbound.finish", by=by, obj=message, patient_id=message.patient_id)
    return message


def reopen(*, message: InboundMessage, by: Viewer) -> InboundMessage:
    """Undo: the message waits again."""
    if message.state != InboundState.DONE or message.done_by_id is None:
        return message
    for item in _tasks_of(message).filter(state=WorkState.DONE, done_at__gte=message.done_at):
        work.reopen(item=item, by=by)
    message.state = InboundState.HANDED if message.handed_to_id else InboundState.WAITING
    message.done_at, message.done_by = None, None
    message.save(update_fields=["state", "done_at", "done_by"])
    audit.record("inbound.reopen", by=by, obj=message, patient_id=message.patient_id)
    return message


def _tasks_of(message: InboundMessage) -> QuerySet[WorkItem]:
    """What the front desk was asked to do about a message: done when the message is."""
    return WorkItem.objects.filter(
        source_type=message._meta.label_lower,
        source_id=message.pk,
        kind=WorkKind.TASK,
        audience=WorkAudience.FRONT_DESK,
    )
