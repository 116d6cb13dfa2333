"""When a reminder is due: wall-clock days, elapsed hours, and quiet hours where the patient is.

Two kinds of offset are kept apart, because a clock change lies between them: "a day before" keeps
the hour on the wall, "24 hours before" keeps the hours that pass. Arithmetic on elapsed time is
done in UTC only: Python adds two hours to 00:30 on the night the clocks go back and shows 02:30,
where 01:30 is true.

Moments are aware datetimes in UTC; zones are `zoneinfo.ZoneInfo`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

# A text that arrives later than this before the visit helps nobody: the person is on the way.
USEFUL_UNTIL = timedelta(minutes=30)

# After a missed visit, and about a form, a text that comes days late is only a riddle.
USEFUL_AFTER = timedelta(days=3)

# The hour at which somebody is asked for a form where the practice has not chosen one.
FORM_HOUR = time(10)

LEASE = timedelta(minutes=2)
"""How long a text that was claimed may take to leave and be answered."""

# A text moved to the evening before leaves the dispatcher time to send it before quiet hours begin:
# ten minutes with the lease.
EVENING_MARGIN = timedelta(minutes=8)

# Two spans and a clock change take at most a few steps; more means that every hour is quiet.
_ENOUGH_STEPS = 8


class OffsetKind(StrEnum):
    """How the distance to the visit is counted."""

    DAYS_BEFORE = "days_before"  # days on the calendar, at an hour on the wall
    HOURS_BEFORE = "hours_before"  # hours that pass
    AFTER_NO_SHOW = "after_no_show"  # hours after the end of a visit to which nobody came
    FORM_DUE = "form_due"  # days before the day until which a form is wanted
    FORM_UNFINISHED = "form_unfinished"  # days since a form was asked for or last worked on


BEFORE_A_VISIT: Final = frozenset({OffsetKind.DAYS_BEFORE, OffsetKind.HOURS_BEFORE})
ABOUT_A_FORM: Final = frozenset({OffsetKind.FORM_DUE, OffsetKind.FORM_UNFINISHED})
AT_AN_HOUR: Final = frozenset({OffsetKind.DAYS_BEFORE}) | ABOUT_A_FORM
"""Kinds that are counted in days, so that an hour on the wall makes sense."""


class Moved(StrEnum):
    """What quiet hours or lateness did to a wanted moment."""

    NOT = "not"
    EARLIER = "earlier"
    LATER = "later"
    LATE = "late"  # its moment has passed, but it still helps
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a policy: how long before the visit a text is wanted.

    `offset` is in days or hours, by `kind`. `at` is the hour where the patient is, for days only;
    without it the text keeps the visit's own hour.
    """

    kind: OffsetKind
    offset: int
    at: time | None = None

    @property
    def key(self) -> str:
        """The step's name in a reminder's unique key: two steps that mean the same share it."""
        if self.kind in AT_AN_HOUR and self.at is not None:
            return f"{self.kind}:{self.offset}@{self.at:%H:%M}"
        return f"{self.kind}:{self.offset}"


@dataclass(frozen=True, slots=True)
class Visit:
    """When an appointment is: the clock on the wall is the promise, UTC follows from it.

    `local_start` is naive, in `zone`; `starts_at` is the same moment in UTC.
    """

    local_start: datetime
    zone: ZoneInfo
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No text leaves from `begins` until `ends`, on the wall clock where the patient is.

    The span may cross midnight. Equal times mean that there are no quiet hours.
    """

    begins: time
    ends: time

    def covers(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether it is quiet at `moment` for a person in `zone`."""
        wall = moment.astimezone(zone).time()
        if self.begins <= self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends

    @property
    def with_the_way(self) -> QuietHours:
        """The span in which nothing may be claimed: what is claimed may leave a lease later.

        Where fewer minutes than that are open between two spans, those stay open.
        """
        if self.begins == self.ends or _minutes(self.ends, self.begins) <= LEASE:
            return self
        before = datetime.combine(_SOME_DAY, self.begins) - LEASE
        return QuietHours(before.time(), self.ends)


_SOME_DAY = date(2000, 1, 2)


def _minutes(begins: time, ends: time) -> timedelta:
    """From one time on the wall to the next time that it shows the other."""
    length = datetime.combine(_SOME_DAY, ends) - datetime.combine(_SOME_DAY, begins)
    return length if length > timedelta(0) else length + timedelta(days=1)


Hush = Sequence[QuietHours]
"""The spans in which nothing leaves: quiet hours, and all but the hours safe for a person."""


def outside(safe_from: time, safe_until: time) -> QuietHours:
    """The hours in which it is not safe to reach a person, from those in which it is."""
    return QuietHours(begins=safe_until, ends=safe_from)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a wanted text ended up: `due_at` in UTC, or None when it was dropped."""

    due_at: datetime | None
    moved: Moved


def resolve_local(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which clocks in `zone` show the naive `wall`.

    A time that the clocks jump over counts from before the jump (02:30 becomes 03:30 on the wall);
    a time that they show twice means the first (PEP 495, fold 0).
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


@lru_cache(maxsize=4096)
def at_hour(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which the wall of `zone` shows `hour` on `day`; see `resolve_local`."""
    return resolve_local(datetime.combine(day, hour), zone)


