"""Forms that were begun, hold a risk, and were left: ten minutes later somebody is told.

The moment stands in the flag's own row, written with the answer, so no crash and no lost broker
forgets it. One sweep of the dispatcher looks; killed anywhere it leaves the row waiting, and run
twice it raises one alert.
"""

from __future__ import annotations

import datetime as dt
import threading
from uuid import UUID

from intake.models import Assignment, Flag
from intake.services.alerts import LEFT_AFTER, raise_alerts
from portal import clock
from portal.access.viewer import SystemActor
from portal.tenancy.context import crossing_practices
from portal.tenancy.sweeps import Sweep

BY = SystemActor("Forms, by themselves")


def sweep(stop: threading.Event | None = None) -> int:
    """Raise every alert that is due, in every practice. Returns how many forms it was for.

    A form that cannot be looked at keeps no other waiting; it is tried again by the next sweep.
    """
    return _SWEEP.over(practices_with_left_forms(clock.now()), stop)


def practices_with_left_forms(now: dt.datetime) -> list[UUID]:
    """Practices with such a form, asked as the role that sees only that."""
    with crossing_practices(reason="which practices have forms that were left") as alias:
        due = Flag._base_manager.using(alias).filter(due_at__lte=now)
        return list(due.values_list("practice_id", flat=True).distinct().order_by())


def look_at(assignment_id: UUID) -> bool:
    """Tell somebody of one form's flags, unless the patient still writes. Returns whether it did.

    A form that somebody is changing in this moment is left for the next sweep.
    """
    row = (
        Assignment.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=assignment_id)
        .first()
    )
    if row is None:
        return False
    still_until = (row.last_activity_at or row.assigned_at) + LEFT_AFTER
    if row.is_open and still_until > clock.now():
        Flag.objects.filter(assignment=row, due_at__isnull=False).update(due_at=still_until)
        return False
    return bool(raise_alerts(assignment=row, source=row, by=BY))


def _due() -> list[UUID]:
    due = Flag.objects.filter(due_at__lte=clock.now()).order_by("due_at", "pk")
    return list(dict.fromkeys(due.values_list("assignment_id", flat=True)))


_SWEEP = Sweep(_due, look_at, "a form could not be looked at")
