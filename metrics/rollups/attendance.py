"""Counts of outcomes and the rates made from them.

With A attended, D not attended, L late, E early and P practice cancellations. Unrecorded and
upcoming appointments are in no numerator and no denominator.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from metrics.rollups.outcomes import LATE_NOTICE, BookedTime, Outcome, outcome_of
from metrics.rollups.periods import Period, Step, around, local_date
from metrics.rollups.shares import SMALL_CELL, Share

A: Final = Outcome.ATTENDED
D: Final = Outcome.NOT_ATTENDED
L: Final = Outcome.LATE_CANCELLATION
E: Final = Outcome.EARLY_CANCELLATION
P: Final = Outcome.PRACTICE_CANCELLATION

RATES: Final[Mapping[str, tuple[frozenset[Outcome], frozenset[Outcome]]]] = {
    "no_show_rate": (frozenset({D}), frozenset({A, D})),
    "missed_rate": (frozenset({D, L}), frozenset({A, D, L})),
    "late_cancellation_rate": (frozenset({L}), frozenset({A, D, L, E})),
    "patient_cancellation_rate": (frozenset({L, E}), frozenset({A, D, L, E})),
    "practice_cancellation_rate": (frozenset({P}), frozenset({A, D, L, E, P})),
    "attendance_rate": (frozenset({A}), frozenset({A, D, L})),
}
"""Key of the definitions page: outcomes counted, outcomes in the denominator."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many appointments had each outcome, and how many people stand behind each count."""

    counts: Mapping[Outcome, int]
    people: Mapping[Outcome, int]

    def count(self, *outcomes: Outcome) -> int:
        return sum(self.counts.get(outcome, 0) for outcome in outcomes)

    def rate(self, name: str) -> Share:
        """The share called `name` in `RATES`. Raises KeyError for another name."""
        counted, among = RATES[name]
        return Share(self.count(*counted), self.count(*among))

    @property
    def no_show_rate(self) -> Share:
        return self.rate("no_show_rate")

    @property
    def unrecorded(self) -> int:
        return self.count(Outcome.UNRECORDED)

    @property
    def total(self) -> int:
        """Every appointment whose start has passed, recorded or not."""
        return sum(self.counts.values()) - self.count(Outcome.UPCOMING)

    def is_small(self, outcome: Outcome) -> bool:
        """Whether fewer people than the small-cell rule allows stand behind this count."""
        return self.people.get(outcome, 0) < SMALL_CELL


@dataclass(frozen=True, slots=True)
class Part:
    """The attendance of one week or month; `is_whole` is False where the period cuts it."""

    period: Period
    attendance: Attendance
    is_whole: bool


def count_outcomes(
    booked: Iterable[BookedTime], *, cut_off: datetime, late_notice: timedelta = LATE_NOTICE
) -> Attendance:
    """Count what became of each booked time as of `cut_off`."""
    counts: dict[Outcome, int] = defaultdict(int)
    people: dict[Outcome, set[UUID]] = defaultdict(set)
    for one in booked:
        outcome = outcome_of(one, cut_off=cut_off, late_notice=late_notice)
        counts[outcome] += 1
        if one.patient_id is not None:
            people[outcome].add(one.patient_id)
    return Attendance(dict(counts), {outcome: len(ids) for outcome, ids in people.items()})


def by_step(
    booked: Sequence[BookedTime],
    *,
    period: Period,
    step: Step,
    zone: ZoneInfo,
    cut_off: datetime,
    late_notice: timedelta = LATE_NOTICE,
) -> list[Part]:
    """The attendance of each week or month of `period`, in order, empty ones included.

    Times outside the period are left out. A part that the cut-off cuts is not whole either: the
    current week is still going on.
    """
    by_part: dict[date, list[BookedTime]] = defaultdict(list)
    for one in booked:
        day = local_date(one.starts_at, zone)
        if day in period:
            by_part[around(day, step).first].append(one)
    today = local_date(cut_off, zone)
    return [
        Part(
            part,
            count_outcomes(
                by_part[around(part.first, step).first], cut_off=cut_off, late_notice=late_notice
            ),
            is_whole=part == around(part.first, step) and part.last < today,
        )
        for part in period.split(step)
    ]
