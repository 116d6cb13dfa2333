"""The numbers behind the page, from rows: who is counted, when, and at what cost."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from metrics import reports
from metrics.reports import Question
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Period, Step
from metrics.rollups.shares import Share
from portal import clock
from portal.appointments import services as appointments
from portal.appointments.models import AppointmentStatus, Status
from portal.practices import services as practices
from portal.practices.models import Practice
from portal.practices.selectors import settings_of_practice
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP
from tests.metrics.appointments import MONDAY, at, past, save, weeks_of

pytestmark = pytest.mark.django_db
JUNE = Period(dt.date(2024, 6, 1), dt.date(2024, 6, 30))


def report(practice: Practice, period: Period = JUNE, **asked: Any) -> Any:
    with practice_scope(practice.pk):
        return reports.no_show_report(practice=practice, question=Question(period, **asked))


def outcomes(practice: Practice, period: Period = JUNE) -> Mapping[Outcome, int]:
    with practice_scope(practice.pk):
        return reports.attendance(practice=practice, period=period).counts


def test_another_practice_is_never_counted(cast):
    weeks_of(cast.yan, [cast.patient("zoe")], weeks=2, came=40, missed=9)
    weeks_of(cast.cole, [cast.patient("ana")], weeks=2, came=5, missed=1)
    assert report(cast.alder).whole.no_show_rate == Share(2, 12)
    assert report(cast.birch).whole.no_show_rate == Share(18, 98)


def test_confirmed_and_arrived_are_unrecorded_once_the_start_has_passed(cast):
    ana = cast.patient("ana")
    standing = [Status.BOOKED, Status.CONFIRMED, Status.ARRIVED]
    save(
        cast.cole,
        *(past(cast.cole, ana, at(MONDAY, 9 + n), status) for n, status in enumerate(standing)),
    )
    assert outcomes(cast.alder) == {Outcome.UNRECORDED: 3}


def test_the_limit_for_late_is_the_practices_own(cast):
    start = at(MONDAY)
    gone = past(
        cast.cole,
        cast.patient("ana"),
        start,
        Status.CANCELLED_BY_PATIENT,
        status_at=start - dt.timedelta(hours=30),
    )
    save(cast.cole, gone)
    assert outcomes(cast.alder) == {Outcome.EARLY_CANCELLATION: 1}
    with practice_scope(cast.alder.pk):
        practices.change_settings(settings=settings_of_practice(), late_cancel_hours=48, by=SET_UP)
    assert outcomes(cast.alder) == {Outcome.LATE_CANCELLATION: 1}


def test_a_move_counts_the_old_time_as_cancelled_and_the_new_one_by_what_happened(cast):
    old, new = at(MONDAY), at(MONDAY + dt.timedelta(days=2))
    appointment = past(cast.cole, cast.patient("ana"), new, Status.ATTENDED)
    save(cast.cole, appointment)
    with practice_scope(cast.alder.pk):
        AppointmentStatus.objects.create(
            appointment=appointment,
            status=Status.CANCELLED_BY_PATIENT,
            at=old - dt.timedelta(hours=3),
            by_name="Dee Staff",
            starts_at=old,
            moved=True,
        )
    assert outcomes(cast.alder) == {Outcome.ATTENDED: 1, Outcome.LATE_CANCELLATION: 1}


def test_a_cancellation_whose_reason_reads_moved_is_counted_once(cast):
    start = clock.now() - dt.timedelta(hours=1)
    row = past(cast.cole, cast.patient("ana"), start, Status.BOOKED)
    save(cast.cole, row)
    with practice_scope(cast.alder.pk):
        appointments.cancel(appointment=row, by_patient=True, reason="moved", by=cast.dee.viewer)
    today = clock.today("Europe/London")
    around = Period(today - dt.timedelta(days=1), today)
    assert outcomes(cast.alder, around) == {Outcome.NOT_ATTENDED: 1}


@pytest.mark.parametrize(
    ("start", "cancelled", "outcome"),
    [
        # Clocks go forward on 31 March 2024: one day on the wall is 23 hours.
        ((2024, 3, 31), (2024, 3, 30), Outcome.LATE_CANCELLATION),
        # Clocks go back on 27 October 2024: one day on the wall is 25 hours.
        ((2024, 10, 27), (2024, 10, 26), Outcome.EARLY_CANCELLATION),
        ((2024, 6, 12), (2024, 6, 11), Outcome.EARLY_CANCELLATION),
    ],
)
def test_notice_of_one_day_on_the_wall_is_counted_in_real_hours(cast, start, cancelled, outcome):
    day = dt.date(*start)
    row = past(
        cast.cole,
        cast.patient("ana"),
        at(day, 10),
        Status.CANCELLED_BY_PATIENT,
        status_at=at(dt.date(*cancelled), 10),
    )
    save(cast.cole, row)
    assert outcomes(cast.alder, Period(day, day)) == {outcome: 1}


def test_the_first_quarter_of_an_hour_belongs_to_the_new_local_day(cast):
    ana = cast.patient("ana")
    last, first = at(dt.date(2024, 4, 30), 23, 45), at(dt.date(2024, 5, 1), 0, 15)
    save(cast.cole, past(cast.cole, ana, last), past(cast.cole, ana, first, Status.NO_SHOW))
    april = Period(dt.date(2024, 4, 1), dt.date(2024, 4, 30))
    may = Period(dt.date(2024, 5, 1), dt.date(2024, 5, 31))
    assert outcomes(cast.alder, april) == {Outcome.ATTENDED: 1}
    assert outcomes(cast.alder, may) == {Outcome.NOT_ATTENDED: 1}


def test_one_week_costs_as_many_queries_as_many(cast):
    ana = cast.patient("ana")
    weeks_of(cast.cole, [ana], weeks=1, came=3, missed=1)
    with CaptureQueriesContext(connections["default"]) as one:
        assert len(report(cast.alder).parts) == 5
    weeks_of(cast.cole, [ana], weeks=20, came=3, missed=1, first=dt.date(2024, 7, 1))
    year = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    with CaptureQueriesContext(connections["default"]) as many:
        assert report(cast.alder, year, step=Step.WEEK).whole.no_show_rate == Share(21, 84)
    assert len(many) == len(one)


def test_a_change_parts_the_period_at_the_start_of_its_day(cast):
    ana = cast.patient("ana")
    change = dt.date(2024, 6, 17)
    save(
        cast.cole,
        past(cast.cole, ana, at(change - dt.timedelta(days=1), 23, 50), Status.NO_SHOW),
        past(cast.cole, ana, at(change, 0, 10)),
    )
    found = report(cast.alder, change_on=change).comparison
    assert (found.before, found.since) == (Share(1, 1), Share(0, 1))
    assert not found.is_enough


def test_a_comparison_carries_the_interval_of_the_difference(cast):
    ana = cast.patient("ana")
    weeks_of(cast.cole, [ana], weeks=1, came=32, missed=48)
    weeks_of(cast.cole, [ana], weeks=1, came=14, missed=56, first=dt.date(2024, 6, 17))
    found = report(cast.alder, change_on=dt.date(2024, 6, 17)).comparison
    assert found.is_enough
    assert round(found.difference.interval.low, 4) == -0.3339
    assert round(found.difference.interval.high, 4) == -0.0524


def test_the_usual_period_is_half_a_year_of_weeks_up_to_today():
    found = reports.usual_period(dt.date(2026, 11, 25))
    assert found == Period(dt.date(2026, 6, 1), dt.date(2026, 11, 25))
    assert len(found.split(Step.WEEK)) == 26


def test_the_people_behind_a_count_are_as_many_as_the_count_and_newest_first(cast):
    weeks_of(cast.cole, [cast.patient("ana"), cast.patient("ben")], weeks=3, came=4, missed=2)
    with practice_scope(cast.alder.pk):
        found, counts = reports.people_behind(
            practice=cast.alder, period=JUNE, outcome=Outcome.NOT_ATTENDED
        )
    assert len(found) == counts.count(Outcome.NOT_ATTENDED) == 6
    starts = [row.starts_at for row in found]
    assert starts == sorted(starts, reverse=True)
    assert {row.given for row in found} == {None}
