"""Charts drawn on the server: numbers in, positions out, no colour and no script.

A chart is two drawings of the same numbers, one for a wide column and one for a phone, so that its
words stay readable on both. `_components/chart.html` renders it; classes (`c-line`, `c-band`, …)
carry the look and every position is an SVG attribute, which the content policy allows. The caller
puts the same numbers in a table right below.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import ClassVar

_LETTER = 7.4
"""Average width of a letter of 14 px text in the drawing's own units."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the line, in the units of the axis. A value of None is a gap in the line.

    `told` is what a pointer resting on the dot reads: the value, its count and its interval.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A level from published studies, drawn dotted. It is never called a target."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something that began between two points; `before` is the index of the first point after."""

    before: int
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart: its words, its number, and the number as people read it."""

    label: str
    value: float
    shown: str


@dataclass(frozen=True, slots=True)
class Line:
    """A straight stroke. Positions here and below are text, so that no locale changes a dot."""

    tag: ClassVar[str] = "line"
    css: str
    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Path:
    """A polygon or a broken line."""

    tag: ClassVar[str] = "path"
    css: str
    d: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle with words for the pointer."""

    tag: ClassVar[str] = "circle"
    css: str
    x: str
    y: str
    radius: str
    told: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: a bar or its track."""

    tag: ClassVar[str] = "rect"
    css: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Words:
    """Text whose anchor is decided by its class."""

    tag: ClassVar[str] = "text"
    css: str
    x: str
    y: str
    text: str


Mark = Line | Path | Dot | Box | Words


@dataclass(slots=True)
class Drawing:
    """Marks in the order in which they are painted, in a box of `width` by `height` units."""

    width: int
    height: int
    marks: list[Mark] = field(default_factory=list)

    def line(self, css: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.marks.append(Line(css, _n(start[0]), _n(start[1]), _n(end[0]), _n(end[1])))

    def path(self, css: str, points: Sequence[tuple[float, float]], *, closed: bool) -> None:
        d = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points) + ("Z" if closed else "")
        self.marks.append(Path(css, d))

    def dot(self, css: str, at: tuple[float, float], told: str) -> None:
        self.marks.append(Dot(css, _n(at[0]), _n(at[1]), "4.5", told))

    def box(self, css: str, at: tuple[float, float], width: float, height: float) -> None:
        self.marks.append(Box(css, _n(at[0]), _n(at[1]), _n(width), _n(height)))

    def words(self, css: str, at: tuple[float, float], text: str) -> None:
        self.marks.append(Words(css, _n(at[0]), _n(at[1]), text))


@dataclass(frozen=True, slots=True)
class Chart:
    """What `_components/chart.html` draws. `key` makes the ids of this page's charts differ."""

    key: str
    title: str
    description: str
    wide: Drawing
    narrow: Drawing


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plot inside a drawing and the way from a value to a place in it."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    inset: float
    places: int
    highest: float

    def x(self, place: float) -> float:
        first, last = self.left + self.inset, self.right - self.inset
        if self.places == 1:
            return (first + last) / 2
        return first + (last - first) * place / (self.places - 1)

    def y(self, value: float) -> float:
        share = min(max(value, 0.0), self.highest) / self.highest
        return self.bottom - (self.bottom - self.top) * share


def line_chart(
    *,
    key: str,
    title: str,
    description: str,
    points: Sequence[Point],
    unit: str = "%",
    ceiling: float = 100,
    reference: Reference | None = None,
    change: Change | None = None,
) -> Chart:
    """A line with its interval as a band. The axis starts at 0 and ends at or below `ceiling`.

    Raises ValueError without a single point: a chart of nothing is an empty state, not a drawing.
    """
    if not points:
        raise ValueError("a chart needs a point")
    ticks = axis_ticks(_highest(points, reference), ceiling=ceiling)
    shared = {"places": len(points), "highest": ticks[-1]}
    wide = _Frame(
        width=1060, height=340, left=44, right=1012, top=30, bottom=306, inset=12, **shared
    )
    narrow = _Frame(
        width=350, height=280, left=40, right=312, top=30, bottom=246, inset=12, **shared
    )
    drawn = [
        _draw_line(frame, points, ticks=ticks, unit=unit, reference=reference, change=change)
        for frame in (wide, narrow)
    ]
    return Chart(key, title, description, drawn[0], drawn[1])


def bar_chart(*, key: str, title: str, description: str, bars: Sequence[Bar]) -> Chart:
    """Lying bars from 0 to the largest value, each under its own words and number."""
    if not bars:
        raise ValueError("a chart needs a bar")
    most = max(bar.value for bar in bars) or 1
    drawn = [_draw_bars(Drawing(width, 46 * len(bars)), bars, most=most) for width in (430, 350)]
    return Chart(key, title, description, drawn[0], drawn[1])


