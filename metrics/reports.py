"""The numbers of a report: reads the rows, lets `rollups` count them.

The page, its card, the CSV file, the list of people and the command all start here, so that they
can never disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from metrics import selectors
from metrics.rollups.attendance import Attendance, Part, by_step, count_outcomes
from metrics.rollups.outcomes import BookedTime, Outcome, Status, notice, outcome_of
from metrics.rollups.periods import Period, Step, local_date, week_of
from metrics.rollups.shares import Difference, Share, difference
from portal import clock
from portal.appointments.models import CANCELLED, STANDING
from portal.appointments.selectors import AttendanceRow
from portal.practices.models import Practice
from portal.practices.selectors import settings_of_practice

USUAL_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks for: a period, how long one point is, and a change to compare across.

    `change_on` is the first day after the change; it lies in the period, after its first day.
    """

    period: Period
    step: Step = Step.WEEK
    change_on: date | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same rate before and since a day, with the interval of the difference."""

    change_on: date
    before: Share
    since: Share
    difference: Difference | None

    @property
    def is_enough(self) -> bool:
        return self.before.is_enough and self.since.is_enough


@dataclass(frozen=True, slots=True)
class NoShowReport:
    """Attendance of a practice in a period, whole and in parts, as of `cut_off`."""

    question: Question
    zone: ZoneInfo
    cut_off: datetime
    late_notice: timedelta
    whole: Attendance
    parts: list[Part]
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class Behind:
    """One appointment behind a figure. `given` is the notice of a cancellation."""

    appointment_id: UUID
    starts_at: datetime
    given: timedelta | None


def usual_period(today: date, *, weeks: int = USUAL_WEEKS) -> Period:
    """The current week so far and the whole weeks before it, `weeks` in all."""
    return Period(week_of(today).first - timedelta(weeks=weeks - 1), today)


def attendance(*, practice: Practice, period: Period) -> Attendance:
    """The counts of one period. Three queries."""
    reading = _read(practice, period)
    return count_outcomes(
        map(_booked, reading.rows), cut_off=reading.cut_off, late_notice=reading.late_notice
    )


def no_show_report(*, practice: Practice, question: Question) -> NoShowReport:
    """Everything the No-shows page says. Three queries, however long the period is."""
    period = question.period
    reading = _read(practice, period)
    booked = [_booked(row) for row in reading.rows]
    parts = by_step(
        booked,
        period=period,
        step=question.step,
        zone=reading.zone,
        cut_off=reading.cut_off,
        late_notice=reading.late_notice,
    )
    whole = count_outcomes(booked, cut_off=reading.cut_off, late_notice=reading.late_notice)
    return NoShowReport(
        question=question,
        zone=reading.zone,
        cut_off=reading.cut_off,
        late_notice=reading.late_notice,
        whole=whole,
        parts=parts,
        comparison=_compare(booked, reading, question.change_on),
    )


def people_behind(
    *, practice: Practice, period: Period, outcome: Outcome
) -> tuple[list[Behind], Attendance]:
    """The appointments of one outcome, newest first, and the counts of all outcomes beside them."""
    reading = _read(practice, period)
    found = []
    for row in reading.rows:
        booked = _booked(row)
        if outcome != outcome_of(booked, cut_off=reading.cut_off, late_notice=reading.late_notice):
            continue
        cancelled = row.status in CANCELLED
        given = notice(starts_at=row.starts_at, cancelled_at=row.status_at) if cancelled else None
        found.append(Behind(row.appointment_id, row.starts_at, given))
    found.sort(key=lambda each: (each.starts_at, each.appointment_id), reverse=True)
    counts = count_outcomes(
        map(_booked, reading.rows), cut_off=reading.cut_off, late_notice=reading.late_notice
    )
    return found, counts


@dataclass(frozen=True, slots=True)
class _Reading:
    rows: Sequence[AttendanceRow]
    zone: ZoneInfo
    cut_off: datetime
    late_notice: timedelta


def _read(practice: Practice, period: Period) -> _Reading:
    zone = clock.zone(practice.time_zone)
    start, end = period.bounds(zone)
    hours = settings_of_practice().late_cancel_hours
    rows = selectors.attendance_rows(start=start, end=end)
    return _Reading(rows, zone, clock.now(), timedelta(hours=hours))


def _booked(row: AttendanceRow) -> BookedTime:
    """The kernel's record in the words of the definitions.

    Confirmed and arrived say what was hoped, not what happened: as long as nobody has recorded an
    outcome they are booked.
    """
    standing = row.status in STANDING
    return BookedTime(
        starts_at=row.starts_at,
        status=Status.BOOKED if standing else Status(row.status),
        status_at=None if standing else row.status_at,
        patient_id=row.patient_id,
    )


def _compare(
    booked: Sequence[BookedTime], reading: _Reading, change_on: date | None
) -> Comparison | None:
    if change_on is None:
        return None
    before, since = (
        count_outcomes(side, cut_off=reading.cut_off, late_notice=reading.late_notice).no_show_rate
        for side in _parted(booked, change_on, reading.zone)
    )
    return Comparison(change_on, before, since, difference(before, since))


def _parted(
    booked: Sequence[BookedTime], day: date, zone: ZoneInfo
) -> tuple[list[BookedTime], list[BookedTime]]:
    before: list[BookedTime] = []
    since: list[BookedTime] = []
    for one in booked:
        (before if local_date(one.starts_at, zone) < day else since).append(one)
    return before, since
