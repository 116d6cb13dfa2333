"""Local days, weeks and months, on ordinary days and on both clock changes."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.rollups.periods import (
    Period,
    Step,
    local_date,
    month_of,
    start_of_day,
    week_of,
)

LONDON = ZoneInfo("Europe/London")
ZONES = [LONDON, UTC, *map(ZoneInfo, ["America/Santiago", "Asia/Kathmandu", "Pacific/Apia"])]
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2080, 12, 31))


def test_a_quarter_past_midnight_belongs_to_the_local_day():
    moment = datetime(2024, 5, 1, 0, 15, tzinfo=LONDON)
    assert moment.astimezone(UTC).month == 4
    assert local_date(moment.astimezone(UTC), LONDON) == date(2024, 5, 1)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2024, 3, 31), 23), (date(2024, 10, 27), 25), (date(2024, 6, 1), 24)],
)
def test_a_day_is_as_long_as_the_clocks_make_it(day, hours):
    start, end = Period(day, day).bounds(LONDON)
    assert end - start == timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_begins_at_the_change():
    # Santiago went from 23:59:59 on 7 September 2024 to 01:00 on the 8th.
    start = start_of_day(date(2024, 9, 8), ZoneInfo("America/Santiago"))
    assert start == datetime(2024, 9, 8, 4, 0, tzinfo=UTC)


def test_a_week_runs_from_monday_to_sunday_across_the_year():
    assert week_of(date(2025, 1, 1)) == Period(date(2024, 12, 30), date(2025, 1, 5))
    assert week_of(date(2024, 12, 30)) == week_of(date(2025, 1, 5))


def test_a_month_knows_a_leap_year():
    assert month_of(date(2024, 2, 10)).last == date(2024, 2, 29)
    assert month_of(date(2023, 12, 31)) == Period(date(2023, 12, 1), date(2023, 12, 31))


def test_the_first_and_the_last_part_are_cut_to_the_period():
    period = Period(date(2024, 5, 1), date(2024, 5, 14))
    assert period.split(Step.WEEK) == [
        Period(date(2024, 5, 1), date(2024, 5, 5)),
        Period(date(2024, 5, 6), date(2024, 5, 12)),
        Period(date(2024, 5, 13), date(2024, 5, 14)),
    ]
    assert period.split(Step.MONTH) == [period]


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="ends on or after"):
        Period(date(2024, 5, 2), date(2024, 5, 1))


@given(first=DAYS, length=st.integers(0, 800), step=st.sampled_from(Step))
def test_the_parts_cover_each_day_once(first, length, step):
    period = Period(first, first + timedelta(days=length))
    parts = period.split(step)
    assert sum(part.days for part in parts) == period.days
    assert parts[0].first == period.first
    assert parts[-1].last == period.last
    for before, after in itertools.pairwise(parts):
        assert after.first - before.last == timedelta(days=1)


@given(
    moment=st.datetimes(
        min_value=datetime(1995, 1, 1),  # noqa: DTZ001 - the zone is given on the next line
        max_value=datetime(2060, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    zone=st.sampled_from(ZONES),
)
def test_an_instant_lies_within_the_bounds_of_its_own_day_only(moment, zone):
    day = local_date(moment, zone)
    start, end = Period(day, day).bounds(zone)
    assert start <= moment < end