def axis_ticks(highest: float, *, ceiling: float = 100) -> list[int]:
    """Round steps from 0 to just above `highest`, at most six of them, never past `ceiling`.

    >>> axis_ticks(27)
    [0, 10, 20, 30]
    """
    wanted = min(max(highest, 1), ceiling)
    steps = (base * 10**power for power in range(12) for base in (1, 2, 5))
    step = next(step for step in steps if wanted / step <= 5)
    return [step * n for n in range(ceil(wanted / step) + 1)]


def _draw_line(
    frame: _Frame,
    points: Sequence[Point],
    *,
    ticks: Sequence[int],
    unit: str,
    reference: Reference | None,
    change: Change | None,
) -> Drawing:
    drawing = Drawing(frame.width, frame.height)
    last = max((n for n, point in enumerate(points) if point.value is not None), default=None)
    _draw_axes(drawing, frame, points, ticks=ticks, unit=unit)
    for run in _runs(points):
        _draw_band(drawing, frame, points, run)
    if reference:
        below = last is not None and (points[last].value or 0) >= reference.value
        _draw_reference(drawing, frame, reference, below=below)
    if change:
        _draw_change(drawing, frame, change)
    for run in _runs(points):
        places = [(frame.x(n), frame.y(points[n].value or 0)) for n in run]
        if len(places) > 1:
            drawing.path("c-line", places, closed=False)
    for n, point in enumerate(points):
        if point.value is not None:
            css = "c-dot c-dot-last" if n == last else "c-dot"
            drawing.dot(css, (frame.x(n), frame.y(point.value)), point.told)
    if last is not None:
        _label_end(drawing, frame, last, points[last].value or 0, unit=unit)
    return drawing


def _draw_axes(
    drawing: Drawing, frame: _Frame, points: Sequence[Point], *, ticks: Sequence[int], unit: str
) -> None:
    for tick in ticks:
        y = frame.y(tick)
        drawing.line("c-grid", (frame.left, y), (frame.right, y))
        text = f"{tick} {unit}".strip() if tick == ticks[-1] else str(tick)
        drawing.words("c-end", (frame.left - 8, y + 5), text)
    widest = max(len(point.label) for point in points) * _LETTER + 10
    room = (frame.x(1) - frame.x(0)) if len(points) > 1 else widest
    # Counted from the newest point, so that the one people look for first always has its label.
    for n in range(len(points) - 1, -1, -max(1, ceil(widest / room))):
        drawing.words("c-mid", (frame.x(n), frame.bottom + 24), points[n].label)


def _draw_band(
    drawing: Drawing, frame: _Frame, points: Sequence[Point], run: Sequence[int]
) -> None:
    upper: list[tuple[float, float]] = []
    lower: list[tuple[float, float]] = []
    for n in run:
        low, high = points[n].low, points[n].high
        if low is None or high is None:
            return
        # A point between two gaps has no width of its own: its interval becomes a short column.
        for x in (frame.x(n) - 4, frame.x(n) + 4) if len(run) == 1 else (frame.x(n),):
            upper.append((x, frame.y(high)))
            lower.append((x, frame.y(low)))
    drawing.path("c-band", [*upper, *reversed(lower)], closed=True)


def _draw_reference(drawing: Drawing, frame: _Frame, reference: Reference, *, below: bool) -> None:
    y = frame.y(reference.value)
    drawing.line("c-literature", (frame.left, y), (frame.right, y))
    drawing.words("c-end", (frame.right, y + 18 if below else y - 7), reference.label)


def _draw_change(drawing: Drawing, frame: _Frame, change: Change) -> None:
    x = frame.x(change.before - 0.5)
    drawing.line("c-change", (x, frame.top - 8), (x, frame.bottom))
    # The words stand above the plot, on the side that has room for them.
    on_the_left = x > (frame.left + frame.right) / 2
    css = "c-strong c-end" if on_the_left else "c-strong"
    drawing.words(css, (x - 6 if on_the_left else x + 6, frame.top - 12), change.label)


def _label_end(drawing: Drawing, frame: _Frame, last: int, value: float, *, unit: str) -> None:
    text = f"{value:.0f} {unit}".strip()
    drawing.words("c-t1", (frame.x(last) + 10, frame.y(value) + 5), text)


def _draw_bars(drawing: Drawing, bars: Sequence[Bar], *, most: float) -> Drawing:
    for n, bar in enumerate(bars):
        top = 46 * n
        drawing.words("c-strong", (0, top + 16), bar.label)
        drawing.words("c-end", (drawing.width, top + 16), bar.shown)
        drawing.box("c-track", (0, top + 24), drawing.width, 10)
        if bar.value > 0:
            drawing.box("c-bar", (0, top + 24), max(2, drawing.width * bar.value / most), 10)
    return drawing


def _runs(points: Sequence[Point]) -> Iterator[list[int]]:
    """Places that follow one another without a gap."""
    run: list[int] = []
    for n, point in enumerate(points):
        if point.value is not None:
            run.append(n)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _highest(points: Sequence[Point], reference: Reference | None) -> float:
    found = [value for point in points for value in (point.value, point.high) if value is not None]
    return max([*found, reference.value if reference else 0])


def _n(position: float) -> str:
    return f"{position:.1f}"
