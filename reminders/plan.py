"""The texts of one day before they go: to whom, the exact words, their length, what stays here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from portal import clock
from portal.appointments.away import booked_while_away
from reminders import sentences, texts
from reminders.costs import cost_words
from reminders.models import Channel, Reminder, Subject
from reminders.rules.segments import Measure, measure
from reminders.services.claiming.rehearsal import Rehearsed, rehearse

DAYS_AHEAD = 1
"""Texts are planned 48 hours ahead: the day after tomorrow is not whole yet."""


@dataclass(frozen=True)
class Entry:
    """One message of the plan. `length` is None for mail and for what will not go.

    `along` names what the same message says besides. `is_away`: it tells of a visit in time off.
    """

    row: Reminder
    at: dt.datetime
    what: str
    words: str
    subject_line: str
    length: Measure | None
    why_not: str
    other_way: bool
    along: tuple[str, ...]
    is_away: bool

    @property
    def goes(self) -> bool:
        """Whether it will leave, as things stand."""
        return not self.why_not


@dataclass(frozen=True)
class Plan:
    """A day's texts: those that go, the earliest first, and those that do not."""

    going: tuple[Entry, ...]
    staying: tuple[Entry, ...]
    segments: int
    cost: str  # `£1.52`; empty where nobody said what a segment costs

    @property
    def mails(self) -> int:
        """How many of those that go are mails."""
        return sum(entry.row.channel == Channel.EMAIL for entry in self.going)


def plan_of(rows: Sequence[Reminder], voice: texts.Voice) -> Plan:
    """The plan made of these rows (of patients, with policy and patient loaded); a few queries."""
    away = booked_while_away(
        row.subject_id for row in rows if row.subject_type == Subject.APPOINTMENT
    )
    entries = [_entry(each, away) for each in rehearse(rows, voice)]
    going = tuple(sorted((e for e in entries if e.goes), key=lambda e: (e.at, e.row.pk)))
    staying = tuple(sorted((e for e in entries if not e.goes), key=lambda e: (e.at, e.row.pk)))
    segments = sum(entry.length.segments for entry in going if entry.length)
    return Plan(going, staying, segments, cost_words(segments, voice.settings))


def days_to_look_at(zone: str) -> list[dt.date]:
    """Today and tomorrow."""
    today = clock.today(zone)
    return [today + dt.timedelta(days=n) for n in range(DAYS_AHEAD + 1)]


def _entry(each: Rehearsed, away: set[UUID]) -> Entry:
    row = each.row
    words = each.words.body if each.words else ""
    return Entry(
        row=row,
        at=each.at,
        what=sentences.what_of(row),
        words=words,
        subject_line=each.words.subject_line if each.words else "",
        length=measure(words) if words and row.channel == Channel.SMS else None,
        why_not=_why_not(each),
        other_way=row.policy is not None and row.policy.channel != row.channel,
        along=tuple(sentences.what_of(other) for other in each.along),
        is_away=row.subject_id in away,
    )


def _why_not(each: Rehearsed) -> str:
    if each.goes:
        return ""
    if each.reason is None:
        return _("somebody is changing it in this moment")
    return str(each.reason.label)
