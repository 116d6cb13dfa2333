"""What the page shows of a report: nothing drawn that the numbers do not carry."""

import datetime as dt
from typing import Any

import pytest

from metrics.presenters import NoShowPage, no_show_page
from metrics.reports import Comparison, NoShowReport, Question
from metrics.rollups.attendance import Attendance, Part
from metrics.rollups.outcomes import LATE_NOTICE, Outcome
from metrics.rollups.periods import Period, Step, around
from metrics.rollups.shares import Share, difference
from portal.clock import zone

pytestmark = pytest.mark.usefixtures("addresses")
MONDAY = dt.date(2024, 6, 3)
NBSP = "\N{NO-BREAK SPACE}"


def part(n: int, came: int, missed: int, *, step: Step = Step.WEEK) -> Part:
    day = MONDAY + dt.timedelta(weeks=n) if step is Step.WEEK else dt.date(2024, n + 1, 1)
    counts = {Outcome.ATTENDED: came, Outcome.NOT_ATTENDED: missed}
    return Part(around(day, step), Attendance(counts, {}), is_whole=True)


LONG_AFTER = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def page(
    parts: list[Part],
    *,
    step: Step = Step.WEEK,
    cut_off: dt.datetime = LONG_AFTER,
    comparison: Comparison | None = None,
) -> NoShowPage:
    totals = {outcome: sum(each.attendance.count(outcome) for each in parts) for outcome in Outcome}
    period = Period(parts[0].period.first, parts[-1].period.last)
    report = NoShowReport(
        question=Question(period, step, comparison.change_on if comparison else None),
        zone=zone("Europe/London"),
        cut_off=cut_off,
        late_notice=LATE_NOTICE,
        whole=Attendance(totals, {}),
        parts=parts,
        comparison=comparison,
    )
    return no_show_page(report)


def drawn(parts: list[Part]) -> Any:
    """The chart of a page that has one."""
    chart = page(parts).chart
    assert chart is not None
    return chart


def test_under_thirty_in_all_there_is_no_line_and_no_figure():
    found = page([part(0, 10, 4), part(1, 10, 5)])
    assert not found.is_enough
    assert found.chart is None
    assert found.headline.percent == ""
    assert found.headline.total == "29"


def test_a_week_with_few_is_a_gap_in_the_line_and_few_in_the_table():
    parts = [part(0, 30, 6), part(1, 10, 2), part(2, 30, 3)]
    found, chart = page(parts), drawn(parts)
    assert found.is_enough
    dots = [mark for mark in chart.wide.marks if "c-dot" in mark.css]
    assert len(dots) == 2
    assert [row.figure.percent for row in found.rows] == [f"17{NBSP}%", "", f"9{NBSP}%"]
    assert [row.missed for row in found.rows] == ["6", "2", "3"]
    assert "1 point is left out" in chart.description


def test_many_weeks_with_few_lead_to_months():
    few = page([part(n, 10, 2) for n in range(4)])
    assert few.is_enough
    assert few.has_few
    assert few.chart is None
    assert not page([part(n, 40, 2) for n in range(4)]).has_few


def test_the_words_for_people_who_cannot_see_it_hold_the_finding():
    chart = drawn([part(0, 30, 10), part(1, 36, 4), part(2, 34, 6)])
    assert chart.description == (
        f"Lowest 10{NBSP}% (10 Jun 2024), highest 25{NBSP}% (3 Jun 2024), "
        f"last 15{NBSP}% (17 Jun 2024)."
    )
    dot = next(mark for mark in chart.wide.marks if "c-dot" in mark.css)
    assert dot.told == f"3 Jun 2024: 25{NBSP}%, 10 of 40, interval 14 to 40{NBSP}%"


def test_the_finding_says_one_in_so_many_only_where_that_is_true_enough():
    assert page([part(0, 40, 10)]).one_in == "5"
    assert page([part(0, 88, 12)]).one_in == "8"
    assert page([part(0, 40, 0)]).one_in == ""
    assert page([part(0, 20, 30)]).one_in == ""


def test_the_week_that_goes_on_says_so_far_and_a_cut_one_says_that():
    going = Part(around(MONDAY, Step.WEEK), Attendance({Outcome.ATTENDED: 40}, {}), is_whole=False)
    now = dt.datetime(2024, 6, 5, 12, tzinfo=dt.UTC)
    assert page([going], cut_off=now).rows[0].note == "so far"
    assert page([going]).rows[0].note == "cut by the period"


def test_months_are_named_as_months():
    found = page([part(n, 40, 5, step=Step.MONTH) for n in range(3)], step=Step.MONTH)
    assert [row.label for row in found.rows] == ["January 2024", "February 2024", "March 2024"]
    assert found.period == "1 January to 31 March 2024"


def compared(before: Share, since: Share) -> Any:
    comparison = Comparison(
        MONDAY + dt.timedelta(weeks=1), before, since, difference(before, since)
    )
    return page([part(0, 40, 5), part(1, 40, 5)], comparison=comparison)


def test_a_fall_is_said_in_words_with_its_interval():
    found = compared(Share(56, 70), Share(48, 80)).comparison
    assert found.points == "20.0 points lower"
    assert found.interval == "5.2 to 33.4"
    assert "chance" not in found.verdict


def test_a_rise_turns_the_interval_with_the_words():
    found = compared(Share(48, 80), Share(56, 70)).comparison
    assert found.points == "20.0 points higher"
    assert found.interval == "5.2 to 33.4"


def test_an_interval_that_holds_zero_may_be_chance():
    found = compared(Share(10, 80), Share(8, 80)).comparison
    assert found.points == "2.5 points lower"
    assert found.interval.startswith("-")
    assert "may be chance" in found.verdict


def test_too_few_on_one_side_leave_out_the_difference():
    found = compared(Share(10, 80), Share(8, 29)).comparison
    assert found.points == found.interval == found.verdict == ""
    assert found.since.counts == "8 of 29"


def test_the_change_is_drawn_where_it_happened():
    found = compared(Share(10, 80), Share(8, 80))
    assert any(mark.css == "c-change" for mark in found.chart.narrow.marks)


def test_every_count_leads_to_the_people_behind_it():
    found = page([part(0, 40, 5), part(1, 40, 0)])
    assert "from_on=2024-06-03&to_on=2024-06-09&outcome=not_attended" in found.rows[0].missed_url
    assert found.rows[1].missed_url == ""
