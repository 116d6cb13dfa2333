"""The list of appointments behind a count, worded for the page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.reports import Behind
from metrics.rollups.attendance import Attendance
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Period
from metrics.words import OUTCOME_WORDS, count_words, people_url, period_words
from portal.appointments.models import Appointment


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One appointment: when, who with whom, and how much notice was given."""

    appointment_id: UUID
    starts_at: datetime
    patient: str
    clinician: str
    given: str


@dataclass(frozen=True, slots=True)
class OutcomeTab:
    """Another outcome of the same period."""

    name: str
    count: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class BehindPage:
    """What the list of people shows."""

    title: str
    period: str
    rows: list[BehindRow]
    tabs: list[OutcomeTab]
    has_notice: bool


def behind_page(
    shown: Iterable[Behind],
    named: Mapping[UUID, Appointment],
    *,
    counts: Attendance,
    period: Period,
    outcome: Outcome,
) -> BehindPage:
    """Word one page of the list. Rows whose appointment the viewer may not see are left out."""
    rows = [
        BehindRow(
            appointment_id=behind.appointment_id,
            starts_at=behind.starts_at,
            patient=named[behind.appointment_id].patient.display_name,
            clinician=named[behind.appointment_id].clinician.display_name,
            given=notice_words(behind.given) if behind.given is not None else "",
        )
        for behind in shown
        if behind.appointment_id in named
    ]
    return BehindPage(
        title=str(OUTCOME_WORDS[outcome][0]),
        period=period_words(period),
        rows=rows,
        tabs=[
            OutcomeTab(
                str(name),
                count_words(counts.count(each)),
                people_url(period, each),
                is_current=each is outcome,
            )
            for each, (name, _meaning) in OUTCOME_WORDS.items()
        ],
        has_notice=any(row.given for row in rows),
    )


def notice_words(given: timedelta) -> str:
    """`3 days before`, `5 hours before`, `12 minutes after the start`. Rounded down."""
    size = abs(given)
    minutes = size // timedelta(minutes=1)
    if minutes >= 48 * 60:
        words = ngettext("%(n)s day", "%(n)s days", minutes // (24 * 60)) % {
            "n": minutes // (24 * 60)
        }
    elif minutes >= 60:
        words = ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    else:
        words = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if given > timedelta(0):
        return _("%(time)s before") % {"time": words}
    return _("%(time)s after the start") % {"time": words}
