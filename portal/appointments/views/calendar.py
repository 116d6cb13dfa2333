"""The calendar: a day of all clinicians, a week of one, or a day as a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments import diary
from portal.appointments.calendar import Lane, lay_out
from portal.appointments.days import day_of
from portal.appointments.models import Appointment
from portal.appointments.selectors import appointment_for
from portal.practices.models import Membership
from portal.practices.selectors import clinicians
from portal.tenancy.errors import NotFound
from portal.ui.daytimes import day_short

VIEWS = ("day", "week", "list")
MOST_COLUMNS = 12


@requires(Permission.SCHEDULE_SEE)
@require_safe
def schedule(request: PracticeRequest) -> HttpResponse:
    """A day as columns, a week of one clinician, or the day as a list: what the viewer may see."""
    zone_name = request.practice.time_zone
    today = clock.today(zone_name)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "day"
    day = day_of(request.GET.get("day"), today)
    staff = list(clinicians())
    chosen = _chosen_clinician(request.GET.get("clinician", ""), [each.pk for each in staff])
    moving = _moving(request)
    if moving is not None:
        chosen = moving.clinician_id
    if view == "week":
        chosen = chosen or _whose_week(request, staff)
    first, last = _days(view, day)
    rows = diary.in_days(
        request.viewer, first=first, last=last, zone_name=zone_name, clinician_id=chosen
    )
    standing, cancelled = diary.standing_and_cancelled(rows)
    step = dt.timedelta(days=7 if view == "week" else 1)
    context: dict[str, Any] = {
        "view": view,
        "day": day,
        "first": first,
        "last": last,
        "today": today,
        "is_now": first <= today <= last,
        "clinicians": staff,
        "chosen": chosen,
        "standing": standing,
        "cancelled": cancelled,
        "now": clock.now(),
        "may_edit": request.viewer.can(Permission.SCHEDULE_EDIT),
        "moving": moving,
        "addresses": _addresses(view, day, chosen, moving, step),
    }
    if view != "list":
        lanes = (
            _week(request, staff, chosen, standing, first)
            if view == "week"
            else _columns(request, staff, chosen, standing, day)
        )
        if moving is not None:  # only where the whole of it fits
            minutes = int((moving.ends_at - moving.starts_at).total_seconds() // 60)
            lanes = [replace(lane, needs=minutes) for lane in lanes]
        context["left_out"] = max(0, len(lanes) - MOST_COLUMNS)
        context["calendar"] = lay_out(
            lanes[:MOST_COLUMNS], zone_name=zone_name, now=clock.now(), together=view == "day"
        )
    return render(request, "portal/appointments/staff/schedule.html", context)


def _chosen_clinician(text: str, known: list[UUID]) -> UUID | None:
    """The clinician of the filter. Raises NotFound for one who is not there."""
    if not text:
        return None
    try:
        chosen = UUID(text)
    except ValueError as error:
        raise NotFound("No such clinician.") from error
    if chosen not in known:
        raise NotFound("No such clinician.")
    return chosen


def _moving(request: PracticeRequest) -> Appointment | None:
    """The appointment that is about to be moved to one of the free times. Raises NotFound."""
    text = request.GET.get("moving", "")
    if not text:
        return None
    try:
        return appointment_for(request.viewer, UUID(text))
    except ValueError as error:
        raise NotFound("No such appointment.") from error


def _whose_week(request: PracticeRequest, staff: Sequence[Membership]) -> UUID | None:
    """One's own week for a clinician, else that of the first by name."""
    ids = [each.pk for each in staff]
    own = request.viewer.membership_id
    return own if own in ids else next(iter(ids), None)


def _days(view: str, day: dt.date) -> tuple[dt.date, dt.date]:
    if view != "week":
        return day, day
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=6)


def _columns(
    request: PracticeRequest,
    staff: Sequence[Membership],
    chosen: UUID | None,
    rows: Sequence[Appointment],
    day: dt.date,
) -> list[Lane]:
    """A column for each clinician who has hours on that day or somebody booked."""
    by_clinician: dict[UUID, list[Appointment]] = {}
    for row in rows:
        by_clinician.setdefault(row.clinician_id, []).append(row)
    people = {each.pk: each.display_name for each in staff if chosen in (None, each.pk)}
    # Somebody who has left may still have appointments that stand.
    people |= {row.clinician_id: row.clinician.display_name for row in rows}
    whole = diary.seen_whole(request.viewer, people)
    zone_name = request.practice.time_zone
    hours, away = diary.hours_of(whole, first=day, last=day, zone_name=zone_name)
    lanes = []
    for pk, name in people.items():
        parts = hours.get((pk, day.weekday()), [])
        if parts or pk in by_clinician or pk == chosen:
            week = urlencode({"view": "week", "day": f"{day}", "clinician": f"{pk}"})
            lanes.append(
                Lane(
                    title=name,
                    day=day,
                    clinician_id=pk,
                    clinician_name=name,
                    rows=by_clinician.get(pk, []),
                    open=parts,
                    away=away.get(pk, ()),
                    whole=pk in whole and request.viewer.can(Permission.SCHEDULE_EDIT),
                    href=f"?{week}",
                )
            )
    return lanes


def _week(
    request: PracticeRequest,
    staff: Sequence[Membership],
    chosen: UUID | None,
    rows: Sequence[Appointment],
    monday: dt.date,
) -> list[Lane]:
    """A column for each weekday; Saturday and Sunday only when something is there."""
    name = next((each.display_name for each in staff if each.pk == chosen), "")
    whole = diary.seen_whole(request.viewer, [chosen] if chosen else [])
    zone_name, sunday = request.practice.time_zone, monday + dt.timedelta(days=6)
    hours, away = diary.hours_of(whole, first=monday, last=sunday, zone_name=zone_name)
    by_day: dict[dt.date, list[Appointment]] = {}
    for row in rows:
        local = clock.local_time(row.starts_at, zone_name)
        by_day.setdefault(local.date(), []).append(row)
    lanes = []
    for number in range(7):
        day = monday + dt.timedelta(days=number)
        parts = hours.get((chosen, number), []) if chosen else []
        if number < 5 or parts or day in by_day:
            lanes.append(
                Lane(
                    title=day_short(day),
                    day=day,
                    clinician_id=chosen,
                    clinician_name=name,
                    rows=by_day.get(day, []),
                    open=parts,
                    away=away.get(chosen, ()) if chosen else (),
                    whole=bool(whole) and request.viewer.can(Permission.SCHEDULE_EDIT),
                    href=f"?{urlencode({'view': 'day', 'day': f'{day}'})}",
                )
            )
    return lanes


def _addresses(
    view: str,
    day: dt.date,
    chosen: UUID | None,
    moving: Appointment | None,
    step: dt.timedelta,
) -> dict[str, str]:
    """Where the page's own links lead, the rest of what was chosen kept."""
    whose: dict[str, object] = {"moving": moving.pk} if moving else {"clinician": chosen or ""}

    def at(**changes: object) -> str:
        values = {"view": view, "day": day, **whose, **changes}
        return "?" + urlencode({key: f"{value}" for key, value in values.items() if value})

    return {
        "before": at(day=day - step),
        "after": at(day=day + step),
        "today": at(day=""),
        **{each: at(view=each) for each in VIEWS},
        "book": "?"
        + urlencode({"day": f"{day}", **({"clinician": f"{chosen}"} if chosen else {})}),
    }
