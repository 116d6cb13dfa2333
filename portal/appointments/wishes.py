"""The wish for another time: one task of the front desk for each visit, wherever it was said.

It is over by itself when the visit is moved, cancelled or has taken place, in that transaction.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from portal.access.viewer import Actor
from portal.appointments.models import Appointment
from portal.appointments.selectors import last_moved_at
from portal.work import services as work
from portal.work.models import WorkAudience, WorkItem, WorkState

CODE = "appointment.other_time"


def raise_wish(
    *,
    appointment: Appointment,
    title: str,
    due_at: dt.datetime,
    by: Actor,
    says_when: bool = False,
) -> WorkItem:
    """Put the wish on the front desk's list. Saying it again opens the same task again.

    One that waits still takes the new words where they say more than that (`says_when`).
    """
    item = work.raise_task(
        code=CODE,
        title=title,
        audience=WorkAudience.FRONT_DESK,
        due_at=due_at,
        patient_id=appointment.patient_id,
        source=appointment,
        by=by,
    )
    if item.state == WorkState.DONE:
        item.title, item.due_at = title, due_at
        item.save(update_fields=["title", "due_at"])
        work.reopen(item=item, by=by)
    elif says_when and item.title != title:
        item.title = title
        item.save(update_fields=["title"])
    return item


def settle(appointment: Appointment, why: str, by: Actor) -> None:
    """The visit was changed: nobody has to look at the wish any more."""
    for item in _of(appointment).exclude(state=WorkState.DONE):
        work.overtake(item=item, why=why, by=by)


def take_up_again(appointment: Appointment, by: Actor) -> None:
    """The change was taken back: a wish that was over because of it waits again.

    One that was said before the visit was moved has had its other time, and stays over.
    """
    for item in _of(appointment).filter(state=WorkState.DONE):
        moved_at = last_moved_at(appointment)
        is_met = moved_at is not None and moved_at >= work.wanted_since(item)
        if work.was_overtaken(item) and not is_met:
            work.reopen(item=item, by=by)


def _of(appointment: Appointment) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(
        code=CODE, source_type=appointment._meta.label_lower, source_id=appointment.pk
    )
