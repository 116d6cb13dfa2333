"""Booking, moving, cancelling and recording appointments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor
from portal.appointments.models import (
    CANCELLED,
    OUTCOMES,
    STANDING,
    Appointment,
    AppointmentStatus,
    AppointmentType,
    Availability,
    Location,
    Status,
)
from portal.appointments.wall_time import NoSuchTime, instant, wall_text
from portal.audit import services as audit
from portal.people.models import JourneyStage, Patient
from portal.people.selectors import open_episode_of
from portal.people.services import move_to_stage
from portal.practices.models import Membership
from portal.tenancy.errors import DomainError


class SlotTaken(DomainError):
    """The clinician has somebody else at that time."""


def add_type(
    *,
    name: str,
    minutes: int,
    by: Actor,
    discreet_title: str = "Appointment",
    is_video: bool = False,
    video_url: str = "",
) -> AppointmentType:
    """A kind of meeting that can be booked."""
    try:
        with transaction.atomic():
            row = AppointmentType.objects.create(
                name=name,
                minutes=minutes,
                discreet_title=discreet_title,
                is_video=is_video,
                video_url=video_url,
            )
    except IntegrityError as error:
        raise DomainError(_("A type of this name exists already.")) from error
    audit.record("appointment_type.add", by=by, obj=row)
    return row


def change_type(
    *, type: AppointmentType, discreet_title: str, is_video: bool, video_url: str, by: Actor
) -> AppointmentType:
    """What may change of a type; booked meetings of it follow, but keep their length."""
    type.discreet_title, type.is_video, type.video_url = discreet_title, is_video, video_url
    type.save(update_fields=["discreet_title", "is_video", "video_url"])
    audit.record("appointment_type.change", by=by, obj=type)
    return type


def retire_type(*, type: AppointmentType, by: Actor) -> AppointmentType:
    """No longer offered; appointments of this type keep it."""
    type.retired_at = clock.now()
    type.save(update_fields=["retired_at"])
    audit.record("appointment_type.retire", by=by, obj=type)
    return type


def offer_type_again(*, type: AppointmentType, by: Actor) -> AppointmentType:
    """A type that was no longer offered can be booked again."""
    type.retired_at = None
    type.save(update_fields=["retired_at"])
    audit.record("appointment_type.offer_again", by=by, obj=type)
    return type


def set_availability(
    *, clinician: Membership, hours: list[tuple[int, dt.time, dt.time]], by: Actor
) -> None:
    """The clinician's week, whole: (weekday 0-6, starts, ends). Replaces what was there."""
    if "clinician" not in clinician.roles:
        raise DomainError(_("Only clinicians have hours that can be booked."))
    for weekday, starts, ends in hours:
        if not 0 <= weekday <= 6 or ends <= starts:
            raise DomainError(_("Each line needs an end after its beginning."))
    Membership.objects.select_for_update(no_key=True).get(pk=clinician.pk)  # others wait
    Availability.objects.filter(clinician=clinician).delete()
    Availability.objects.bulk_create(
        Availability(clinician=clinician, weekday=weekday, starts=starts, ends=ends)
        for weekday, starts, ends in hours
    )
    audit.record("availability.set", by=by, obj=clinician, details={"lines": len(hours)})


def book(
    *,
    patient: Patient,
    clinician: Membership,
    type: AppointmentType,
    local_start: dt.datetime,
    time_zone: str,
    by: Actor,
    place: Location | None = None,
    location: str = "",
    video_url: str = "",
    external_id: str = "",
) -> Appointment:
    """Book a meeting at a wall-clock time of that zone.

    Raises SlotTaken when the clinician is busy (the database decides, so two people booking at
    once cannot both win), DomainError for a time that the clock skips or a person who left.
    """
    if clinician.status != "active" or "clinician" not in clinician.roles:
        raise DomainError(_("This clinician cannot be booked."))
    starts_at = _instant(local_start, time_zone)
    now = clock.now()
    appointment = _insert_or_taken(
        Appointment(
            patient=patient,
            clinician=clinician,
            type=type,
            episode=open_episode_of(patient),
            local_start=wall_text(local_start),
            time_zone=time_zone,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=type.minutes),
            place=place,
            location=location,
            video_url=video_url,
            status=Status.BOOKED,
            status_at=now,
            external_id=external_id,
            created_at=now,
        )
    )
    _history(appointment, by)
    _audit("appointment.book", appointment, by)
    return appointment


def open_appointment(*, appointment: Appointment, by: Actor) -> Appointment:
    """Somebody looks at it, and at how the patient is reached: recorded."""
    audit.record("appointment.open", by=by, obj=appointment, patient_id=appointment.patient_id)
    return appointment


def move(
    *,
    appointment: Appointment,
    local_start: dt.datetime,
    by: Actor,
    wished_by_patient: bool,
    version: int | None = None,
) -> Appointment:
    """Another time for the same meeting; a new version, so nothing that was planned for it holds.

    `version` is the one the person saw; raises DomainError if the row has changed since.
    """
    row = _locked(appointment, version)
    _must_stand(row)
    starts_at = _instant(local_start, row.time_zone)
    if starts_at == row.starts_at:
        return row
    old_status = Status.CANCELLED_BY_PATIENT if wished_by_patient else Status.CANCELLED_BY_PRACTICE
    _history(row, by, status=old_status, moved=True)
    row.local_start = wall_text(local_start)
    row.starts_at, row.ends_at = starts_at, starts_at + (row.ends_at - row.starts_at)
    _set_status(row, Status.BOOKED)
    _save_or_taken(row, ["local_start", "starts_at", "ends_at"])
    _history(row, by)
    _audit("appointment.move", row, by)
    return row


