"""What planning asks about appointments, inside one practice: tuples, since it reads thousands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, OuterRef, QuerySet

from portal.appointments.models import Appointment, AppointmentStatus, Status

_LONGEST = dt.timedelta(hours=8)  # `type_minutes_sensible`


class VisitTime(NamedTuple):
    """When one appointment is. `patient_zone` is empty where it is the practice's own."""

    appointment_id: UUID
    patient_id: UUID
    type_id: UUID
    version: int
    local_start: str
    time_zone: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    created_at: dt.datetime
    patient_zone: str


def visits_ahead(begins: dt.datetime, ends: dt.datetime) -> list[VisitTime]:
    """Standing appointments that start in [begins, ends), by start."""
    return _times(Appointment.objects.standing().filter(starts_at__gte=begins, starts_at__lt=ends))


def visits_missed(begins: dt.datetime, ends: dt.datetime) -> list[VisitTime]:
    """Appointments to which nobody came, that ended in [begins, ends), by start."""
    rows = Appointment.objects.filter(
        status=Status.NO_SHOW,
        starts_at__gte=begins - _LONGEST,  # the index is by start
        ends_at__gte=begins,
        ends_at__lt=ends,
    )
    return _times(rows)


def same_visits(reference: OuterRef) -> QuerySet[Appointment]:
    """The appointment of that id, as a part of somebody's question."""
    return Appointment.objects.filter(pk=reference).order_by()


def agreed_at(ids: Iterable[UUID]) -> dict[UUID, dt.datetime]:
    """When the present time of each appointment was agreed, from its history; one query."""
    rows = AppointmentStatus.objects.filter(appointment__in=list(ids), status=Status.BOOKED)
    found = rows.order_by().values("appointment_id").annotate(last=Max("at"))
    return dict(found.values_list("appointment_id", "last"))


def _times(rows: QuerySet[Appointment]) -> list[VisitTime]:
    fields = ("pk", *VisitTime._fields[1:-1], "patient__time_zone")
    return [VisitTime(*row) for row in rows.order_by("starts_at", "pk").values_list(*fields)]
