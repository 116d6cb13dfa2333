"""What a calendar reads: the same few queries for one clinician and for twelve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from portal.access.viewer import Viewer
from portal.appointments.models import CANCELLED, Appointment, Availability
from portal.appointments.selectors import SEES_WHOLE_SCHEDULE, appointments_for
from portal.appointments.wall_time import day_bounds
from portal.people.reach import memberships_in_reach

Part = tuple[dt.time, dt.time]
Hours = dict[tuple[UUID, int], list[Part]]


def in_days(
    viewer: Viewer,
    *,
    first: dt.date,
    last: dt.date,
    zone_name: str,
    clinician_id: UUID | None = None,
) -> list[Appointment]:
    """Appointments that begin on local days `first` to `last`, cancelled ones included."""
    begins, _ = day_bounds(first, zone_name)
    _, ends = day_bounds(last, zone_name)
    rows = appointments_for(viewer).filter(starts_at__gte=begins, starts_at__lt=ends)
    if clinician_id is not None:
        rows = rows.filter(clinician_id=clinician_id)
    return list(rows)


def hours_of(clinician_ids: Iterable[UUID]) -> Hours:
    """The bookable parts of each clinician's weekdays, in order; one query."""
    found: Hours = {}
    rows = Availability.objects.filter(clinician__in=list(clinician_ids)).order_by("starts")
    for row in rows:
        found.setdefault((row.clinician_id, row.weekday), []).append((row.starts, row.ends))
    return found


def seen_whole(viewer: Viewer, clinician_ids: Iterable[UUID]) -> set[UUID]:
    """Those of whom the viewer sees every appointment, so that an empty hour is a free one."""
    if viewer.roles & SEES_WHOLE_SCHEDULE:
        return set(clinician_ids)
    return set(memberships_in_reach(viewer)) & set(clinician_ids)


def standing_and_cancelled(
    rows: Iterable[Appointment],
) -> tuple[list[Appointment], list[Appointment]]:
    """The rows that hold their time, and those that have given it back."""
    standing: list[Appointment] = []
    cancelled: list[Appointment] = []
    for row in rows:
        (cancelled if row.status in CANCELLED else standing).append(row)
    return standing, cancelled
