"""Counts and rates: the worked example of the definitions, and what must hold for any numbers."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from metrics.rollups.attendance import RATES, Attendance, by_step, count_outcomes
from metrics.rollups.outcomes import BookedTime, Outcome, Status
from metrics.rollups.periods import Period, Step
from metrics.rollups.shares import Share

LONDON = ZoneInfo("Europe/London")
START = datetime(2024, 6, 12, 14, 0, tzinfo=UTC)
CUT_OFF = datetime(2024, 7, 1, 9, 0, tzinfo=UTC)


def booked(status: Status, *, before: timedelta | None = None, times: int = 1) -> list[BookedTime]:
    status_at = START - before if before is not None else None
    return [BookedTime(START, status, status_at)] * times


EXAMPLE = [
    *booked(Status.ATTENDED, times=40),
    *booked(Status.ATTENDED_LATE, times=2),
    *booked(Status.NO_SHOW, times=5),
    *booked(Status.LATE_NOT_SEEN, times=1),
    *booked(Status.CANCELLED_BY_PATIENT, before=timedelta(hours=2), times=3),
    *booked(Status.CANCELLED_BY_PATIENT, before=timedelta(hours=24), times=1),
    *booked(Status.CANCELLED_BY_PATIENT, before=timedelta(minutes=-10), times=1),
    *booked(Status.CANCELLED_BY_PATIENT, before=timedelta(days=2), times=4),
    *booked(Status.CANCELLED_BY_PRACTICE, before=timedelta(days=1), times=2),
    *booked(Status.BOOKED, times=3),
]


def test_the_worked_example_of_the_definitions():
    found = count_outcomes(EXAMPLE, cut_off=CUT_OFF)
    assert found.count(Outcome.ATTENDED) == 42
    assert found.count(Outcome.NOT_ATTENDED) == 7
    assert found.count(Outcome.LATE_CANCELLATION) == 3
    assert found.count(Outcome.EARLY_CANCELLATION) == 5
    assert found.count(Outcome.PRACTICE_CANCELLATION) == 2
    assert found.unrecorded == 3
    shares = {name: found.rate(name) for name in RATES}
    assert shares == {
        "no_show_rate": Share(7, 49),
        "missed_rate": Share(10, 52),
        "late_cancellation_rate": Share(3, 57),
        "patient_cancellation_rate": Share(8, 57),
        "practice_cancellation_rate": Share(2, 59),
        "attendance_rate": Share(42, 52),
    }
    assert [round(100 * (share.value or 0), 2) for share in shares.values()] == [
        14.29, 19.23, 5.26, 14.04, 3.39, 80.77,
    ]  # fmt: skip


def test_nothing_recorded_is_no_data_for_every_rate():
    found = count_outcomes(booked(Status.BOOKED, times=50), cut_off=CUT_OFF)
    assert [found.rate(name).value for name in RATES] == [None] * len(RATES)
    assert found.unrecorded == 50


def test_upcoming_and_unrecorded_appointments_change_no_rate():
    later = BookedTime(CUT_OFF + timedelta(days=1), Status.BOOKED)
    before = count_outcomes(EXAMPLE, cut_off=CUT_OFF)
    after = count_outcomes([*EXAMPLE, later, *booked(Status.BOOKED, times=9)], cut_off=CUT_OFF)
    assert {name: before.rate(name) for name in RATES} == {name: after.rate(name) for name in RATES}
    assert after.total == before.total + 9


def test_a_small_cell_counts_people_and_not_appointments():
    ana, ben = UUID(int=1), UUID(int=2)
    seen = [BookedTime(START, Status.ATTENDED, None, ana if n % 2 else ben) for n in range(40)]
    ten = [BookedTime(START, Status.NO_SHOW, None, UUID(int=n)) for n in range(10)]
    eleventh = BookedTime(START, Status.NO_SHOW, None, UUID(int=10))
    found = count_outcomes([*seen, *ten], cut_off=CUT_OFF)
    assert found.is_small(Outcome.ATTENDED)
    assert found.is_small(Outcome.NOT_ATTENDED)
    assert found.is_small(Outcome.LATE_CANCELLATION)
    more = count_outcomes([*seen, *ten, eleventh], cut_off=CUT_OFF)
    assert not more.is_small(Outcome.NOT_ATTENDED)


def test_a_quarter_past_midnight_on_monday_opens_the_new_week():
    sunday = datetime(2024, 6, 9, 23, 45, tzinfo=LONDON)
    monday = datetime(2024, 6, 10, 0, 15, tzinfo=LONDON)
    assert monday.astimezone(UTC).date() == date(2024, 6, 9)
    parts = by_step(
        [BookedTime(sunday, Status.NO_SHOW), BookedTime(monday, Status.ATTENDED)],
        period=Period(date(2024, 6, 3), date(2024, 6, 16)),
        step=Step.WEEK,
        zone=LONDON,
        cut_off=CUT_OFF,
    )
    assert [part.attendance.no_show_rate for part in parts] == [Share(1, 1), Share(0, 1)]


def test_weeks_without_appointments_stay_in_the_list_and_outsiders_stay_out():
    parts = by_step(
        EXAMPLE,
        period=Period(date(2024, 6, 13), date(2024, 7, 1)),
        step=Step.WEEK,
        zone=LONDON,
        cut_off=CUT_OFF,
    )
    assert [part.attendance.total for part in parts] == [0, 0, 0, 0]
    assert [part.is_whole for part in parts] == [False, True, True, False]


def test_the_week_that_is_still_going_on_is_not_whole():
    parts = by_step(
        [],
        period=Period(date(2024, 6, 24), date(2024, 6, 30)),
        step=Step.WEEK,
        zone=LONDON,
        cut_off=datetime(2024, 6, 30, 12, 0, tzinfo=UTC),
    )
    assert [part.is_whole for part in parts] == [False]


@given(
    times=st.lists(
        st.builds(
            BookedTime,
            st.integers(-2_000, 2_000).map(lambda hours: START + timedelta(hours=hours)),
            st.sampled_from(Status),
            st.none() | st.integers(0, 200).map(lambda hours: START - timedelta(hours=hours)),
        ),
        max_size=60,
    ),
    step=st.sampled_from(Step),
)
def test_the_parts_add_up_to_the_whole(times, step):
    period = Period(date(2024, 3, 1), date(2024, 9, 30))
    parts = by_step(times, period=period, step=step, zone=LONDON, cut_off=CUT_OFF)
    start, end = period.bounds(LONDON)
    whole = count_outcomes([one for one in times if start <= one.starts_at < end], cut_off=CUT_OFF)
    for outcome in Outcome:
        assert sum(part.attendance.count(outcome) for part in parts) == whole.count(outcome)


@given(st.dictionaries(st.sampled_from(Outcome), st.integers(0, 500)))
def test_every_rate_is_a_share_of_what_it_names(counts):
    found = Attendance(counts, {})
    for name, (counted, among) in RATES.items():
        assert counted <= among
        assert not among & {Outcome.UNRECORDED, Outcome.UPCOMING}
        assert found.rate(name).total == found.count(*among)
    kept, missed = found.rate("attendance_rate"), found.rate("missed_rate")
    assert kept.count + missed.count == kept.total == missed.total