def wanted_moment(step: Step, visit: Visit, patient_zone: ZoneInfo) -> datetime:
    """When `step` wants its text for `visit`, in UTC, before quiet hours are looked at."""
    if step.kind is OffsetKind.HOURS_BEFORE:
        return visit.starts_at.astimezone(UTC) - timedelta(hours=step.offset)
    if step.at is None:
        return resolve_local(visit.local_start - timedelta(days=step.offset), visit.zone)
    day = visit.starts_at.astimezone(patient_zone).date() - timedelta(days=step.offset)
    return at_hour(day, step.at, patient_zone)


def after_a_visit(step: Step, ends_at: datetime) -> datetime:
    """When a text about a visit that ended at `ends_at` is wanted: hours that pass, in UTC."""
    return ends_at.astimezone(UTC) + timedelta(hours=step.offset)


def before_a_day(step: Step, due_on: date, zone: ZoneInfo) -> datetime:
    """When somebody is reminded of a form wanted by `due_on`: days on the calendar in `zone`."""
    return at_hour(due_on - timedelta(days=step.offset), step.at or FORM_HOUR, zone)


def days_after(step: Step, since: datetime, zone: ZoneInfo) -> datetime:
    """`step.offset` calendar days after `since`, at the step's hour or at that of `since`."""
    wall = since.astimezone(zone).replace(tzinfo=None)
    day = wall.date() + timedelta(days=step.offset)
    return resolve_local(datetime.combine(day, step.at or wall.time()), zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The midnight that ends `day` in `zone`, in UTC."""
    return at_hour(day + timedelta(days=1), time(0), zone)


def expiry(visit: Visit) -> datetime:
    """The moment from which a text about this visit is no use."""
    return visit.starts_at.astimezone(UTC) - USEFUL_UNTIL


def is_hushed(moment: datetime, hush: Hush, zone: ZoneInfo) -> bool:
    """Whether any of the spans covers `moment` for a person in `zone`."""
    return any(span.covers(moment, zone) for span in hush)


def next_decent(moment: datetime, hush: Hush, zone: ZoneInfo) -> datetime | None:
    """`moment`, or the end of the quiet hours that cover it; None if there is no decent hour."""
    for _ in range(_ENOUGH_STEPS):
        span = _covering(moment, hush, zone)
        if span is None:
            return moment
        moment = _end_of_quiet(moment, span, zone)
    return None


def last_decent(moment: datetime, hush: Hush, zone: ZoneInfo) -> datetime | None:
    """`moment`, or shortly before the quiet hours that cover it began; None as above."""
    for _ in range(_ENOUGH_STEPS):
        span = _covering(moment, hush, zone)
        if span is None:
            return moment
        moment = _start_of_quiet(moment, span, zone) - EVENING_MARGIN
    return None


def place(
    wanted: datetime,
    *,
    now: datetime,
    expires_at: datetime,
    hush: Hush,
    zone: ZoneInfo,
    may_lead: bool = True,
) -> Placement:
    """Find a decent moment for a text: as wanted, else earlier, else later, else not at all.

    Earlier comes first, because it leaves more time to answer; not where `may_lead` is false,
    since what is said after something cannot be said before it. A moment that has passed is used
    at once while the text still helps.
    """
    candidate = max(wanted, now)
    if candidate >= expires_at:
        return Placement(None, Moved.DROPPED)
    if not is_hushed(candidate, hush, zone):
        return Placement(candidate, Moved.LATE if candidate > wanted else Moved.NOT)
    earlier = last_decent(candidate, hush, zone) if may_lead else None
    if earlier is not None and earlier >= now:
        return Placement(earlier, Moved.EARLIER)
    later = next_decent(candidate, hush, zone)
    if later is not None and later < expires_at:
        return Placement(later, Moved.LATER)
    return Placement(None, Moved.DROPPED)


def _covering(moment: datetime, hush: Hush, zone: ZoneInfo) -> QuietHours | None:
    return next((span for span in hush if span.covers(moment, zone)), None)


def _end_of_quiet(moment: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """The first end of quiet hours after `moment`, which is quiet."""
    wall = moment.astimezone(zone)
    for days in (0, 1):
        end = datetime.combine(wall.date() + timedelta(days=days), quiet.ends)
        for fold in (0, 1):
            resolved = end.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            if resolved > moment:
                return resolved
    return moment + timedelta(hours=1)  # pragma: no cover - an end comes within two days


def _start_of_quiet(moment: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """The last beginning of quiet hours up to `moment`, which is quiet."""
    wall = moment.astimezone(zone)
    for days in (0, 1):
        start = datetime.combine(wall.date() - timedelta(days=days), quiet.begins)
        for fold in (1, 0):
            resolved = start.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            if resolved <= moment:
                return resolved
    return moment  # pragma: no cover - quiet hours began within the last two days
