"""Reading appointments, as somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from portal import clock
from portal.access.once import once
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.appointments.models import (
    CANCELLED,
    STANDING,
    Appointment,
    AppointmentStatus,
    AppointmentType,
    Availability,
    Status,
)
from portal.appointments.wall_time import day_bounds
from portal.audit import sight
from portal.people.models import Patient, ProxyCategory
from portal.people.reach import memberships_in_reach
from portal.people.selectors import clinical_patients_for, helped_patient_ids, patients_for
from portal.practices.models import Membership, PracticeSettings
from portal.practices.selectors import clinicians
from portal.tenancy.errors import NotFound
from portal.tenancy.related import read_related

SEES_WHOLE_SCHEDULE = frozenset({Role.FRONT_DESK, Role.MANAGER})


def appointments_for(viewer: Viewer) -> QuerySet[Appointment]:
    """The appointments this person may see, with patient, clinician and type, by start.

    Front desk and managers: all. Clinicians: their own, those of people they cover, and their
    patients' others. Patients: their own. Carers: where they have been let in.
    """
    appointments = Appointment.objects.select_related(
        "patient", "clinician", "type", "place"
    ).order_by("starts_at", "pk")
    if viewer.roles & SEES_WHOLE_SCHEDULE:
        return appointments
    reach = Q(pk__in=[])
    if Role.CLINICIAN in viewer.roles:
        reach |= Q(clinician_id__in=memberships_in_reach(viewer))
        reach |= Q(patient__in=patients_for(viewer).order_by())
    if viewer.patient_id is not None:
        reach |= Q(patient_id=viewer.patient_id)
    if Role.PROXY in viewer.roles:
        reach |= Q(patient_id__in=helped_patient_ids(viewer, ProxyCategory.APPOINTMENTS))
    return appointments.filter(reach)


def appointment_for(viewer: Viewer, appointment_id: UUID) -> Appointment:
    """One appointment. Raises NotFound."""
    appointment = appointments_for(viewer).filter(pk=appointment_id).first()
    if appointment is None:
        raise NotFound("No such appointment.")
    sight.handed(appointment.patient_id)
    return appointment


def on_day(
    viewer: Viewer, *, day: dt.date, zone_name: str, clinician_id: UUID | None = None
) -> QuerySet[Appointment]:
    """The appointments of one local day, cancelled ones included."""
    begins, ends = day_bounds(day, zone_name)
    appointments = appointments_for(viewer).filter(starts_at__gte=begins, starts_at__lt=ends)
    if clinician_id is not None:
        appointments = appointments.filter(clinician_id=clinician_id)
    return appointments


def own_day(viewer: Viewer, *, day: dt.date, zone_name: str) -> QuerySet[Appointment]:
    """A clinician's own day, with that of the people they cover."""
    return on_day(viewer, day=day, zone_name=zone_name).filter(
        clinician_id__in=memberships_in_reach(viewer)
    )


def own_day_of(viewer: Viewer, *, day: dt.date, zone_name: str) -> list[Any]:
    """The same as a list with numbers; a page that only reads asks once.

    Each row says whether the viewer may open that patient's record: the schedule shows more people.
    """
    record = clinical_patients_for(viewer).order_by().filter(pk=OuterRef("patient_id"))
    rows = numbered(own_day(viewer, day=day, zone_name=zone_name))
    rows = rows.annotate(is_open_to_viewer=Exists(record))
    return once(lambda: list(rows), "own day", viewer.membership_id, day)


def upcoming_for(viewer: Viewer) -> QuerySet[Appointment]:
    """What stands and has not ended."""
    return appointments_for(viewer).filter(status__in=STANDING, ends_at__gt=clock.now())


def of_patient(viewer: Viewer, patient: Patient) -> QuerySet[Appointment]:
    """A patient's appointments that the viewer may see, newest first."""
    return appointments_for(viewer).filter(patient=patient).order_by("-starts_at", "pk")


def history_of(appointment: Appointment) -> QuerySet[AppointmentStatus]:
    """What became of an appointment that the viewer has already been given."""
    rows = AppointmentStatus.objects.filter(appointment=appointment).order_by("at", "pk")
    return rows.select_related("appointment")  # whose it is decides whether a reason opens


