"""A patient's totals over time, drawn small: the patient's own voice, on the instrument's scale."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intake.fhir.instruments import Instrument
from intake.instruments import shipped_instruments
from intake.selectors import ScoreHistory
from portal.ui.charts import Drawing

WIDTH, HEIGHT = 230, 92
LEFT, RIGHT, TOP, BOTTOM = 24.0, 176.0, 12.0, 82.0


@dataclass(frozen=True)
class HistoryView:
    """What `_components/chart_drawing.html` needs (key, title, description, drawing), and the facts
    that stand beside it in words."""

    key: str
    title: str
    description: str
    drawing: Drawing
    history: ScoreHistory
    highest: int
    change_words: str


def history_views(histories: list[ScoreHistory]) -> list[HistoryView]:
    """The histories of instruments that the portal knows, ready to draw."""
    known = {instrument.id: instrument for instrument in shipped_instruments()}
    order = list(known)
    drawn = [one for one in histories if one.instrument in known]
    drawn.sort(key=lambda one: order.index(one.instrument))
    return [_view(known[one.instrument], one) for one in drawn]


def short_title(instrument: Instrument) -> str:
    """`PHQ-9` rather than its whole name, where the name carries it in brackets."""
    _before, bracket, after = instrument.title.partition("(")
    return after.rstrip(")") if bracket else instrument.title


def _view(instrument: Instrument, history: ScoreHistory) -> HistoryView:
    title = short_title(instrument)
    totals = [str(row.total) if row.total is not None else _("no total") for row in history.rows]
    description = _("%(title)s, of %(highest)s: %(totals)s") % {
        "title": title,
        "highest": instrument.highest,
        "totals": _(", then ").join(totals),
    }
    return HistoryView(
        key=f"score-{history.instrument}",
        title=title,
        description=description,
        drawing=_draw(history, instrument.highest),
        history=history,
        highest=instrument.highest,
        change_words=_change_words(instrument, history),
    )


def _draw(history: ScoreHistory, highest: int) -> Drawing:
    drawing = Drawing(WIDTH, HEIGHT)
    drawing.line("c-axis", (LEFT, BOTTOM), (RIGHT, BOTTOM))
    steps = max(1, len(history.rows) - 1)
    run: list[tuple[float, float]] = []
    dots: list[tuple[float, float, int]] = []
    for place, row in enumerate(history.rows):
        if row.total is None:  # a gap in the data is a gap
            _join(drawing, run)
            run = []
            continue
        x = LEFT + (RIGHT - LEFT) * place / steps
        y = BOTTOM - (BOTTOM - TOP) * row.total / highest
        run.append((x, y))
        dots.append((x, y, row.total))
    _join(drawing, run)
    for place, (x, y, total) in enumerate(dots):
        last = " c-dot-last" if place == len(dots) - 1 else ""
        drawing.dot(f"c-dot c-dot-own{last}", (x, y), str(total))
    if dots:
        x, y, total = dots[-1]
        drawing.words("c-strong", (x + 10, y + 5), str(total))
    return drawing


def _join(drawing: Drawing, run: list[tuple[float, float]]) -> None:
    if len(run) > 1:
        drawing.path("c-line c-own", run, closed=False)


def _change_words(instrument: Instrument, history: ScoreHistory) -> str:
    change, before = history.change, history.before
    if change is None or before is None:
        return ""
    when = {"day": date_format(before.answered_on, "j F"), "points": abs(change)}
    if change == 0:
        return _("The same as on %(day)s.") % when
    fewer, more = _("%(points)s fewer than on %(day)s."), _("%(points)s more than on %(day)s.")
    words = (fewer if change < 0 else more) % when
    limit = instrument.reliable_change
    if limit is not None and abs(change) >= limit:
        words += " " + _("A change of %(limit)s or more is reliable.") % {"limit": limit}
    return words
