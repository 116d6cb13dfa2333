"""What every page of this part shows: the trouble there is, and what waits."""

from __future__ import annotations

from typing import Any

from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from reminders import selectors
from reminders.health import dispatcher_health
from reminders.stops import open_stops


def frame(request: PracticeRequest) -> dict[str, Any]:
    """What every page of this part shows: the trouble there is, and what waits."""
    viewer = request.viewer
    waiting = 0
    if viewer.can(Permission.INBOUND_READ):
        waiting = selectors.count_of_waiting(viewer)
    return {
        "health": dispatcher_health(),
        "stops": open_stops(),
        "may_resume": viewer.can(Permission.REMINDER_MANAGE),
        "may_change_numbers": viewer.can(Permission.PATIENT_CONTACT_EDIT),
        "may_read_replies": viewer.can(Permission.INBOUND_READ),
        "replies_waiting": waiting,
    }
