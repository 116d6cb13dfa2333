"""The file that may leave the practice: nothing a spreadsheet would run, no small cell."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.export import no_show_csv, visible_counts
from metrics.reports import NoShowReport, Question
from metrics.rollups.attendance import Attendance, Part
from metrics.rollups.outcomes import LATE_NOTICE, Outcome
from metrics.rollups.periods import Period
from portal.clock import zone
from portal.practices.models import Practice
from portal.ui.spreadsheets import BYTE_ORDER_MARK, quoted

MONDAY = dt.date(2024, 6, 3)
MANY, FEW = 40, 10


def week(n: int, *, missed_people: int = MANY) -> Part:
    first = MONDAY + dt.timedelta(weeks=n)
    counts = dict.fromkeys(Outcome, MANY) | {Outcome.NOT_ATTENDED: 12 + n}
    people = dict.fromkeys(Outcome, MANY) | {Outcome.NOT_ATTENDED: missed_people}
    period = Period(first, first + dt.timedelta(days=6))
    return Part(period, Attendance(counts, people), is_whole=True)


def rows_of(parts: list[Part], name: str = "Alder Practice") -> list[list[str]]:
    report = NoShowReport(
        question=Question(Period(parts[0].period.first, parts[-1].period.last)),
        zone=zone("Europe/London"),
        cut_off=dt.datetime(2024, 9, 1, tzinfo=dt.UTC),
        late_notice=LATE_NOTICE,
        whole=parts[0].attendance,
        parts=parts,
        comparison=None,
    )
    text = no_show_csv(report, Practice(slug="alder", name=name))
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_gets_a_quote(start):
    assert quoted(f"{start}cmd|' /C calc'!A0").startswith("'")
    rows = rows_of([week(0)], name=f"{start}HYPERLINK(1)")
    assert ["Practice", f"'{start}HYPERLINK(1)"] in rows


def test_numbers_stay_numbers():
    assert quoted(-3) == "-3"
    assert quoted(14.29) == "14.29"


@given(st.text())
def test_no_cell_begins_like_a_formula(text):
    assert not quoted(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_week_is_one_line_with_its_counts_rates_and_intervals():
    head, first, second, *_rest = rows_of([week(0), week(1)])
    line = dict(zip(head, first, strict=True))
    assert line["Week from"] == "2024-06-03"
    assert line["To"] == "2024-06-09"
    assert (line["Came"], line["Did not come"]) == ("40", "12")
    assert line["No-show rate (%)"] == "23.08"
    assert (line["No-show rate: from"], line["No-show rate: to"]) == ("13.72", "36.13")
    assert dict(zip(head, second, strict=True))["Did not come"] == "13"


def test_a_count_with_few_people_behind_it_and_every_rate_made_of_it_are_hidden():
    head, *lines = rows_of([week(0, missed_people=FEW), week(1, missed_people=FEW), week(2)])
    for line in (dict(zip(head, row, strict=True)) for row in lines[:2]):
        assert line["Did not come"] == "fewer than 11"
        assert line["Came"] == "40"
        # Each of these holds the count, alone or in its denominator.
        for name in head:
            if "rate" in name:
                assert line[name] == "", name
    assert dict(zip(head, lines[2], strict=True))["Did not come"] == "14"


def test_a_single_hidden_cell_takes_the_smallest_other_one_with_it():
    parts = [week(2), week(0, missed_people=FEW), week(1)]
    column = [part.attendance for part in parts]
    assert visible_counts(column, Outcome.NOT_ATTENDED) == [14, None, None]
    assert visible_counts(column, Outcome.ATTENDED) == [40, 40, 40]


@given(st.lists(st.integers(0, 25), max_size=12))
def test_no_column_ever_hides_exactly_one_of_several_cells(people):
    column = [Attendance({Outcome.NOT_ATTENDED: n}, {Outcome.NOT_ATTENDED: n}) for n in people]
    shown = visible_counts(column, Outcome.NOT_ATTENDED)
    assert len(shown) < 2 or shown.count(None) != 1
    assert all(count is None or count >= 11 for count in shown)


def test_the_file_says_what_its_columns_mean():
    text = [" ".join(row) for row in rows_of([week(0)])]
    assert any("did not come ÷ (came + did not come)" in row for row in text)
    assert any("less than 24 hours" in row for row in text)
    assert any("Wilson" in row for row in text)