def last_move(appointment: Appointment) -> tuple[dt.datetime, bool] | None:
    """When an appointment that the viewer has already been given was moved last, if it was.

    With it, whether the practice wished it.
    """
    steps = AppointmentStatus.objects.filter(appointment=appointment, moved=True)
    found = steps.order_by("-at").values_list("at", "status").first()
    return found and (found[0], found[1] == Status.CANCELLED_BY_PRACTICE)


def last_moved_at(appointment: Appointment) -> dt.datetime | None:
    """The same, without whose wish it was."""
    found = last_move(appointment)
    return found[0] if found else None


def upcoming_of(viewer: Viewer) -> list[Appointment]:
    """The same with what the cards say of it; a page that only reads asks once.

    Each row has its number and `notice_hours`: how long before it one may ask for another time.
    """
    notice = PracticeSettings.objects.values("reschedule_notice_hours")[:1]
    rows = numbered(upcoming_for(viewer)).annotate(notice_hours=Subquery(notice))
    return once(lambda: list(rows), "upcoming", viewer.membership_id)


def unrecorded_for(viewer: Viewer) -> QuerySet[Appointment]:
    """Past appointments without an outcome, that this person may record."""
    return appointments_for(viewer).filter(status__in=STANDING, ends_at__lt=clock.now())


def types_in_use() -> QuerySet[AppointmentType]:
    return AppointmentType.objects.filter(retired_at=None).order_by("name")


def type_named(type_id: UUID) -> AppointmentType:
    """One type. Raises NotFound."""
    found = AppointmentType.objects.filter(pk=type_id).first()
    if found is None:
        raise NotFound("No such type of appointment.")
    return found


def bookable_clinicians_for(viewer: Viewer) -> QuerySet[Membership]:
    """Clinicians whose hours this person may change: all for desk and managers, else oneself."""
    if viewer.roles & SEES_WHOLE_SCHEDULE:
        return clinicians()
    return clinicians().filter(pk=viewer.membership_id)


def bookable_clinician_for(viewer: Viewer, membership_id: UUID) -> Membership:
    """One of them. Raises NotFound."""
    clinician = bookable_clinicians_for(viewer).filter(pk=membership_id).first()
    if clinician is None:
        raise NotFound("No such clinician.")
    return clinician


def availability_of(clinician: Membership) -> QuerySet[Availability]:
    return Availability.objects.filter(clinician=clinician).order_by("weekday", "starts")


def weekly_minutes(staff: Iterable[Membership]) -> dict[UUID, int]:
    """How many minutes a week each can be booked; one query."""
    total: dict[UUID, int] = {}
    for row in Availability.objects.filter(clinician__in=[each.pk for each in staff]):
        begins, ends = (each.hour * 60 + each.minute for each in (row.starts, row.ends))
        total[row.clinician_id] = total.get(row.clinician_id, 0) + ends - begins
    return total


def types_of_practice() -> QuerySet[AppointmentType]:
    """Every type, those still offered first."""
    return AppointmentType.objects.order_by(F("retired_at").asc(nulls_first=True), "name")


def past_of(viewer: Viewer) -> QuerySet[Appointment]:
    """What the viewer may see that is over or was cancelled, newest first."""
    over = Q(ends_at__lte=clock.now()) | ~Q(status__in=STANDING)
    return appointments_for(viewer).filter(over).order_by("-starts_at", "pk")


def booked_with(clinician: Membership) -> QuerySet[Appointment]:
    """What still stands with a clinician, for somebody who may see the whole staff."""
    return Appointment.objects.standing().filter(clinician=clinician, starts_at__gt=clock.now())


def appointment_ids_with(clinician_id: UUID) -> QuerySet[Appointment, UUID]:
    """Ids of every appointment with a clinician, to narrow rows that the viewer may see anyway."""
    return Appointment.objects.filter(clinician_id=clinician_id).values_list("pk", flat=True)


def next_of_patients(viewer: Viewer, patient_ids: Iterable[UUID]) -> dict[UUID, Appointment]:
    """The next standing appointment of each patient, as far as the viewer may see it; one query."""
    rows = upcoming_for(viewer).filter(patient_id__in=list(patient_ids)).order_by("-starts_at")
    return {row.patient_id: row for row in rows}


