"""The ledger as a file for a spreadsheet: what became of each text, and none of its words."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.ui.spreadsheets import Row
from reminders import sentences
from reminders.models import Attempt, Reminder
from reminders.selectors import with_tries


def ledger_lines(rows: QuerySet[Reminder], *, zone: str) -> list[Row]:
    """A line of headings and one for each row; times on the practice's wall. Four queries."""
    found = list(with_tries(rows))
    return [
        _headings(),
        *(_line(line, zone) for line in sentences.lines(found, zone=zone)),
    ]


def _headings() -> Row:
    return [
        _("Patient"),
        _("Due"),
        _("Text"),
        _("Channel"),
        _("State"),
        _("Why"),
        _("Sent"),
        _("Settled"),
        _("Tries"),
        _("Provider’s answer"),
        _("Provider’s code"),
        _("Provider’s last news"),
        _("Segments"),
    ]


def _line(line: sentences.Line, zone: str) -> Row:
    row = line.row
    last = max(row.tries.all(), key=lambda each: (each.number, each.created_at), default=None)
    return [
        row.patient.display_name if row.patient else "",
        _wall(row.due_at, zone),
        line.what,
        row.get_channel_display(),
        line.label,
        line.sentence,
        _wall(row.sent_at, zone),
        _wall(row.settled_at, zone),
        row.attempts,
        last.get_outcome_display() if last else "",
        (last.error_code or "") if last else "",
        _last_news(last),
        row.segments or "",
    ]


def _last_news(last: Attempt | None) -> str:
    events = list(last.events.all()) if last else []
    return max(events, key=lambda each: each.received_at).status if events else ""


def _wall(at: dt.datetime | None, zone: str) -> str:
    return clock.local_time(at, zone).strftime("%Y-%m-%d %H:%M") if at else ""
