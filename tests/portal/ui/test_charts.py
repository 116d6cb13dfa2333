"""Charts: numbers in, positions out. What a reader would be misled by must not be drawn."""

import itertools
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from portal.ui.charts import (
    Bar,
    Change,
    Chart,
    Drawing,
    Point,
    Reference,
    axis_ticks,
    bar_chart,
    line_chart,
)

LITERATURE = Reference(23, "literature: 23 %")


def point(value: float | None, label: str = "6 Jul") -> Point:
    if value is None:
        return Point(label, None)
    return Point(label, value, max(0, value - 5), min(100, value + 5), f"{value} %")


def drawn(values: list[float | None], **options) -> Chart:
    points = [point(value) for value in values]
    return line_chart(key="c", title="T", description="D", points=points, **options)


def marks(drawing: Drawing, css: str) -> list[Any]:
    return [mark for mark in drawing.marks if css in mark.css.split()]


def test_a_gap_in_the_numbers_is_a_gap_in_the_line_and_in_the_band():
    wide = drawn([10, 12, None, 11, 9, 8]).wide
    assert len(marks(wide, "c-line")) == 2
    assert len(marks(wide, "c-band")) == 2
    assert len(marks(wide, "c-dot")) == 5


def test_a_point_between_two_gaps_still_shows_its_interval():
    wide = drawn([None, 12, None]).wide
    assert marks(wide, "c-line") == []
    assert len(marks(wide, "c-band")) == 1
    assert len(marks(wide, "c-dot")) == 1


def test_a_point_without_an_interval_has_no_band():
    found = line_chart(key="c", title="T", description="D", points=[Point("a", 4), Point("b", 5)])
    assert marks(found.wide, "c-band") == []


def test_only_gaps_leave_the_axes_and_no_figure():
    found = drawn([None, None], reference=LITERATURE)
    for drawing in (found.wide, found.narrow):
        assert marks(drawing, "c-dot") == marks(drawing, "c-line") == marks(drawing, "c-t1") == []


def test_the_axis_starts_at_zero_and_holds_the_literature_line():
    found = drawn([2, 3], reference=LITERATURE)
    texts = [mark.text for mark in marks(found.wide, "c-end")]
    assert texts[0] == "0"
    assert "25 %" in texts
    line = marks(found.wide, "c-literature")[0]
    assert 30 < float(line.y1) < 306


def test_the_literature_words_stand_on_the_other_side_of_the_line_than_the_last_value():
    for last, side in ((10, -1), (40, 1)):
        wide = drawn([last], reference=LITERATURE).wide
        line = float(marks(wide, "c-literature")[0].y1)
        (words,) = (mark for mark in marks(wide, "c-end") if "lit" in mark.text)
        assert (float(words.y) - line) * side > 0


def test_a_change_stands_between_the_two_points_that_it_parts():
    wide = drawn([10, 12, 14], change=Change(2, "1 June")).wide
    at = float(marks(wide, "c-change")[0].x1)
    dots = [float(mark.x) for mark in marks(wide, "c-dot")]
    assert dots[1] < at < dots[2]


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (27, [0, 10, 20, 30]),
        (45, [0, 10, 20, 30, 40, 50]),
        (100, [0, 20, 40, 60, 80, 100]),
        (4, [0, 1, 2, 3, 4]),
        (0, [0, 1]),
    ],
)
def test_ticks_are_round_numbers(highest, ticks):
    assert axis_ticks(highest) == ticks


def test_no_drawing_of_nothing():
    with pytest.raises(ValueError, match="needs a point"):
        line_chart(key="c", title="T", description="D", points=[])
    with pytest.raises(ValueError, match="needs a bar"):
        bar_chart(key="c", title="T", description="D", bars=[])


def test_a_bar_of_zero_is_an_empty_track_and_a_small_one_can_be_seen():
    found = bar_chart(
        key="b",
        title="T",
        description="D",
        bars=[Bar("a", 0, "0"), Bar("b", 1, "1"), Bar("c", 100_000, "100,000")],
    )
    assert len(marks(found.narrow, "c-track")) == 3
    widths = [float(mark.width) for mark in marks(found.narrow, "c-bar")]
    assert widths == [2.0, found.narrow.width]


@given(st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=80))
def test_every_dot_and_label_lies_inside_its_drawing(values):
    found = drawn(values, reference=LITERATURE)
    for drawing in (found.wide, found.narrow):
        for mark in marks(drawing, "c-dot"):
            assert 0 <= float(mark.x) <= drawing.width
            assert 0 <= float(mark.y) <= drawing.height
        labels = [float(mark.x) for mark in marks(drawing, "c-mid")]
        assert labels == sorted(labels, reverse=True)
        assert all(a - b > 40 for a, b in itertools.pairwise(labels))


def test_the_drawing_has_a_name_and_a_finding_and_no_inline_style():
    words = Point("6 Jul", 10, 8, 12, '<script>"&')
    found = line_chart(key="weeks", title="A & B", description="D", points=[words])
    page = render_to_string("_components/chart.html", {"chart": found})
    assert "style=" not in page
    assert "<script" not in page
    drawings = ET.fromstring(page.strip()).findall(".//svg")  # noqa: S314 - our own output
    assert len(drawings) == 2
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert len(ids) == 4
    for drawing in drawings:
        assert drawing.get("role") == "img"
        assert set(drawing.get("aria-labelledby", "").split()) <= ids
        assert drawing.findtext("title") == "A & B"
