"""A report as a CSV file that may leave the practice.

Whoever gets the file is outside the care team, so a count behind which fewer than eleven people
stand is not in it, and nothing from which that count could be worked out.
"""

import csv
import io
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from metrics.reports import NoShowReport
from metrics.rollups.attendance import RATES, Attendance
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Step
from metrics.rollups.shares import SMALL_CELL
from metrics.words import OUTCOME_WORDS, RATE_WORDS, late_hours
from portal.practices.models import Practice
from portal.ui.spreadsheets import BYTE_ORDER_MARK, quoted


def no_show_csv(report: NoShowReport, practice: Practice) -> str:
    """The parts of a report, one a line, then what the columns mean."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    for row in _rows(report, practice):
        writer.writerow([quoted(cell) for cell in row])
    return out.getvalue()


def visible_counts(column: Sequence[Attendance], outcome: Outcome) -> list[int | None]:
    """One column of counts, None where too few people stand behind one.

    If exactly one cell is hidden, a total known from elsewhere would give it away, so the smallest
    other cell is hidden as well.
    """
    shown = [None if each.is_small(outcome) else each.count(outcome) for each in column]
    known = [n for n, count in enumerate(shown) if count is not None]
    if known and len(shown) - len(known) == 1:
        smallest = min(known, key=lambda n: shown[n] or 0)
        shown[smallest] = None
    return shown


def _rows(report: NoShowReport, practice: Practice) -> Iterator[Sequence[object]]:
    weekly = report.question.step is Step.WEEK
    yield [
        _("Week from") if weekly else _("Month from"),
        _("To"),
        *(str(name) for name, _meaning in OUTCOME_WORDS.values()),
        *(column for key in RATES for column in _rate_heads(key)),
    ]
    parts = [part.attendance for part in report.parts]
    columns = {outcome: visible_counts(parts, outcome) for outcome in OUTCOME_WORDS}
    for n, part in enumerate(report.parts):
        visible = {outcome: column[n] for outcome, column in columns.items()}
        yield [
            part.period.first.isoformat(),
            part.period.last.isoformat(),
            *(_cell(count) for count in visible.values()),
            *(cell for key in RATES for cell in _rate_cells(part.attendance, key, visible)),
        ]
    yield []
    yield [_("Practice"), practice.name]
    yield [
        _("Period"),
        report.question.period.first.isoformat(),
        report.question.period.last.isoformat(),
        practice.time_zone,
    ]
    yield [_("Small numbers"), _few()]
    hours = late_hours(report.late_notice)
    for name, meaning in OUTCOME_WORDS.values():
        yield [str(name), str(meaning) % {"hours": hours}]
    for name, formula in RATE_WORDS.values():
        yield [str(name), str(formula), _("95 % interval by Wilson, in percent")]


def _rate_heads(key: str) -> list[str]:
    name = str(RATE_WORDS[key][0])
    return [f"{name} (%)", f"{name}: {_('from')}", f"{name}: {_('to')}"]


def _rate_cells(
    attendance: Attendance, key: str, visible: dict[Outcome, int | None]
) -> list[object]:
    """A rate gives away each count in it, so it stands only where all of them may be seen."""
    counted, among = RATES[key]
    share = attendance.rate(key)
    if any(visible[outcome] is None for outcome in counted | among):
        return ["", "", ""]
    if share.value is None or share.interval is None or not share.is_enough:
        return ["", "", ""]
    return [round(100 * each, 2) for each in (share.value, share.interval.low, share.interval.high)]


def _cell(count: int | None) -> object:
    return _few() if count is None else count


def _few() -> str:
    return _("fewer than %(people)s") % {"people": SMALL_CELL}
