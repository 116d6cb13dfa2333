"""What follows when a country changes its clocks: the hour on the wall stays, the instant moves.

`local_start` and `time_zone` are the promise; `starts_at` and `ends_at` were worked out from them
with the time zone data of that day. Run after newer data has come; twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor
from portal.appointments import steps
from portal.appointments.models import Appointment, AppointmentStatus
from portal.appointments.wall_time import NoSuchTime, instant
from portal.tenancy.constraints import deferred
from portal.work import services as work
from portal.work.models import WorkAudience

CODE = "appointment.clocks"
_ONE_PLACE_ONCE = "appointment_clinician_once"
_FURTHEST = dt.timedelta(days=1)  # no change of clocks was ever larger
_SOON = dt.timedelta(days=1)


@dataclass(frozen=True)
class Mended:
    """What one run did in one practice: how many were right, were mended, and need a person."""

    right: int
    mended: int
    left: int


class _Wrong(NamedTuple):
    """An appointment whose instant is another now; `start` is None where there is none."""

    pk: UUID
    was: dt.datetime
    start: dt.datetime | None


def mend(*, by: Actor, only_look: bool = False) -> Mended:
    """Work the instants of the ambient practice's appointments to come out anew.

    No new version: what was told, the hour on the wall, is as true as before, and an answer to it
    counts. Where the clock skips the hour now, this machine does not know the zone, or two
    appointments of one clinician would meet, the row stays and the front desk gets a task.
    """
    right, wrong = _look()
    can = [each for each in wrong if each.start is not None]
    left = [each for each in wrong if each.start is None]
    if not only_look:
        meets = _move_all(can, by)
        left += meets
        can = [each for each in can if each not in meets]
        for each in left:
            _ask(each, by)
    return Mended(right, len(can), len(left))


def _look() -> tuple[int, list[_Wrong]]:
    """How many are right, and those that are not."""
    now = clock.now()
    rows = Appointment.objects.not_cancelled().filter(starts_at__gt=now - _FURTHEST)
    fields = ("pk", "local_start", "time_zone", "starts_at")
    right, wrong = 0, []
    for pk, local_start, zone_name, was in rows.order_by("starts_at", "pk").values_list(*fields):
        start = instant_now(local_start, zone_name, was)
        if start == was or max(start or was, was) <= now:
            right += 1
        else:
            wrong.append(_Wrong(pk, was, start))
    return right, wrong


def instant_now(local_start: str, zone_name: str, was: dt.datetime) -> dt.datetime | None:
    """The instant of that hour (`wall_text`) by the rules of today, None where there is none.

    Of the two in an hour that comes twice, the one nearer to `was`.
    """
    if clock.zone(zone_name).key != zone_name:
        return None  # this machine takes it for UTC
    local = dt.datetime.fromisoformat(local_start)
    try:
        found = {instant(local.replace(fold=fold), zone_name) for fold in (0, 1)}
    except NoSuchTime:
        return None
    return min(found, key=lambda each: (abs(each - was), each))


def _move_all(wrong: Sequence[_Wrong], by: Actor) -> list[_Wrong]:
    """Move them together, so that none waits for its neighbour's place; else each by itself.

    Returns those that would meet another appointment.
    """
    try:
        with transaction.atomic(), deferred(_ONE_PLACE_ONCE):
            for each in wrong:
                _move(each, by)
    except IntegrityError as error:
        if _ONE_PLACE_ONCE not in str(error):
            raise
    else:
        return []
    return [each for each in _away_first(wrong) if not _fits(each, by)]


def _away_first(wrong: Iterable[_Wrong]) -> list[_Wrong]:
    """In an order in which each leaves its place before its neighbour comes there."""
    rows = [(each.start or each.was, each) for each in wrong]
    later = [each for start, each in sorted(rows, reverse=True) if start > each.was]
    return [*later, *(each for start, each in sorted(rows) if start <= each.was)]


def _fits(wrong: _Wrong, by: Actor) -> bool:
    try:
        with transaction.atomic():
            _move(wrong, by)
    except IntegrityError as error:
        if _ONE_PLACE_ONCE not in str(error):
            raise
        return False
    return True


def _move(wrong: _Wrong, by: Actor) -> None:
    row = steps.locked(Appointment(pk=wrong.pk))
    if row.starts_at != wrong.was or wrong.start is None:
        return  # somebody has moved it meanwhile, with the new data
    row.starts_at, row.ends_at = wrong.start, wrong.start + (row.ends_at - row.starts_at)
    row.save(update_fields=["starts_at", "ends_at"])
    # Its history speaks of the same hour on the wall.
    history = AppointmentStatus.objects.filter(appointment=row, starts_at=wrong.was)
    history.update(starts_at=wrong.start)
    details = {"was": wrong.was.isoformat(), "now": wrong.start.isoformat()}
    steps.record("appointment.mend_instant", row, by, **details)


def _ask(wrong: _Wrong, by: Actor) -> None:
    row = Appointment.objects.get(pk=wrong.pk)
    work.raise_task(
        code=CODE,
        title=_("The clocks’ rules have changed: look whether this appointment can stay"),
        audience=WorkAudience.FRONT_DESK,
        due_at=min(clock.now() + _SOON, max(row.starts_at, clock.now())),
        patient_id=row.patient_id,
        source=row,
        by=by,
    )
