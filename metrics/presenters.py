"""What the No-shows page shows: numbers into words, links and drawings, nothing left to decide."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.reports import Comparison, NoShowReport
from metrics.rollups.attendance import Attendance, Part
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Period, Step, local_date
from metrics.rollups.shares import Difference, Share
from metrics.words import (
    OUTCOME_WORDS,
    RATE_WORDS,
    Figure,
    count_words,
    day_words,
    figure,
    late_hours,
    part_label,
    people_url,
    percent,
    period_words,
)
from portal.ui.charts import Bar, Change, Chart, Point, Reference, bar_chart, line_chart

LITERATURE_PERCENT = 23
"""Average no-show rate over the studies that the product's brief names; no target."""


@dataclass(frozen=True, slots=True)
class PartRow:
    """One week or month of the table. `note` says why it is not a whole one."""

    label: str
    note: str
    figure: Figure
    missed: str
    missed_url: str
    unrecorded: int
    unrecorded_url: str


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One outcome with its count and the people behind it."""

    name: str
    meaning: str
    count: str
    url: str


@dataclass(frozen=True, slots=True)
class RateRow:
    """One rate with its formula."""

    name: str
    formula: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """Before, since and the difference, in words. `verdict` never says more than the interval."""

    day: str
    before: Figure
    since: Figure
    points: str
    interval: str
    verdict: str


@dataclass(frozen=True, slots=True)
class NoShowPage:
    """What the template of the No-shows page shows."""

    period: str
    headline: Figure
    is_enough: bool
    one_in: str
    missed: str
    missed_url: str
    missed_rate: Figure
    chart: Chart | None
    has_few: bool
    rows: list[PartRow]
    bars: Chart
    outcomes: list[OutcomeRow]
    rates: list[RateRow]
    comparison: ComparisonView | None
    unrecorded: int
    unrecorded_url: str
    practice_cancelled: str
    practice_cancelled_url: str
    late_hours: str
    literature: int = LITERATURE_PERCENT


def no_show_page(report: NoShowReport) -> NoShowPage:
    """Word and draw a report."""
    whole, period = report.whole, report.question.period
    drawn = [part for part in report.parts if part.attendance.no_show_rate.is_enough]
    return NoShowPage(
        period=period_words(period),
        headline=figure(whole.no_show_rate),
        is_enough=whole.no_show_rate.is_enough,
        one_in=_one_in(whole.no_show_rate),
        missed=count_words(whole.no_show_rate.count),
        missed_url=people_url(period, Outcome.NOT_ATTENDED),
        missed_rate=figure(whole.rate("missed_rate")),
        chart=_chart(report) if drawn else None,
        has_few=2 * len(drawn) < len(report.parts),
        rows=[_part_row(part, report) for part in report.parts],
        bars=_bars(whole),
        outcomes=list(_outcome_rows(whole, period, late_hours(report.late_notice))),
        rates=[
            RateRow(str(name), str(formula), figure(whole.rate(key)))
            for key, (name, formula) in RATE_WORDS.items()
        ],
        comparison=_comparison(report.comparison) if report.comparison else None,
        unrecorded=whole.unrecorded,
        unrecorded_url=people_url(period, Outcome.UNRECORDED),
        practice_cancelled=count_words(whole.count(Outcome.PRACTICE_CANCELLATION)),
        practice_cancelled_url=people_url(period, Outcome.PRACTICE_CANCELLATION),
        late_hours=late_hours(report.late_notice),
    )


def _one_in(share: Share) -> str:
    """`5` for 18.9 %: one in five. Empty where that would say too much: none, or nearly half."""
    if not share.count or 5 * share.count > 2 * share.total:
        return ""
    return number_format(round(share.total / share.count))


def _part_row(part: Part, report: NoShowReport) -> PartRow:
    attendance, step = part.attendance, report.question.step
    share = attendance.no_show_rate
    return PartRow(
        label=part_label(part.period, step),
        note=_part_note(part, report),
        figure=figure(share, digits=0),
        missed=count_words(share.count),
        missed_url=people_url(part.period, Outcome.NOT_ATTENDED) if share.count else "",
        unrecorded=attendance.unrecorded,
        unrecorded_url=people_url(part.period, Outcome.UNRECORDED),
    )


def _part_note(part: Part, report: NoShowReport) -> str:
    if part.is_whole:
        return ""
    if part.period.last >= local_date(report.cut_off, report.zone):
        return _("so far")
    return _("cut by the period")


def _outcome_rows(whole: Attendance, period: Period, hours: str) -> Iterator[OutcomeRow]:
    for outcome, (name, meaning) in OUTCOME_WORDS.items():
        count = whole.count(outcome)
        yield OutcomeRow(
            name=str(name),
            meaning=str(meaning) % {"hours": hours},
            count=count_words(count),
            url=people_url(period, outcome) if count else "",
        )


def _chart(report: NoShowReport) -> Chart:
    step = report.question.step
    weekly = step is Step.WEEK
    return line_chart(
        key="no-shows",
        title=(_("No-shows a week, %(period)s") if weekly else _("No-shows a month, %(period)s"))
        % {"period": period_words(report.question.period)},
        description=_finding(report),
        points=[_point(part, step) for part in report.parts],
        reference=Reference(
            LITERATURE_PERCENT,
            _("literature: %(percent)s") % {"percent": percent(LITERATURE_PERCENT / 100, digits=0)},
        ),
        change=_change(report),
    )


def _point(part: Part, step: Step) -> Point:
    share = part.attendance.no_show_rate
    label = date_format(part.period.first, "j M" if step is Step.WEEK else "M")
    if not share.is_enough or share.value is None or share.interval is None:
        return Point(label, None)
    said = figure(share, digits=0)
    told = _("%(label)s: %(percent)s, %(counts)s, interval %(interval)s") % {
        "label": part_label(part.period, step),
        "percent": said.percent,
        "counts": said.counts,
        "interval": said.interval,
    }
    return Point(
        label, 100 * share.value, 100 * share.interval.low, 100 * share.interval.high, told
    )


def _change(report: NoShowReport) -> Change | None:
    day = report.question.change_on
    after = [
        n for n, part in enumerate(report.parts) if day is not None and part.period.first >= day
    ]
    if day is None or not after or after[0] == 0:
        return None
    return Change(after[0], _("since %(day)s") % {"day": date_format(day, "j F")})


def _finding(report: NoShowReport) -> str:
    """What a person who cannot see the drawing should know of it."""
    step = report.question.step
    known = [
        (value, part)
        for part in report.parts
        if part.attendance.no_show_rate.is_enough
        and (value := part.attendance.no_show_rate.value) is not None
    ]
    low, high = min(known, key=lambda each: each[0]), max(known, key=lambda each: each[0])
    last = known[-1]
    said = _(
        "Lowest %(low)s (%(low_day)s), highest %(high)s (%(high_day)s), "
        "last %(last)s (%(last_day)s)."
    ) % {
        "low": percent(low[0], digits=0),
        "low_day": part_label(low[1].period, step),
        "high": percent(high[0], digits=0),
        "high_day": part_label(high[1].period, step),
        "last": percent(last[0], digits=0),
        "last_day": part_label(last[1].period, step),
    }
    few = len(report.parts) - len(known)
    if not few:
        return said
    gaps = ngettext(
        "%(few)s point is left out: fewer than 30 appointments.",
        "%(few)s points are left out: fewer than 30 appointments each.",
        few,
    ) % {"few": few}
    return f"{said} {gaps}"


def _bars(whole: Attendance) -> Chart:
    bars = [
        Bar(str(name), whole.count(outcome), count_words(whole.count(outcome)))
        for outcome, (name, _meaning) in OUTCOME_WORDS.items()
    ]
    return bar_chart(
        key="outcomes",
        title=_("What became of each appointment"),
        description=", ".join(f"{bar.label}: {bar.shown}" for bar in bars) + ".",
        bars=bars,
    )


def _comparison(comparison: Comparison) -> ComparisonView:
    found = comparison.difference
    day = day_words(comparison.change_on)
    before, since = figure(comparison.before), figure(comparison.since)
    if not comparison.is_enough or found is None:
        return ComparisonView(day, before, since, "", "", "")
    if found.interval.holds_zero:
        verdict = _("The interval holds 0, so this may be chance.")
    else:
        verdict = _("Other things changed too, so one change may not be the whole reason.")
    return ComparisonView(
        day=day,
        before=before,
        since=since,
        points=_points(found.value),
        interval=_points_interval(found),
        verdict=verdict,
    )


def _points(value: float) -> str:
    """The difference in words: a sign alone is easy to read the wrong way round."""
    size = number_format(round(abs(100 * value), 1), 1)
    if round(100 * value, 1) == 0:
        return _("no difference")
    shape = _("%(size)s points lower") if value > 0 else _("%(size)s points higher")
    return shape % {"size": size}


def _points_interval(found: Difference) -> str:
    """The interval in the direction of the words: of a rise, the smaller rise first."""
    low, high = found.interval.low, found.interval.high
    if found.value < 0:
        low, high = -high, -low
    return _("%(low)s to %(high)s") % {
        "low": number_format(round(100 * low, 1), 1),
        "high": number_format(round(100 * high, 1), 1),
    }
