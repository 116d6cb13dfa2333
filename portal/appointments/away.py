"""When clinicians are away: times in which they cannot be booked, whatever their week says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor
from portal.appointments.models import Appointment, TimeOff
from portal.appointments.wall_time import NoSuchTime, instant
from portal.audit import services as audit
from portal.practices.models import Membership
from portal.practices.selectors import current_practice
from portal.tenancy.errors import DomainError, NotFound
from portal.work import services as work
from portal.work.models import WorkAudience, WorkItem, WorkState

BOOKED_MEANWHILE = "time_off.booked"
LONGEST = dt.timedelta(days=366 * 2)
Period = tuple[dt.datetime, dt.datetime]


def times_off_of(clinician: Membership) -> QuerySet[TimeOff]:
    """What is now or to come, the nearest first."""
    rows = TimeOff.objects.filter(clinician=clinician, ends_at__gt=clock.now())
    return rows.order_by("starts_at", "pk")


def time_off_named(time_off_id: UUID) -> TimeOff:
    """One of them, with its clinician. Raises NotFound."""
    found = TimeOff.objects.filter(pk=time_off_id).select_related("clinician").first()
    if found is None:
        raise NotFound("No such time off.")
    return found


def periods(clinician: Membership, begins: dt.datetime, ends: dt.datetime) -> list[Period]:
    """The times in [begins, ends) in which the clinician is away; one query."""
    rows = TimeOff.objects.filter(clinician=clinician, starts_at__lt=ends, ends_at__gt=begins)
    return list(rows.values_list("starts_at", "ends_at"))


def time_off_at(clinician: Membership, local_start: dt.datetime, minutes: int) -> TimeOff | None:
    """What keeps the clinician from a meeting at that wall-clock time of the practice.

    None where nothing does, and for a time that the clock skips.
    """
    try:
        start = instant(local_start, current_practice().time_zone)
    except NoSuchTime:
        return None
    end = start + dt.timedelta(minutes=minutes)
    rows = TimeOff.objects.filter(clinician=clinician, starts_at__lt=end, ends_at__gt=start)
    return rows.order_by("-ends_at").first()


def booked_meanwhile(rows: list[TimeOff]) -> dict[UUID, list[Appointment]]:
    """The standing appointments that fall into times off of one clinician, by time off; one query.

    For those who may change that clinician's hours.
    """
    if not rows:
        return {}
    appointments = list(
        Appointment.objects.standing()
        .filter(
            clinician_id=rows[0].clinician_id,
            starts_at__lt=max(row.ends_at for row in rows),
            ends_at__gt=clock.now(),
        )
        .select_related("patient")
        .order_by("starts_at")
    )
    return {
        row.pk: [
            each
            for each in appointments
            if each.starts_at < row.ends_at and each.ends_at > row.starts_at
        ]
        for row in rows
    }


def booked_while_away(appointment_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these appointments fall into a time off of their clinician; one query."""
    off = TimeOff.objects.filter(
        clinician_id=OuterRef("clinician_id"),
        starts_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
    )
    rows = Appointment.objects.filter(Exists(off), pk__in=list(appointment_ids))
    return set(rows.order_by().values_list("pk", flat=True))


def add_time_off(
    *,
    clinician: Membership,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: Actor,
    note: str = "",
) -> TimeOff:
    """The clinician is away in [starts_at, ends_at). What is booked then stays, and is one task of
    the front desk.

    Raises DomainError for a time that is over or longer than two years, and for somebody who has
    no hours to be away from.
    """
    if "clinician" not in clinician.roles:
        raise DomainError(_("Only clinicians have hours that can be booked."))
    if ends_at <= starts_at:
        raise DomainError(_("The end comes after the beginning."))
    if ends_at <= clock.now():
        raise DomainError(_("This time is over already."))
    if ends_at - starts_at > LONGEST:
        raise DomainError(_("This is longer than two years. Check the year."))
    row = TimeOff.objects.create(
        clinician=clinician, starts_at=starts_at, ends_at=ends_at, note=note
    )
    audit.record("time_off.add", by=by, obj=row)
    booked = booked_meanwhile([row])[row.pk]
    if booked:
        work.raise_task(
            code=BOOKED_MEANWHILE,
            title=_("Visits are booked while %(name)s is away") % {"name": clinician.display_name},
            audience=WorkAudience.FRONT_DESK,
            due_at=min(clock.now() + dt.timedelta(days=1), booked[0].starts_at),
            source=row,
            by=by,
        )
    return row


def remove_time_off(*, time_off: TimeOff, by: Actor) -> None:
    """They are there after all: the time can be booked again, and what is booked may stay."""
    audit.record("time_off.remove", by=by, obj=time_off)
    for item in _tasks_of([time_off]).exclude(state=WorkState.DONE):
        work.overtake(item=item, why=_("They are there after all."), by=by)
    time_off.delete()


def settle(clinician_id: UUID, period: Period, by: Actor) -> None:
    """A visit at that time was moved or cancelled: where it was the last, nobody has to look."""
    rows = _over(clinician_id, period)
    booked = booked_meanwhile(rows)
    for item in _tasks_of([row for row in rows if not booked[row.pk]]).exclude(
        state=WorkState.DONE
    ):
        work.overtake(item=item, why=_("Nothing is booked meanwhile any more."), by=by)


def take_up_again(clinician_id: UUID, period: Period, by: Actor) -> None:
    """A visit at that time stands again: a task that was over because it did not waits again.

    Not for a visit that is over: nobody can give it another time.
    """
    rows = _over(clinician_id, period)
    booked = booked_meanwhile(rows)
    for item in _tasks_of([row for row in rows if booked[row.pk]]).filter(state=WorkState.DONE):
        if work.was_overtaken(item):
            work.reopen(item=item, by=by)


def _over(clinician_id: UUID, period: Period) -> list[TimeOff]:
    begins, ends = period
    rows = TimeOff.objects.filter(clinician_id=clinician_id)
    return list(rows.filter(starts_at__lt=ends, ends_at__gt=begins))


def _tasks_of(rows: list[TimeOff]) -> QuerySet[WorkItem]:
    if not rows:
        return WorkItem.objects.none()
    return WorkItem.objects.filter(
        code=BOOKED_MEANWHILE,
        source_type=TimeOff._meta.label_lower,
        source_id__in=[row.pk for row in rows],
    )
