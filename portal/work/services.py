"""Raising, acknowledging, passing on and finishing alerts and tasks."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from portal import clock
from portal.access.permissions import Permission
from portal.access.viewer import Actor, Viewer
from portal.audit import services as audit
from portal.practices.models import Membership
from portal.tenancy.errors import DomainError
from portal.work import ladder, notices
from portal.work.history import note_step
from portal.work.models import NoticeCode, WorkAudience, WorkItem, WorkKind, WorkState
from portal.work.responsible import on_duty as on_duty
from portal.work.responsible import responsible_for as responsible_for
from portal.work.selectors import HAS_WORK_LIST

OVERTAKEN = "overtaken"
"""The step of a task that was over by itself."""
OPENED_AGAIN = "opened again"
"""The step of one that stands on the list once more."""


def raise_alert(
    *, code: str, title: str, patient_id: UUID, source: models.Model, by: Actor
) -> WorkItem:
    """A risk to a person: for the lead clinician, their cover, the duty clinician, or a manager.

    Raising it twice for one source and patient gives the first one back. `title` holds no answer
    and no score.
    """
    assigned_to = responsible_for(patient_id)
    return _raise(
        kind=WorkKind.ALERT,
        code=code,
        title=title,
        patient_id=patient_id,
        assigned_to_id=assigned_to,
        audience=WorkAudience.CLINICIANS,
        due_at=clock.now() + ladder.NEXT_AFTER,
        source=source,
        by=by,
    )


def raise_task(
    *,
    code: str,
    title: str,
    audience: WorkAudience,
    due_at: dt.datetime,
    by: Actor,
    patient_id: UUID | None = None,
    assigned_to: Membership | None = None,
    source: models.Model | None = None,
) -> WorkItem:
    """Something to do, for one person or for everybody with the role."""
    return _raise(
        kind=WorkKind.TASK,
        code=code,
        title=title,
        patient_id=patient_id,
        assigned_to_id=assigned_to.pk if assigned_to else None,
        audience=audience,
        due_at=due_at,
        source=source,
        by=by,
    )


def open_item(*, item: WorkItem, by: Viewer) -> WorkItem:
    """Somebody looks at it: recorded where it is about a patient, who sees it in their list."""
    notices.seen(item, by)
    if item.patient_id is not None:
        audit.record("work.open", by=by, obj=item, patient_id=item.patient_id)
    return item


def acknowledge(*, item: WorkItem, by: Viewer) -> WorkItem:
    """A clinician has seen the alert and takes it on. A second time changes nothing."""
    if item.kind != WorkKind.ALERT:
        raise DomainError(_("Only alerts are acknowledged; a task is done."))
    if not by.can(Permission.ALERT_ACKNOWLEDGE):
        raise DomainError(_("An alert is acknowledged by a clinician. You can pass it on."))
    now = clock.now()
    changed = WorkItem.objects.filter(pk=item.pk, state=WorkState.OPEN).update(
        state=WorkState.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by_id=by.membership_id
    )
    item.refresh_from_db()
    if changed:
        ladder.end(item)
        notices.over(item)
        note_step(item, "acknowledged", by)
        audit.record("alert.acknowledge", by=by, obj=item, patient_id=item.patient_id)
    return item


def reassign(*, item: WorkItem, to: Membership, by: Viewer) -> WorkItem:
    """Pass an item on. An alert goes to a clinician only, and stays unacknowledged."""
    if item.state == WorkState.DONE:
        raise DomainError(_("This is done already."))
    if item.kind == WorkKind.ALERT and "clinician" not in to.roles:
        raise DomainError(_("An alert can only go to a clinician."))
    if not to.role_set & HAS_WORK_LIST:
        raise DomainError(_("This person has no work list."))
    if item.assigned_to_id == to.pk:
        return item
    item.assigned_to = to
    item.save(update_fields=["assigned_to"])
    if item.kind == WorkKind.ALERT and item.state == WorkState.OPEN:
        ladder.begin_again(item)
    _tell_holder(item, by)
    note_step(item, "passed on", by)
    audit.record(
        "work.reassign",
        by=by,
        obj=item,
        patient_id=item.patient_id,
        details={"to": str(to.pk)},
    )
    return item


def finish(*, item: WorkItem, by: Viewer, outcome: str = "") -> WorkItem:
    """Done. An alert has to be acknowledged first, so that someone clinical has seen it."""
    if item.kind == WorkKind.ALERT and item.acknowledged_at is None:
        raise DomainError(_("Acknowledge the alert first."))
    return _end(item, "done", outcome, by)


def overtake(*, item: WorkItem, why: str, by: Actor) -> WorkItem:
    """A task that nobody has to do any more, because `by` has changed what it was about."""
    if item.kind == WorkKind.ALERT:
        raise DomainError(_("An alert is never over by itself."))
    return _end(item, OVERTAKEN, why, by)


def was_overtaken(item: WorkItem) -> bool:
    """Whether that is how it ended last."""
    last = item.steps.order_by("-at", "-pk").values_list("verb", flat=True).first()
    return item.state == WorkState.DONE and last == OVERTAKEN


def wanted_since(item: WorkItem) -> dt.datetime:
    """When it was raised, or opened again for the last time."""
    again = item.steps.filter(verb=OPENED_AGAIN).order_by("-at").values_list("at", flat=True)
    return again.first() or item.raised_at


def _end(item: WorkItem, verb: str, outcome: str, by: Actor) -> WorkItem:
    changed = (
        WorkItem.objects.filter(pk=item.pk)
        .exclude(state=WorkState.DONE)
        .update(state=WorkState.DONE, done_at=clock.now(), done_by_id=by.membership_id)
    )
    item.refresh_from_db()
    if changed:
        notices.over(item)
        item.outcome = outcome
        item.save(update_fields=["outcome"])
        note_step(item, verb, by)
        audit.record("work.finish", by=by, obj=item, patient_id=item.patient_id)
    return item


def reopen(*, item: WorkItem, by: Actor) -> WorkItem:
    """Undo: a finished item stands on the list again."""
    if item.state != WorkState.DONE:
        return item
    if was_overtaken(item):
        item.outcome = ""  # why nobody had to do it holds no more; what a person wrote stays
    item.state = WorkState.ACKNOWLEDGED if item.acknowledged_at else WorkState.OPEN
    item.done_at, item.done_by = None, None
    item.save(update_fields=["state", "done_at", "done_by", "outcome"])
    note_step(item, OPENED_AGAIN, by)
    audit.record("work.reopen", by=by, obj=item, patient_id=item.patient_id)
    return item


def _raise(
    *,
    kind: WorkKind,
    code: str,
    title: str,
    patient_id: UUID | None,
    assigned_to_id: UUID | None,
    audience: WorkAudience,
    due_at: dt.datetime,
    source: models.Model | None,
    by: Actor,
) -> WorkItem:
    values = {
        "kind": kind,
        "title": title,
        "assigned_to_id": assigned_to_id,
        "audience": audience,
        "raised_at": clock.now(),
        "due_at": due_at,
    }
    if source is None:
        item, created = WorkItem.objects.create(code=code, patient_id=patient_id, **values), True
    else:
        item, created = WorkItem.objects.get_or_create(  # type: ignore[misc]  # nobody is IS NULL
            code=code,
            source_type=source._meta.label_lower,
            source_id=source.pk,
            patient_id=patient_id,
            defaults=values,
        )
    if created:
        if kind == WorkKind.ALERT:
            ladder.begin(item)
        _tell_holder(item, by)
        note_step(item, "raised", by)
        audit.record(
            f"{kind}.raise", by=by, obj=item, patient_id=patient_id, details={"code": code}
        )
    return item


def _tell_holder(item: WorkItem, by: Actor) -> None:
    """Whoever it stands with now is told, unless they put it there themselves."""
    if item.assigned_to_id is None:
        return
    code = NoticeCode.RISK_YOURS if item.kind == WorkKind.ALERT else NoticeCode.WORK_YOURS
    notices.tell(members=[item.assigned_to_id], code=code, item=item, by=by)
