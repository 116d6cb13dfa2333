"""Counts, shares, periods and outcomes in words, and the addresses behind them."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.reports import Question
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Period, Step
from metrics.rollups.shares import Interval, Share

NBSP = "\N{NO-BREAK SPACE}"

OUTCOME_WORDS = {
    Outcome.ATTENDED: (gettext_lazy("Came"), gettext_lazy("was seen, also when late")),
    Outcome.NOT_ATTENDED: (
        gettext_lazy("Did not come"),
        gettext_lazy(
            "gave no notice, came too late to be seen, or cancelled at or after the start"
        ),
    ),
    Outcome.LATE_CANCELLATION: (
        gettext_lazy("Cancelled late"),
        gettext_lazy("cancelled by the patient with less than %(hours)s hours of notice"),
    ),
    Outcome.EARLY_CANCELLATION: (
        gettext_lazy("Cancelled early"),
        gettext_lazy("cancelled by the patient with %(hours)s hours of notice or more"),
    ),
    Outcome.PRACTICE_CANCELLATION: (
        gettext_lazy("Cancelled by the practice"),
        gettext_lazy("cancelled or moved by us; never counted against a patient"),
    ),
    Outcome.UNRECORDED: (
        gettext_lazy("Not recorded"),
        gettext_lazy("the start has passed and nobody has said what happened; in no rate"),
    ),
}
"""Name and meaning of each outcome that a page lists, in the order of the page."""

RATE_WORDS = {
    "no_show_rate": (
        gettext_lazy("No-show rate"),
        gettext_lazy("did not come ÷ (came + did not come)"),
    ),
    "missed_rate": (
        gettext_lazy("Missed rate"),
        gettext_lazy("(did not come + cancelled late) ÷ (came + did not come + cancelled late)"),
    ),
    "attendance_rate": (
        gettext_lazy("Attendance rate"),
        gettext_lazy("came ÷ (came + did not come + cancelled late)"),
    ),
    "late_cancellation_rate": (
        gettext_lazy("Late cancellation rate"),
        gettext_lazy("cancelled late ÷ (came + did not come + cancelled by the patient)"),
    ),
    "patient_cancellation_rate": (
        gettext_lazy("Patient cancellation rate"),
        gettext_lazy("cancelled by the patient ÷ (came + did not come + cancelled by the patient)"),
    ),
    "practice_cancellation_rate": (
        gettext_lazy("Practice cancellation rate"),
        gettext_lazy("cancelled by the practice ÷ (came + did not come + cancelled by anybody)"),
    ),
}
"""Name and formula of each rate, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share as people read it. `percent` is empty under the small-number rule."""

    percent: str
    interval: str
    counts: str
    total: str


def figure(share: Share, *, digits: int = 1) -> Figure:
    """A share in words; without a percentage where there are fewer than thirty."""
    counts = _("%(count)s of %(total)s") % {
        "count": count_words(share.count),
        "total": count_words(share.total),
    }
    total = count_words(share.total)
    if not share.is_enough or share.value is None or share.interval is None:
        return Figure("", "", counts, total)
    return Figure(
        percent(share.value, digits=digits),
        interval_words(share.interval, digits=digits),
        counts,
        total,
    )


def percent(value: float, *, digits: int = 1) -> str:
    """`0.1429` as `14.3 %`."""
    return f"{number_format(round(100 * value, digits), digits)}{NBSP}%"


def interval_words(interval: Interval, *, digits: int = 1) -> str:
    """`8.7 to 14.2 %`."""
    return _("%(low)s to %(high)s") % {
        "low": number_format(round(100 * interval.low, digits), digits),
        "high": percent(interval.high, digits=digits),
    }


def count_words(count: int) -> str:
    """`1284` as `1,284`."""
    return number_format(count, force_grouping=True)


def late_hours(late_notice: timedelta) -> str:
    """The limit of a late cancellation in hours."""
    return number_format(late_notice // timedelta(hours=1))


def period_words(period: Period) -> str:
    """`6 to 12 July 2026`, without saying twice what both days share."""
    first, last = period.first, period.last
    end = date_format(last, "j F Y")
    if first == last:
        return end
    shape = "j F Y"
    if first.year == last.year:
        shape = "j" if first.month == last.month else "j F"
    return _("%(first)s to %(last)s") % {"first": date_format(first, shape), "last": end}


def people_url(period: Period, outcome: Outcome) -> str:
    """Where the appointments behind a count are listed."""
    asked = {
        "from_on": period.first.isoformat(),
        "to_on": period.last.isoformat(),
        "outcome": outcome.value,
    }
    return f"{reverse('metrics:no_show_people')}?{urlencode(asked)}"


def question_query(question: Question) -> str:
    """The address's part after the question mark that asks the same again."""
    asked = {
        "from_on": question.period.first.isoformat(),
        "to_on": question.period.last.isoformat(),
        "step": question.step.value,
    }
    if question.change_on:
        asked["change_on"] = question.change_on.isoformat()
    return urlencode(asked)


def part_label(period: Period, step: Step) -> str:
    """How a table names a week by its first day ("6 Jul 2026"), or a month ("July 2026")."""
    return date_format(period.first, "j M Y" if step is Step.WEEK else "F Y")


def day_words(day: date) -> str:
    """`6 July 2026`."""
    return date_format(day, "j F Y")
