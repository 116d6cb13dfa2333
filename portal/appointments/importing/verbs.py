"""Two changes that only a record system makes: booked after all, and with whom, what or where."""

from __future__ import annotations

import datetime as dt
from typing import Any

from portal.access.viewer import Actor
from portal.appointments import steps
from portal.appointments.models import CANCELLED, Appointment, Status
from portal.appointments.wall_time import wall_text

DETAILS = ("clinician_id", "type_id", "place_id", "location", "video_url")
_MAY_CHANGE = frozenset({*DETAILS, "ends_at"})


def book_again(
    *,
    appointment: Appointment,
    local_start: dt.datetime,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: Actor,
) -> Appointment:
    """A cancelled meeting takes place after all, at this time. One that stands is left alone.

    The caller has seen to it that the clinician is free.
    """
    row = steps.locked(appointment)
    if row.status not in CANCELLED:
        return row
    row.local_start, row.starts_at, row.ends_at = wall_text(local_start), starts_at, ends_at
    row.cancel_reason = ""
    steps.set_status(row, Status.BOOKED)
    row.save(
        update_fields=[
            "local_start",
            "starts_at",
            "ends_at",
            "status",
            "status_at",
            "cancel_reason",
            "version",
        ]
    )
    steps.add_step(row, by)
    steps.record("appointment.book_again", row, by)
    return row


def change_details(*, appointment: Appointment, by: Actor, **facts: Any) -> Appointment:
    """Other facts of DETAILS, or another length (`ends_at`).

    A new version, so that nothing that was planned for the old ones holds; none where all is so.
    """
    if unknown := set(facts) - _MAY_CHANGE:
        raise TypeError(f"cannot be set here: {sorted(unknown)}")
    row = steps.locked(appointment)
    changed = sorted(name for name, value in facts.items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, facts[name])
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    steps.add_step(row, by)
    steps.record("appointment.change", row, by, fields=changed)
    return row
