"""Booking, moving, cancelling and recording appointments."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor
from portal.appointments import away, steps, wishes
from portal.appointments.clock_rules import instant_now
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
from portal.appointments.steps import SlotTaken as SlotTaken  # callers catch it by this name
from portal.appointments.wall_time import wall_text
from portal.audit import services as audit
from portal.people.models import JourneyStage, Patient
from portal.people.selectors import open_episode_of
from portal.people.services import move_to_stage
from portal.practices.models import Membership
from portal.tenancy.errors import DomainError


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
    must_be_bookable(clinician)
    starts_at = steps.instant_of(local_start, time_zone)
    now = clock.now()
    appointment = steps.insert_or_taken(
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
    steps.add_step(appointment, by)
    steps.record("appointment.book", appointment, by)
    return appointment


def can_be_booked(clinician: Membership) -> bool:
    """False for somebody who left or sees no patients; their hours may still stand there."""
    return clinician.status == "active" and "clinician" in clinician.roles


def must_be_bookable(clinician: Membership) -> None:
    """Raises DomainError for somebody who cannot be booked."""
    if not can_be_booked(clinician):
        raise DomainError(_("This clinician cannot be booked."))


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
    row = steps.locked(appointment, version)
    steps.must_stand(row)
    starts_at = steps.instant_of(local_start, row.time_zone)
    if starts_at == row.starts_at:
        return row
    old_status = Status.CANCELLED_BY_PATIENT if wished_by_patient else Status.CANCELLED_BY_PRACTICE
    # Written once the new time is had: where it is taken, nothing has happened.
    left = steps.step_of(row, by, status=old_status, moved=True)
    old_time = row.starts_at, row.ends_at
    row.local_start = wall_text(local_start)
    row.starts_at, row.ends_at = starts_at, starts_at + (row.ends_at - row.starts_at)
    steps.set_status(row, Status.BOOKED)
    steps.save_or_taken(row, ["local_start", "starts_at", "ends_at"])
    left.save(force_insert=True)
    steps.add_step(row, by)
    wishes.settle(row, _("The appointment was moved."), by)
    away.settle(row.clinician_id, old_time, by)
    steps.record("appointment.move", row, by)
    return row


def confirm(*, appointment: Appointment, by: Actor) -> Appointment:
    """The patient will come. Saying it twice changes nothing."""
    row = steps.locked(appointment)
    if row.status != Status.BOOKED:
        steps.must_stand(row)
        return row
    steps.set_status(row, Status.CONFIRMED, bump=False)
    row.save(update_fields=["status", "status_at"])
    steps.add_step(row, by)
    steps.record("appointment.confirm", row, by)
    return row


def cancel(
    *, appointment: Appointment, by_patient: bool, by: Actor, reason: str = ""
) -> Appointment:
    """The meeting will not take place; the slot is free again. Twice changes nothing."""
    row = steps.locked(appointment)
    if row.status in CANCELLED:
        return row
    if row.status in OUTCOMES:
        raise DomainError(_("This appointment is over and has its outcome."))
    row.cancel_reason = reason
    steps.set_status(
        row, Status.CANCELLED_BY_PATIENT if by_patient else Status.CANCELLED_BY_PRACTICE
    )
    row.save(update_fields=["status", "status_at", "version", "cancel_reason"])
    steps.add_step(row, by, reason=reason)
    wishes.settle(row, _("The appointment was cancelled."), by)
    away.settle(row.clinician_id, (row.starts_at, row.ends_at), by)
    steps.record("appointment.cancel", row, by)
    return row


def record_outcome(*, appointment: Appointment, outcome: Status, by: Actor) -> Appointment:
    """What became of it; can be corrected later, and the history keeps both.

    The first attended meeting moves the episode into treatment.
    """
    if outcome not in OUTCOMES | {Status.ARRIVED}:
        raise DomainError(_("Choose what became of the appointment."))
    row = steps.locked(appointment)
    if row.status in CANCELLED:
        raise DomainError(_("This appointment was cancelled."))
    if outcome != Status.ARRIVED and row.starts_at > clock.now():
        raise DomainError(_("This appointment has not begun yet."))
    if row.status == outcome:
        return row
    steps.set_status(row, outcome)
    row.save(update_fields=["status", "status_at", "version"])
    steps.add_step(row, by)
    wishes.settle(row, _("The patient is there, or the appointment is over."), by)
    steps.record("appointment.outcome", row, by, outcome=outcome.value)
    _begin_treatment(row, by)
    return row


def undo_outcome(*, appointment: Appointment, by: Actor) -> Appointment:
    """Take an outcome, an arrival or a confirmation back: it stands as it stood before.

    Doing it twice, or where there is nothing to take back, changes nothing.
    """
    row = steps.locked(appointment)
    if row.status not in OUTCOMES | {Status.ARRIVED, Status.CONFIRMED}:
        return row
    steps.set_status(row, _stood_before(row))
    row.save(update_fields=["status", "status_at", "version"])
    steps.add_step(row, by, reason=_("taken back"))
    wishes.take_up_again(row, by)
    steps.record("appointment.undo_outcome", row, by)
    return row


def _stood_before(row: Appointment) -> Status:
    """How the appointment last stood before what is taken back now."""
    undone = OUTCOMES if row.status in OUTCOMES else {row.status}
    before = AppointmentStatus.objects.filter(
        appointment=row, starts_at=row.starts_at, moved=False, status__in=STANDING - undone
    )
    last = before.order_by("-at", "-pk").values_list("status", flat=True).first()
    return Status(last) if last and row.status != Status.CONFIRMED else Status.BOOKED


def restore(*, appointment: Appointment, by: Actor) -> Appointment:
    """Take a cancellation back: the meeting takes place after all, at its old time.

    Raises SlotTaken where the time has gone to somebody else, DomainError where it is still to come
    and the clinician has left. Twice changes nothing.
    """
    row = steps.locked(appointment)
    if row.status not in CANCELLED:
        return row
    if row.starts_at > clock.now():
        must_be_bookable(row.clinician)
        # What is cancelled is not mended when a country changes its clocks.
        begins = instant_now(row.local_start, row.time_zone, row.starts_at) or row.starts_at
        row.starts_at, row.ends_at = begins, begins + (row.ends_at - row.starts_at)
    row.cancel_reason = ""
    steps.set_status(row, Status.BOOKED)
    steps.save_or_taken(row, ["cancel_reason", "starts_at", "ends_at"])
    steps.add_step(row, by, reason=_("cancellation taken back"))
    wishes.take_up_again(row, by)
    away.take_up_again(row.clinician_id, (row.starts_at, row.ends_at), by)
    steps.record("appointment.restore", row, by)
    return row


def _begin_treatment(row: Appointment, by: Actor) -> None:
    if row.status not in (Status.ATTENDED, Status.ATTENDED_LATE) or row.episode is None:
        return
    if row.episode.stage in (JourneyStage.CONSIDERATION, JourneyStage.ACCESS):
        move_to_stage(episode=row.episode, stage=JourneyStage.SERVICE_DELIVERY, by=by)
