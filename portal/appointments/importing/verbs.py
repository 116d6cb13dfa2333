"""Two changes that only a record system makes: booked after all, and with whom, what or where."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from portal import clock
from portal.access.viewer import Actor
from portal.appointments.models import CANCELLED, Appointment, AppointmentStatus, Status
from portal.appointments.wall_time import wall_text
from portal.audit import services as audit

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
    row = _locked(appointment.pk)
    if row.status not in CANCELLED:
        return row
    row.local_start, row.starts_at, row.ends_at = wall_text(local_start), starts_at, ends_at
    row.status, row.status_at, row.cancel_reason = Status.BOOKED, clock.now(), ""
    row.version += 1
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
    _history(row, by)
    audit.record("appointment.book_again", by=by, obj=row, patient_id=row.patient_id)
    return row


def change_details(*, appointment: Appointment, by: Actor, **facts: Any) -> Appointment:
    """Other facts of DETAILS, or another length (`ends_at`).

    A new version, so that nothing that was planned for the old ones holds; none where all is so.
    """
    if unknown := set(facts) - _MAY_CHANGE:
        raise TypeError(f"cannot be set here: {sorted(unknown)}")
    row = _locked(appointment.pk)
    changed = sorted(name for name, value in facts.items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, facts[name])
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    _history(row, by)
    audit.record(
        "appointment.change", by=by, obj=row, patient_id=row.patient_id, details={"fields": changed}
    )
    return row


def _locked(pk: UUID) -> Appointment:
    row: Appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("patient", "clinician", "type", "episode")
        .get(pk=pk)
    )
    return row


def _history(row: Appointment, by: Actor) -> None:
    AppointmentStatus.objects.create(
        appointment=row,
        status=row.status,
        at=clock.now(),
        by_id=by.membership_id,
        by_name=by.display_name[:120],
        starts_at=row.starts_at,
    )
