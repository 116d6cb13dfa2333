"""What every verb of an appointment does: lock it, check it, keep its time, write the history."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor
from portal.appointments.models import (
    CANCELLED,
    STANDING,
    Appointment,
    AppointmentStatus,
    Status,
)
from portal.appointments.wall_time import NoSuchTime, instant, skipped_around
from portal.audit import services as audit
from portal.tenancy.errors import DomainError

_DEADLOCK = "40P01"


class SlotTaken(DomainError):
    """The clinician has somebody else at that time."""


def locked(appointment: Appointment, version: int | None = None) -> Appointment:
    """The row as it stands, locked. Raises DomainError when it is not that version any more."""
    row = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("patient", "clinician", "type", "episode")
        .get(pk=appointment.pk)
    )
    if version is not None and row.version != version:
        raise DomainError(_("This appointment was changed meanwhile. Look at it again."))
    return row


def must_stand(row: Appointment) -> None:
    """Raises DomainError for what was cancelled or is over."""
    if row.status in STANDING:
        return
    if row.status in CANCELLED:
        raise DomainError(_("This appointment was cancelled."))
    raise DomainError(_("This appointment is over."))


def instant_of(local_start: dt.datetime, time_zone: str) -> dt.datetime:
    """The instant of a wall-clock time. Raises DomainError for one that the clock skips."""
    try:
        return instant(local_start, time_zone)
    except NoSuchTime as error:
        first, last = skipped_around(local_start, time_zone)
        raise DomainError(
            _(
                "This time does not exist on that day: the clocks go forward from %(first)s to "
                "%(last)s."
            )
            % {"first": f"{first:%H:%M}", "last": f"{last:%H:%M}"}
        ) from error


def set_status(row: Appointment, status: Status, *, bump: bool = True) -> None:
    """Where it stands from now on, not saved yet; `bump` makes a new version of it."""
    row.status, row.status_at = status, clock.now()
    if bump:
        row.version += 1


def insert_or_taken(row: Appointment) -> Appointment:
    """Insert; raises SlotTaken where the clinician is busy."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except (IntegrityError, OperationalError) as error:
        raise taken(error) from error
    return row


def save_or_taken(row: Appointment, fields: list[str]) -> None:
    """Save these fields with the status; raises SlotTaken where the clinician is busy."""
    try:
        with transaction.atomic():
            row.save(update_fields=[*fields, "status", "status_at", "version"])
    except (IntegrityError, OperationalError) as error:
        raise taken(error) from error


def taken(error: IntegrityError | OperationalError) -> DomainError:
    """What the database refused, in words; what is no conflict is raised again.

    Two who want the same times at once may wait for each other: the database then lets one go on,
    and for the other the time is taken.
    """
    waited = getattr(error.__cause__, "pgcode", "") == _DEADLOCK
    if waited or "appointment_clinician_once" in str(error):
        return SlotTaken(_("The clinician has another appointment at that time."))
    if "appointment_external_once" in str(error):
        return DomainError(_("An appointment of this number exists already."))
    raise error


def add_step(
    row: Appointment,
    by: Actor,
    *,
    status: Status | None = None,
    reason: str = "",
    moved: bool = False,
) -> None:
    """Write what happened into the history, with author and time."""
    step = step_of(row, by, status=status, reason=reason, moved=moved)
    step.save(force_insert=True)


def step_of(
    row: Appointment,
    by: Actor,
    *,
    status: Status | None = None,
    reason: str = "",
    moved: bool = False,
) -> AppointmentStatus:
    """The same, not written yet."""
    return AppointmentStatus(
        appointment=row,
        status=status or row.status,
        at=clock.now(),
        by_id=by.membership_id,
        by_name=by.display_name[:120],
        starts_at=row.starts_at,
        moved=moved,
        reason=reason,
    )


def record(action: str, row: Appointment, by: Actor, **details: Any) -> None:
    """Write the act down, for the record of the patient whom it concerns."""
    audit.record(action, by=by, obj=row, patient_id=row.patient_id, details=details)
