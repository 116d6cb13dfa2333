"""Print the figures of a practice, with the same code that the pages use."""

import json
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from metrics import reports
from metrics.rollups.attendance import RATES, Attendance
from metrics.rollups.periods import Period
from metrics.rollups.shares import Share
from metrics.words import RATE_WORDS, count_words, figure
from portal import clock
from portal.practices.models import Practice
from portal.practices.selectors import practice_named
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import NotFound

NOT_YET = (
    "pair_completeness",
    "recovery_rate",
    "reliable_improvement_rate",
    "reliable_deterioration_rate",
    "no_reliable_change_rate",
    "reliable_recovery_rate",
    "dropout",
    "retention_by_session",
    "follow_up_adherence",
    "visits_per_person_week",
    "active_days_per_person_week",
    "focused_minutes_per_person",
    "visit_minutes_median",
    "content_depth",
    "module_dropout",
    "forms_on_time_rate",
    "forms_within_hour",
    "time_to_completion_median",
)
"""Keys of the definitions that nothing computes yet. A key that is not computed is left out of the
figures, because a null would read as "no data"."""
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


class Command(BaseCommand):
    """`manage.py metrics --practice alder --from 2026-01-01 --to 2026-03-31 --json`."""

    help = "Prints the figures of a practice in a period of local dates, both included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--practice", required=True, metavar="SLUG")
        parser.add_argument("--from", required=True, dest="from_on", metavar="YYYY-MM-DD")
        parser.add_argument("--to", required=True, dest="to_on", metavar="YYYY-MM-DD")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        period = _period(options["from_on"], options["to_on"])
        practice = _practice(options["practice"])
        with practice_scope(practice.pk):
            found = reports.attendance(practice=practice, period=period)
            cut_off = clock.now()
        if options["json"]:
            figures = as_json(found, practice=practice, period=period, cut_off=cut_off)
            self.stdout.write(json.dumps(figures, indent=2))
        else:
            self.stdout.write("\n".join(as_table(found, practice=practice, period=period)))


def as_json(
    found: Attendance, *, practice: Practice, period: Period, cut_off: datetime
) -> dict[str, object]:
    """The figures under the keys of the definitions.

    `value`, `low` and `high` are fractions of one and null without data; `enough` is false under
    the small-number rule, where pages show words in place of the figure.
    """
    return {
        "practice": practice.slug,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "time_zone": practice.time_zone,
        "cut_off": cut_off.isoformat(),
        **{key: _share(found.rate(key)) for key in RATES},
        "unrecorded_count": found.unrecorded,
        "not_yet": list(NOT_YET),
    }


def as_table(found: Attendance, *, practice: Practice, period: Period) -> list[str]:
    """The same for a person at a terminal."""
    lines = [f"{practice.name}, {period.first} to {period.last} ({practice.time_zone})", ""]
    for key, (name, _formula) in RATE_WORDS.items():
        said = figure(found.rate(key))
        shown = f"{said.percent:>8}  ({said.interval})" if said.percent else "not enough data yet"
        lines.append(f"{name!s:<28}{said.counts:>16}  {shown}".rstrip())
    lines.append(f"{'Not recorded':<28}{count_words(found.unrecorded):>16}")
    return lines


def _share(share: Share) -> dict[str, object]:
    interval = share.interval
    return {
        "value": share.value,
        "numerator": share.count,
        "denominator": share.total,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "enough": share.is_enough,
    }


def _period(first: str, last: str) -> Period:
    begins, ends = _day("--from", first), _day("--to", last)
    if ends < begins:
        raise CommandError(f"--to {ends} is before --from {begins}.", returncode=2)
    return Period(begins, ends)


def _day(option: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        raise CommandError(
            f"{option} {text!r} is not a date. Write it as 2026-03-31.", returncode=2
        )
    return day


def _practice(slug: str) -> Practice:
    try:
        return practice_named(slug)
    except NotFound as error:
        raise CommandError(f"There is no practice {slug!r}.", returncode=2) from error
