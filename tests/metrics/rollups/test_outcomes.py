"""What became of an appointment: the table of the definitions, row by row, and the odd nights."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.rollups.outcomes import BookedTime, Outcome, Status, notice, outcome_of

LONDON = ZoneInfo("Europe/London")
START = datetime(2024, 6, 12, 14, 0, tzinfo=UTC)
LATER = START + timedelta(days=30)
INSTANTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the zone is given on the next line
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, LONDON, ZoneInfo("Australia/Lord_Howe")]),
)


def cancelled(before: timedelta) -> BookedTime:
    return BookedTime(START, Status.CANCELLED_BY_PATIENT, START - before)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (Status.ATTENDED, Outcome.ATTENDED),
        (Status.ATTENDED_LATE, Outcome.ATTENDED),
        (Status.NO_SHOW, Outcome.NOT_ATTENDED),
        (Status.LATE_NOT_SEEN, Outcome.NOT_ATTENDED),
        (Status.CANCELLED_BY_PRACTICE, Outcome.PRACTICE_CANCELLATION),
        (Status.BOOKED, Outcome.UNRECORDED),
    ],
)
def test_each_recorded_status_has_its_outcome(status, outcome):
    assert outcome_of(BookedTime(START, status, START), cut_off=LATER) == outcome


@pytest.mark.parametrize(
    ("before", "outcome"),
    [
        (timedelta(days=2), Outcome.EARLY_CANCELLATION),
        (timedelta(hours=24), Outcome.EARLY_CANCELLATION),
        (timedelta(hours=24) - timedelta(microseconds=1), Outcome.LATE_CANCELLATION),
        (timedelta(microseconds=1), Outcome.LATE_CANCELLATION),
        (timedelta(0), Outcome.NOT_ATTENDED),
        (timedelta(minutes=-10), Outcome.NOT_ATTENDED),
    ],
)
def test_a_cancellation_by_the_patient_is_judged_by_its_notice(before, outcome):
    assert outcome_of(cancelled(before), cut_off=LATER) == outcome


def test_the_limit_for_late_belongs_to_the_practice():
    two_days = timedelta(hours=48)
    assert (
        outcome_of(cancelled(timedelta(hours=30)), cut_off=LATER, late_notice=two_days)
        == Outcome.LATE_CANCELLATION
    )
    assert (
        outcome_of(cancelled(two_days), cut_off=LATER, late_notice=two_days)
        == Outcome.EARLY_CANCELLATION
    )


def test_the_practice_cancelling_on_the_day_is_never_counted_against_the_patient():
    late = BookedTime(START, Status.CANCELLED_BY_PRACTICE, START + timedelta(minutes=5))
    assert outcome_of(late, cut_off=LATER) == Outcome.PRACTICE_CANCELLATION


def test_a_start_after_the_cut_off_is_upcoming_even_when_it_is_already_cancelled():
    before_start = START - timedelta(seconds=1)
    assert outcome_of(BookedTime(START, Status.BOOKED), cut_off=before_start) == Outcome.UPCOMING
    assert outcome_of(cancelled(timedelta(days=9)), cut_off=before_start) == Outcome.UPCOMING
    assert outcome_of(BookedTime(START, Status.BOOKED), cut_off=START) == Outcome.UNRECORDED


def test_what_was_recorded_after_the_cut_off_is_not_looked_at():
    seen = BookedTime(START, Status.ATTENDED, START + timedelta(hours=3))
    assert outcome_of(seen, cut_off=START + timedelta(hours=2)) == Outcome.UNRECORDED
    assert outcome_of(seen, cut_off=START + timedelta(hours=3)) == Outcome.ATTENDED


def test_a_cancellation_without_a_time_is_neither_early_nor_late():
    unknown = BookedTime(START, Status.CANCELLED_BY_PATIENT)
    assert outcome_of(unknown, cut_off=LATER) == Outcome.UNRECORDED


def test_24_hours_on_the_clock_are_23_when_the_clocks_go_forward():
    start = datetime(2024, 3, 31, 10, 0, tzinfo=LONDON)
    gone = datetime(2024, 3, 30, 10, 0, tzinfo=LONDON)
    assert notice(starts_at=start, cancelled_at=gone) == timedelta(hours=23)
    booked = BookedTime(start, Status.CANCELLED_BY_PATIENT, gone)
    assert outcome_of(booked, cut_off=LATER) == Outcome.LATE_CANCELLATION


def test_24_hours_on_the_clock_are_25_when_the_clocks_go_back():
    start = datetime(2024, 10, 27, 10, 0, tzinfo=LONDON)
    gone = datetime(2024, 10, 26, 10, 30, tzinfo=LONDON)
    assert notice(starts_at=start, cancelled_at=gone) == timedelta(hours=24, minutes=30)
    booked = BookedTime(start, Status.CANCELLED_BY_PATIENT, gone)
    assert outcome_of(booked, cut_off=start) == Outcome.EARLY_CANCELLATION


def test_a_time_without_a_zone_is_refused():
    naive = START.replace(tzinfo=None)
    with pytest.raises(ValueError, match="without a zone"):
        outcome_of(BookedTime(naive, Status.BOOKED), cut_off=LATER)


@given(
    starts_at=INSTANTS,
    status_at=st.none() | INSTANTS,
    cut_off=INSTANTS,
    status=st.sampled_from(Status),
    hours=st.integers(min_value=0, max_value=96),
)
def test_every_record_has_one_outcome_and_the_zone_it_is_written_in_does_not_matter(
    starts_at, status_at, cut_off, status, hours
):
    limit = timedelta(hours=hours)
    here = outcome_of(BookedTime(starts_at, status, status_at), cut_off=cut_off, late_notice=limit)
    there = outcome_of(
        BookedTime(
            starts_at.astimezone(UTC), status, status_at.astimezone(UTC) if status_at else None
        ),
        cut_off=cut_off.astimezone(UTC),
        late_notice=limit,
    )
    assert here == there
    assert (here == Outcome.UPCOMING) == (starts_at.astimezone(UTC) > cut_off.astimezone(UTC))


@given(shorter=st.integers(0, 100_000), longer=st.integers(0, 100_000))
def test_more_notice_is_never_judged_worse(shorter, longer):
    order = [Outcome.NOT_ATTENDED, Outcome.LATE_CANCELLATION, Outcome.EARLY_CANCELLATION]
    low, high = sorted((shorter, longer))
    worse = outcome_of(cancelled(timedelta(seconds=low)), cut_off=LATER)
    better = outcome_of(cancelled(timedelta(seconds=high)), cut_off=LATER)
    assert order.index(worse) <= order.index(better)