def booked_patient_ids(viewer: Viewer) -> QuerySet[Appointment, UUID]:
    """Ids of the patients with a standing appointment to come that the viewer may see."""
    return upcoming_for(viewer).order_by().values_list("patient_id", flat=True)


def last_attended_of_patients(
    viewer: Viewer, patient_ids: Iterable[UUID]
) -> dict[UUID, dt.datetime]:
    """When each patient last came, as far as the viewer may see it; one query."""
    rows = (
        appointments_for(viewer)
        .filter(
            patient_id__in=list(patient_ids), status__in=[Status.ATTENDED, Status.ATTENDED_LATE]
        )
        .order_by()
        .values("patient_id")
        .annotate(last=Max("starts_at"))
    )
    return {row["patient_id"]: row["last"] for row in rows}


def numbered(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """The same rows, each with what `session_number` tells; no query more."""
    before = Appointment.objects.filter(
        patient_id=OuterRef("patient_id"),
        starts_at__lt=OuterRef("starts_at"),
        status__in=[Status.ATTENDED, Status.ATTENDED_LATE],
    )
    count = Func(
        ArraySubquery(before.order_by().values("pk")),
        function="CARDINALITY",
        output_field=IntegerField(),
    )
    return appointments.annotate(came_before=count)


def session_number(appointment: Appointment) -> int:
    """Which of the patient's meetings this is, those that took place before it counted."""
    if "came_before" not in vars(appointment):
        appointment = numbered(Appointment.objects.filter(pk=appointment.pk)).get()
    return int(vars(appointment)["came_before"]) + 1


# For background work inside one practice: no viewer, so never for a page.


def standing_between(begins: dt.datetime, ends: dt.datetime) -> QuerySet[Appointment]:
    """Standing appointments that start in [begins, ends), for the reminder planner."""
    return (
        Appointment.objects.standing()
        .filter(starts_at__gte=begins, starts_at__lt=ends)
        .select_related("patient", "clinician", "type")
        .order_by("starts_at", "pk")
    )


def appointments_by_id(ids: Iterable[UUID]) -> dict[UUID, Appointment]:
    """Appointments of those ids, to check again before sending."""
    return Appointment.objects.select_related("patient", "clinician", "type").in_bulk(list(ids))


def lock_appointments(
    ids: Iterable[UUID], *, patients: Mapping[UUID, Patient]
) -> dict[UUID, Appointment]:
    """The same, locked until the transaction ends; those that somebody is changing are left out.

    `patients` are those that the caller has read already. Many appointments share a clinician and
    a type: each of these is read once.
    """
    rows = Appointment.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    found = rows.order_by("pk").in_bulk(list(ids))
    for appointment in found.values():
        if appointment.patient_id in patients:
            appointment.patient = patients[appointment.patient_id]
    read_related(list(found.values()), "patient", "clinician", "type")
    return found


@dataclass(frozen=True)
class AttendanceRow:
    """What the attendance figures need of one appointment, or of a time that was moved."""

    appointment_id: UUID
    patient_id: UUID
    clinician_id: UUID
    starts_at: dt.datetime
    status: str
    status_at: dt.datetime


def attendance_between(begins: dt.datetime, ends: dt.datetime) -> list[AttendanceRow]:
    """Appointments that start in [begins, ends), and the old times of those moved: two queries.

    A move is a cancellation of the old time, by whoever wished it (metric definitions, section 1).
    """
    rows = Appointment.objects.filter(starts_at__gte=begins, starts_at__lt=ends).values_list(
        "pk", "patient_id", "clinician_id", "starts_at", "status", "status_at"
    )
    moved = AppointmentStatus.objects.filter(
        starts_at__gte=begins, starts_at__lt=ends, status__in=CANCELLED, moved=True
    ).values_list(
        "appointment_id",
        "appointment__patient_id",
        "appointment__clinician_id",
        "starts_at",
        "status",
        "at",
    )
    return [AttendanceRow(*row) for row in (*rows, *moved)]
