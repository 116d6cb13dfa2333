"""How a goal has moved, drawn: honey for the patient's ratings, lilac for the care team's.

The scale is always 0 to 10. Days stand where they fell in time. A side that did not rate on a day
has no point there, and a line is not joined over a long silence: a gap is a gap.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goals.models import GoalRating, Voice
from portal.ui.charts import Chart, Drawing

HIGHEST = 10
SILENCE = dt.timedelta(days=60)
CLOSE = 62  # two labels nearer than this would run into each other
SIZES = {"wide": (620, 250), "narrow": (350, 236)}
LEFT, RIGHT, TOP, BOTTOM = 34, 74, 24, 46
LETTER, LONGEST = 8, 12  # of the name at the end of a line: width of one, and how many fit
STYLES = {
    Voice.OWN: ("c-line c-own", "c-dot c-dot-own", "c-town"),
    Voice.TEAM: ("c-line c-team", "c-dot c-dot-team", "c-tteam"),
}


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the table: what each side said on that day, None where it said nothing."""

    on: dt.date
    own: GoalRating | None
    team: GoalRating | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The history of one goal; `chart` is None until somebody has rated it."""

    days: list[Day]
    finding: str
    chart: Chart | None
    talk: Day | None


def moved(
    ratings: Iterable[GoalRating], *, key: str, own_name: str, team_name: str, own_words: bool
) -> Moved:
    """The ratings of a goal as days, a sentence and a drawing.

    `own_words` is for the patient's own page, which says “you”. `talk` is the last day on which
    both sides rated and did not see it alike.
    """
    days = days_of(ratings)
    if not days:
        return Moved([], "", None, None)
    own = _said(days, Voice.OWN, own_name, is_reader=own_words)
    team = _said(days, Voice.TEAM, team_name, is_reader=False)
    finding = " ".join(words for words in (own, team) if words)
    title = _("Ratings since %(day)s") % {"day": date_format(days[0].on, "j F Y")}
    names = {Voice.OWN: own_name, Voice.TEAM: team_name}
    wide, narrow = (_draw(size, days, names) for size in ("wide", "narrow"))
    differing = [each for each in days if each.own and each.team]
    last = differing[-1] if differing else None
    talk = last if last and last.own and last.team and last.own.value != last.team.value else None
    return Moved(days, finding, Chart(key, title, finding, wide, narrow), talk)


def days_of(ratings: Iterable[GoalRating]) -> list[Day]:
    """One entry for each day; of several ratings of one side on a day the last counts."""
    found: dict[dt.date, dict[str, GoalRating]] = {}
    for rating in ratings:
        found.setdefault(rating.rated_on, {})[rating.voice] = rating
    return [
        Day(on, said.get(Voice.OWN), said.get(Voice.TEAM)) for on, said in sorted(found.items())
    ]


def _of(day: Day, voice: Voice) -> GoalRating | None:
    return day.own if voice == Voice.OWN else day.team


def _said(days: Sequence[Day], voice: Voice, name: str, *, is_reader: bool) -> str:
    values = [rating.value for day in days if (rating := _of(day, voice))]
    if not values:
        return ""
    facts = {"name": name, "first": values[0], "last": values[-1], "count": len(values)}
    if len(values) == 1:
        words = _("You said %(last)d.") if is_reader else _("%(name)s said %(last)d.")
    elif is_reader:
        words = ngettext(
            "You went from %(first)d to %(last)d of 10 in %(count)d rating.",
            "You went from %(first)d to %(last)d of 10 in %(count)d ratings.",
            len(values),
        )
    else:
        words = ngettext(
            "%(name)s went from %(first)d to %(last)d of 10 in %(count)d rating.",
            "%(name)s went from %(first)d to %(last)d of 10 in %(count)d ratings.",
            len(values),
        )
    return words % facts


def _draw(size: str, days: Sequence[Day], names: dict[Voice, str]) -> Drawing:
    width, height = SIZES[size]
    drawing = Drawing(width, height)
    bottom, right = height - BOTTOM, width - _room_for(names)
    for tick in (0, 5, 10):
        y = _y(tick, bottom)
        drawing.line("c-grid", (LEFT, y), (right, y))
        drawing.words("c-end", (LEFT - 8, y + 5), str(tick))
    places = _places(days, right)
    _label_days(drawing, days, places, bottom)
    ends = {}
    for voice in (Voice.TEAM, Voice.OWN):
        ends[voice] = _draw_side(drawing, days, places, voice, names[voice], bottom)
    _label_ends(drawing, ends, names, right)
    return drawing


def _room_for(names: dict[Voice, str]) -> int:
    return max(RIGHT, *(14 + LETTER * len(_short(name)) for name in names.values()))


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _places(days: Sequence[Day], right: int) -> list[float]:
    first, last = LEFT + 8.0, right - 8.0
    span = (days[-1].on - days[0].on).days
    if not span:
        return [(first + last) / 2] * len(days)
    return [first + (last - first) * (day.on - days[0].on).days / span for day in days]


def _y(value: float, bottom: int) -> float:
    return bottom - (bottom - TOP) * value / HIGHEST


def _label_days(
    drawing: Drawing, days: Sequence[Day], places: Sequence[float], bottom: int
) -> None:
    """From the newest back, so that the day people look for first always has its label."""
    taken = float("inf")
    for day, x in zip(reversed(days), reversed(places), strict=True):
        if taken - x >= CLOSE:
            drawing.words("c-mid", (x, bottom + 24), date_format(day.on, "j M"))
            taken = x


def _draw_side(
    drawing: Drawing,
    days: Sequence[Day],
    places: Sequence[float],
    voice: Voice,
    name: str,
    bottom: int,
) -> tuple[float, float] | None:
    """The line and the dots of one side; where its last dot stands."""
    line, dot, _label = STYLES[voice]
    rated = [
        (day, x, rating) for day, x in zip(days, places, strict=True) if (rating := _of(day, voice))
    ]
    for run in _runs(rated):
        if len(run) > 1:
            drawing.path(
                line, [(x, _y(rating.value, bottom)) for _day, x, rating in run], closed=False
            )
    for place, (day, x, rating) in enumerate(rated):
        last = " c-dot-last" if place == len(rated) - 1 else ""
        told = _("%(day)s: %(name)s, %(value)d") % {
            "day": date_format(day.on, "j M"),
            "name": name,
            "value": rating.value,
        }
        y = _y(rating.value, bottom)
        if voice == Voice.TEAM:
            drawing.box(f"{dot}{last}", (x - 4.5, y - 4.5), 9, 9)
        else:
            drawing.dot(f"{dot}{last}", (x, y), told)
    return (rated[-1][1], _y(rated[-1][2].value, bottom)) if rated else None


def _runs(
    rated: Sequence[tuple[Day, float, GoalRating]],
) -> list[list[tuple[Day, float, GoalRating]]]:
    """Ratings that follow one another without a long silence."""
    runs: list[list[tuple[Day, float, GoalRating]]] = []
    for each in rated:
        if runs and each[0].on - runs[-1][-1][0].on <= SILENCE:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _label_ends(
    drawing: Drawing,
    ends: dict[Voice, tuple[float, float] | None],
    names: dict[Voice, str],
    right: float,
) -> None:
    """Each line is named at its end; two that end together are moved apart."""
    heights = {voice: end[1] + 5 for voice, end in ends.items() if end}
    if len(heights) == 2 and abs(heights[Voice.OWN] - heights[Voice.TEAM]) < 18:
        upper = Voice.OWN if heights[Voice.OWN] <= heights[Voice.TEAM] else Voice.TEAM
        lower = Voice.TEAM if upper == Voice.OWN else Voice.OWN
        middle = (heights[upper] + heights[lower]) / 2
        heights = {upper: middle - 9, lower: middle + 9}
    for voice, y in heights.items():
        drawing.words(STYLES[voice][2], (right + 6, y), _short(names[voice]))
