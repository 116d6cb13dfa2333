"""Local days, weeks and months: which one an instant belongs to, and where each begins.

An appointment belongs to the period of its start by the practice's local date: 00:15 in London on
1 May is in May although it is still April in UTC. Weeks are ISO weeks and begin on Monday.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


class Step(StrEnum):
    """How long one point of a chart is."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Local dates from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends on or after the day on which it begins")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first instant of the period and the first one after it, in UTC."""
        return start_of_day(self.first, zone), start_of_day(self.last + _DAY, zone)

    def split(self, step: Step) -> list["Period"]:
        """Whole weeks or months in order; the first and the last are cut to the period."""
        return [
            Period(max(part.first, self.first), min(part.last, self.last))
            for part in _calendar_parts(self, step)
        ]


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The date on the practice's wall at `moment` (aware)."""
    return moment.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day in UTC, also where midnight is skipped or comes twice.

    With fold 0 a skipped midnight maps to the moment of the change and a doubled one to the first.
    """
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def week_of(day: date) -> Period:
    """The ISO week around `day`, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + 6 * _DAY)


def month_of(day: date) -> Period:
    """The calendar month around `day`."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return Period(first, after - _DAY)


def around(day: date, step: Step) -> Period:
    """The whole week or month around `day`."""
    return week_of(day) if step is Step.WEEK else month_of(day)


def _calendar_parts(period: Period, step: Step) -> Iterator[Period]:
    part = around(period.first, step)
    while part.first <= period.last:
        yield part
        part = around(part.last + _DAY, step)