def confirm(*, appointment: Appointment, by: Actor) -> Appointment:
    """The patient will come. Saying it twice changes nothing."""
    row = _locked(appointment)
    if row.status != Status.BOOKED:
        _must_stand(row)
        return row
    _set_status(row, Status.CONFIRMED, bump=False)
    row.save(update_fields=["status", "status_at"])
    _history(row, by)
    _audit("appointment.confirm", row, by)
    return row


def cancel(
    *, appointment: Appointment, by_patient: bool, by: Actor, reason: str = ""
) -> Appointment:
    """The meeting will not take place; the slot is free again. Twice changes nothing."""
    row = _locked(appointment)
    if row.status in CANCELLED:
        return row
    if row.status in OUTCOMES:
        raise DomainError(_("This appointment is over and has its outcome."))
    row.cancel_reason = reason
    _set_status(row, Status.CANCELLED_BY_PATIENT if by_patient else Status.CANCELLED_BY_PRACTICE)
    row.save(update_fields=["status", "status_at", "version", "cancel_reason"])
    _history(row, by, reason=reason)
    _audit("appointment.cancel", row, by)
    return row


def record_outcome(*, appointment: Appointment, outcome: Status, by: Actor) -> Appointment:
    """What became of it; can be corrected later, and the history keeps both.

    The first attended meeting moves the episode into treatment.
    """
    if outcome not in OUTCOMES | {Status.ARRIVED}:
        raise DomainError(_("Choose what became of the appointment."))
    row = _locked(appointment)
    if row.status in CANCELLED:
        raise DomainError(_("This appointment was cancelled."))
    if outcome != Status.ARRIVED and row.starts_at > clock.now():
        raise DomainError(_("This appointment has not begun yet."))
    if row.status == outcome:
        return row
    _set_status(row, outcome)
    row.save(update_fields=["status", "status_at", "version"])
    _history(row, by)
    _audit("appointment.outcome", row, by, outcome=outcome.value)
    _begin_treatment(row, by)
    return row


def undo_outcome(*, appointment: Appointment, by: Actor) -> Appointment:
    """Take an outcome back: the appointment stands as unrecorded."""
    row = _locked(appointment)
    if row.status not in OUTCOMES:
        return row
    _set_status(row, Status.BOOKED)
    row.save(update_fields=["status", "status_at", "version"])
    _history(row, by, reason="outcome taken back")
    _audit("appointment.undo_outcome", row, by)
    return row


def _begin_treatment(row: Appointment, by: Actor) -> None:
    if row.status not in (Status.ATTENDED, Status.ATTENDED_LATE) or row.episode is None:
        return
    if row.episode.stage in (JourneyStage.CONSIDERATION, JourneyStage.ACCESS):
        move_to_stage(episode=row.episode, stage=JourneyStage.SERVICE_DELIVERY, by=by)


def _locked(appointment: Appointment, version: int | None = None) -> Appointment:
    row = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("patient", "clinician", "type", "episode")
        .get(pk=appointment.pk)
    )
    if version is not None and row.version != version:
        raise DomainError(_("This appointment was changed meanwhile. Look at it again."))
    return row


def _must_stand(row: Appointment) -> None:
    if row.status in STANDING:
        return
    if row.status in CANCELLED:
        raise DomainError(_("This appointment was cancelled."))
    raise DomainError(_("This appointment is over."))


def _instant(local_start: dt.datetime, time_zone: str) -> dt.datetime:
    try:
        return instant(local_start, time_zone)
    except NoSuchTime as error:
        raise DomainError(
            _("This time does not exist on that day: the clocks go forward.")
        ) from error


def _set_status(row: Appointment, status: Status, *, bump: bool = True) -> None:
    row.status, row.status_at = status, clock.now()
    if bump:
        row.version += 1


def _insert_or_taken(row: Appointment) -> Appointment:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise _taken(error) from error
    return row


def _save_or_taken(row: Appointment, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            row.save(update_fields=[*fields, "status", "status_at", "version"])
    except IntegrityError as error:
        raise _taken(error) from error


def _taken(error: IntegrityError) -> DomainError:
    if "appointment_clinician_once" in str(error):
        return SlotTaken(_("The clinician has another appointment at that time."))
    if "appointment_external_once" in str(error):
        return DomainError(_("An appointment of this number exists already."))
    raise error


def _history(
    row: Appointment,
    by: Actor,
    *,
    status: Status | None = None,
    reason: str = "",
    moved: bool = False,
) -> None:
    AppointmentStatus.objects.create(
        appointment=row,
        status=status or row.status,
        at=clock.now(),
        by_id=by.membership_id,
        by_name=by.display_name[:120],
        starts_at=row.starts_at,
        moved=moved,
        reason=reason,
    )


def _audit(action: str, row: Appointment, by: Actor, **details: Any) -> None:
    audit.record(action, by=by, obj=row, patient_id=row.patient_id, details=details)
