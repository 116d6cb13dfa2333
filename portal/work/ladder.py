"""The ladder of an alert that nobody acknowledges: the next clinician, then the managers.

Its rungs are rows, written in the transaction that raises the alert. One sweep takes those that are
due, each alert in a transaction of its own: killed anywhere it leaves the rung waiting, run again
it finds nothing to do, and after an outage it takes everything that was missed. Whoever changes an
alert locks the alert first and its rungs after it.
"""

from __future__ import annotations

import datetime as dt
import threading
from uuid import UUID

from portal import clock
from portal.access.viewer import SystemActor
from portal.audit import services as audit
from portal.practices.selectors import managers
from portal.tenancy.context import crossing_practices
from portal.tenancy.sweeps import Sweep
from portal.work import notices
from portal.work.history import note_step
from portal.work.models import (
    AlertRung,
    NoticeCode,
    Rung,
    RungState,
    WorkItem,
    WorkState,
    WorkStep,
)
from portal.work.responsible import next_after

NEXT_AFTER = dt.timedelta(minutes=15)
MANAGERS_AFTER = dt.timedelta(minutes=30)
BY = SystemActor("The alert ladder")


def begin(item: WorkItem) -> None:
    """Write the rungs of an alert that is being raised."""
    AlertRung.objects.bulk_create(
        [
            AlertRung(item=item, rung=Rung.NEXT, due_at=item.raised_at + NEXT_AFTER),
            AlertRung(item=item, rung=Rung.MANAGERS, due_at=item.raised_at + MANAGERS_AFTER),
        ]
    )


def begin_again(item: WorkItem) -> None:
    """Somebody has passed it on: whoever has it now gets the same time before the next is asked.

    The managers are told no later than they would have been: passing it back and forth hides
    nothing from them.
    """
    now = clock.now()
    waiting = AlertRung.objects.filter(item=item, state=RungState.WAITING)
    waiting.filter(rung=Rung.NEXT).update(state=RungState.DROPPED, settled_at=now)
    rungs = [AlertRung(item=item, rung=Rung.NEXT, due_at=now + NEXT_AFTER)]
    if not waiting.filter(rung=Rung.MANAGERS).exists():
        rungs.append(AlertRung(item=item, rung=Rung.MANAGERS, due_at=now + MANAGERS_AFTER))
    AlertRung.objects.bulk_create(rungs)


def end(item: WorkItem) -> None:
    """Nobody else needs to be asked about this alert."""
    AlertRung.objects.filter(item=item, state=RungState.WAITING).update(
        state=RungState.DROPPED, settled_at=clock.now()
    )


def sweep(stop: threading.Event | None = None) -> int:
    """Take every rung that is due, in every practice. Returns how many were taken.

    An alert that cannot be moved keeps no other waiting; it is tried again by the next sweep.
    """
    return _SWEEP.over(practices_with_due_rungs(clock.now()), stop)


def sweep_practice(practice_id: UUID) -> int:
    """Take every rung that is due in one practice. Returns how many were taken."""
    return _SWEEP.inside(practice_id)


def practices_with_due_rungs(now: dt.datetime) -> list[UUID]:
    """Practices with an alert to move on, asked as the role that sees only that."""
    with crossing_practices(reason="which practices have alerts to move on") as alias:
        due = AlertRung._base_manager.using(alias).filter(state=RungState.WAITING, due_at__lte=now)
        return list(due.values_list("practice_id", flat=True).distinct().order_by())


def climb(item_id: UUID) -> int:
    """Take the due rungs of one alert of the ambient practice. Returns how many were taken.

    An alert that somebody is changing in this moment is left for the next sweep.
    """
    item = WorkItem.objects.select_for_update(skip_locked=True).filter(pk=item_id).first()
    if item is None:
        return 0
    if item.state != WorkState.OPEN:
        end(item)
        return 0
    due = AlertRung.objects.filter(item=item, state=RungState.WAITING, due_at__lte=clock.now())
    rungs = list(due.select_for_update().order_by("due_at", "pk"))
    for rung in rungs:
        _take(rung, item)
    return len(rungs)


def _due() -> list[UUID]:
    """The alerts with a due rung, the oldest first."""
    due = AlertRung.objects.filter(state=RungState.WAITING, due_at__lte=clock.now())
    return list(dict.fromkeys(due.order_by("due_at", "pk").values_list("item_id", flat=True)))


_SWEEP = Sweep(_due, climb, "an alert could not be moved on")


def _take(rung: AlertRung, item: WorkItem) -> None:
    """One step: to the next clinician, or to the managers where it is their turn or nobody is left.

    The managers are told and the alert stays where it is: only a clinician can acknowledge it.
    """
    to = _next_clinician(item) if rung.rung == Rung.NEXT else None
    if to is not None:
        item.assigned_to_id = to
        item.save(update_fields=["assigned_to"])
        notices.tell(members=[to], code=NoticeCode.RISK_YOURS, item=item)
    else:
        everyone = managers().values_list("pk", flat=True)
        notices.tell(members=everyone, code=NoticeCode.RISK_NOBODY, item=item)
    rung.state, rung.settled_at, rung.to_id = RungState.CLIMBED, clock.now(), to
    rung.save(update_fields=["state", "settled_at", "to"])
    note_step(item, "moved on" if to else "managers told", BY)
    audit.record(
        "alert.climb",
        by=BY,
        obj=item,
        patient_id=item.patient_id,
        details={"rung": rung.rung, "to": str(to or "")},
    )


def _next_clinician(item: WorkItem) -> UUID | None:
    if item.patient_id is None:
        return None
    asked = WorkStep.objects.filter(item=item, assigned_to__isnull=False)
    return next_after(
        item.patient_id,
        standing_with=item.assigned_to_id,
        tried=set(asked.values_list("assigned_to_id", flat=True)),
    )
