"""Meetings that repeat: each at the same hour of the wall, whatever the clock did in between.

What does not fit is found before anything is booked, so that a person can choose; then all that was
chosen is booked, or nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor, Viewer
from portal.appointments import away, services, steps
from portal.appointments.models import (
    Appointment,
    AppointmentSeries,
    AppointmentStatus,
    AppointmentType,
    Location,
    Status,
)
from portal.appointments.openings import Span
from portal.appointments.selectors import appointments_for, availability_of
from portal.appointments.wall_time import NoSuchTime, instant, wall_text
from portal.audit import services as audit
from portal.people.models import Patient
from portal.people.selectors import open_episode_of
from portal.practices.models import Membership
from portal.tenancy.errors import DomainError

MOST_TIMES = 52


@dataclass(frozen=True)
class Occurrence:
    """One time of a series. `problem` says what speaks against it; a hard one cannot be booked."""

    local: dt.datetime
    problem: str = ""
    is_hard: bool = False
    row: Appointment | None = None  # the appointment that would move there

    @property
    def value(self) -> str:
        """What a form posts for it: `YYYY-MM-DDTHH:MM`."""
        return wall_text(self.local)


def times_of(first: dt.datetime, *, every_weeks: int, times: int) -> list[dt.datetime]:
    """The wall-clock times of a series, the first included."""
    return [first + dt.timedelta(weeks=every_weeks * number) for number in range(times)]


def shifted(rows: Sequence[Appointment], local_start: dt.datetime) -> list[dt.datetime]:
    """Where each of these would stand if the first moved to `local_start`: as many days further on,
    at that hour of the wall.
    """
    first = dt.datetime.fromisoformat(rows[0].local_start)
    days = local_start.date() - first.date()
    dates = [dt.datetime.fromisoformat(row.local_start).date() + days for row in rows]
    later = [dt.datetime.combine(date, local_start.time().replace(fold=0)) for date in dates[1:]]
    return [local_start, *later]


def weigh(
    locals_: Sequence[dt.datetime],
    *,
    patient: Patient,
    clinician: Membership,
    minutes: int,
    zone_name: str,
    moving: Sequence[Appointment] = (),
) -> list[Occurrence]:
    """What speaks against each of these times; four queries, however many there are.

    `moving` are the appointments that leave their own times, in the same order.
    """
    now, length = clock.now(), dt.timedelta(minutes=minutes)
    reach = dt.timedelta(days=2)
    begins = min(locals_).replace(tzinfo=dt.UTC, fold=0) - reach
    ends = max(locals_).replace(tzinfo=dt.UTC, fold=0) + reach
    own = {row.pk for row in moving}
    busy, others = (
        [(row.starts_at, row.ends_at) for row in rows if row.pk not in own]
        for rows in (
            _between(Appointment.objects.not_cancelled().filter(clinician=clinician), begins, ends),
            _between(Appointment.objects.standing().filter(patient=patient), begins, ends),
        )
    )
    off = away.periods(clinician, begins, ends)
    week = [(part.weekday, part.starts, part.ends) for part in availability_of(clinician)]
    found = []
    for number, local in enumerate(locals_):
        row = moving[number] if moving else None
        problem, is_hard = "", False
        try:
            start = instant(local, zone_name)
        except NoSuchTime:
            problem, is_hard = _("the clock skips this time on that day"), True
        else:
            span = (start, start + length)
            last = local + length
            if _meets(span, busy):
                problem, is_hard = _("the clinician has another appointment"), True
            elif start <= now:
                problem = _("this time has passed")
            elif _meets(span, off):
                problem = _("the clinician is away")
            elif not any(
                day == local.weekday() and opens <= local.time() and last.time() <= closes
                for day, opens, closes in week
                if last.date() == local.date()
            ):
                problem = _("outside the clinician’s hours")
            elif _meets(span, others):
                problem = _("the patient has another appointment")
        found.append(Occurrence(local, problem, is_hard, row))
    return found


def _between(
    rows: QuerySet[Appointment], begins: dt.datetime, ends: dt.datetime
) -> QuerySet[Appointment]:
    return rows.filter(starts_at__lt=ends, ends_at__gt=begins)


def _meets(span: Span, spans: Sequence[Span]) -> bool:
    return any(span[0] < ends and span[1] > begins for begins, ends in spans)


def book_series(
    *,
    patient: Patient,
    clinician: Membership,
    type: AppointmentType,
    local_starts: Sequence[dt.datetime],
    every_weeks: int,
    time_zone: str,
    by: Actor,
    place: Location | None = None,
    location: str = "",
    video_url: str = "",
) -> list[Appointment]:
    """Book all of these times, or none; each is an appointment of its own afterwards.

    Raises SlotTaken when one of them has gone meanwhile, DomainError for one that the clock skips.
    """
    services.must_be_bookable(clinician)
    if not 1 <= len(local_starts) <= MOST_TIMES:
        raise DomainError(_("A series has at most %(most)d times.") % {"most": MOST_TIMES})
    now, episode = clock.now(), open_episode_of(patient)
    length = dt.timedelta(minutes=type.minutes)
    series = AppointmentSeries(patient=patient, every_weeks=every_weeks, created_at=now)
    rows = []
    for local in local_starts:
        starts_at = steps.instant_of(local, time_zone)
        rows.append(
            Appointment(
                patient=patient,
                clinician=clinician,
                type=type,
                episode=episode,
                series=series,
                local_start=wall_text(local),
                time_zone=time_zone,
                starts_at=starts_at,
                ends_at=starts_at + length,
                place=place,
                location=location,
                video_url=video_url,
                status=Status.BOOKED,
                status_at=now,
                created_at=now,
            )
        )
    try:
        with transaction.atomic():
            series.save(force_insert=True)
            Appointment.objects.bulk_create(rows)
            AppointmentStatus.objects.bulk_create(steps.step_of(row, by) for row in rows)
    except (IntegrityError, OperationalError) as error:
        raise steps.taken(error) from error
    audit.record(
        "appointment.book_series",
        by=by,
        obj=series,
        patient_id=patient.pk,
        details={"times": len(rows)},
    )
    return rows


def of_series(viewer: Viewer, appointment: Appointment) -> list[Appointment]:
    """All of its series that the viewer may see, by time; empty for one that stands alone."""
    if appointment.series_id is None:
        return []
    return list(appointments_for(viewer).filter(series_id=appointment.series_id))


def from_this_on(viewer: Viewer, appointment: Appointment) -> list[Appointment]:
    """It and what follows it in its series and still stands; empty where nothing follows."""
    rows = [
        row
        for row in of_series(viewer, appointment)
        if row.is_standing and row.starts_at >= appointment.starts_at
    ]
    return rows if len(rows) > 1 and rows[0].pk == appointment.pk else []


def cancel_following(
    *, rows: Sequence[Appointment], by_patient: bool, by: Actor, reason: str = ""
) -> int:
    """Cancel all of these; one by one, since each has a history of its own. Returns how many."""
    for row in rows:
        services.cancel(appointment=row, by_patient=by_patient, reason=reason, by=by)
    return len(rows)


def move_following(
    *, occurrences: Sequence[Occurrence], version: int, wished_by_patient: bool, by: Actor
) -> int:
    """Move each row to its new time, all or none; returns how many.

    Further on in time the last goes first, so that none waits for the place of its neighbour.
    `version` is that of the first, as the person saw it. Raises SlotTaken when one of the times has
    gone meanwhile.
    """
    moves = [(each.row, each.local) for each in occurrences if each.row is not None]
    moves.sort(key=lambda each: each[0].starts_at)
    if moves and moves[0][0].version != version:
        raise DomainError(_("This appointment was changed meanwhile. Look at it again."))
    if moves and moves[0][1] > dt.datetime.fromisoformat(moves[0][0].local_start):
        moves.reverse()
    with transaction.atomic():
        for row, local in moves:
            services.move(
                appointment=row,
                local_start=local,
                wished_by_patient=wished_by_patient,
                version=row.version,
                by=by,
            )
    return len(moves)
