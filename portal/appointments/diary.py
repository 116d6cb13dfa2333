"""What a calendar reads: the same few queries for one clinician and for twelve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from portal.access.viewer import Viewer
from portal.appointments.models import CANCELLED, Appointment, Availability, TimeOff
from portal.appointments.selectors import SEES_WHOLE_SCHEDULE, appointments_for
from portal.appointments.wall_time import day_bounds
from portal.people.reach import memberships_in_reach
from portal.practices.models import Membership

Part = tuple[dt.time, dt.time]
Hours = dict[tuple[UUID, int], list[Part]]
Away = dict[UUID, list[tuple[dt.datetime, dt.datetime]]]


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


def hours_of(
    clinician_ids: Iterable[UUID], *, first: dt.date, last: dt.date, zone_name: str
) -> tuple[Hours, Away]:
    """The bookable parts of each clinician's weekdays, in order, and when each is away in local
    days `first` to `last`; one query for both.
    """
    begins, _ = day_bounds(first, zone_name)
    _, ends = day_bounds(last, zone_name)
    own = {"clinician": OuterRef("pk")}
    week = Availability.objects.filter(**own).order_by("starts")
    off = TimeOff.objects.filter(**own, starts_at__lt=ends, ends_at__gt=begins).order_by(
        "starts_at"
    )
    rows = Membership.objects.filter(pk__in=list(clinician_ids)).values_list(
        "pk",
        ArraySubquery(week.values(part=JSONObject(d="weekday", a="starts", b="ends"))),
        ArraySubquery(
            off.order_by("starts_at").values(span=JSONObject(a="starts_at", b="ends_at"))
        ),
    )
    hours: Hours = {}
    away: Away = {}
    for pk, parts, spans in rows:
        for each in parts:
            time = (dt.time.fromisoformat(each["a"]), dt.time.fromisoformat(each["b"]))
            hours.setdefault((pk, each["d"]), []).append(time)
        away[pk] = [
            (dt.datetime.fromisoformat(each["a"]), dt.datetime.fromisoformat(each["b"]))
            for each in spans
        ]
    return hours, away


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
