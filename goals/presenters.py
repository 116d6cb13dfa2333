"""Facts about goals and notes as the pages say them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from goals.models import GoalRating, Note, NoteAddendum, Voice
from portal import clock
from portal.appointments.models import Appointment

CLOCK_WIDTH = 240


def team_name(ratings: Sequence[GoalRating]) -> str:
    """What the care team's line is called: the first name of whoever rated alone."""
    people = {rating.by_id: rating.by for rating in ratings if rating.voice == Voice.TEAM}
    if len(people) != 1:
        return _("Care team")
    [person] = people.values()
    return str(person.display_name).split(" ", 1)[0]


@dataclass(frozen=True, slots=True)
class Written:
    """One section of a note as it is read; `voice` is own or team."""

    title: str | Promise
    voice: str
    text: str


def sections_of(note: Note) -> list[Written]:
    """The sections that say something, in the template's order."""
    return sections_in(note, note.sections)


def sections_in(note: Note, texts: Mapping[str, str]) -> list[Written]:
    """The same for an earlier text of that note."""
    return [
        Written(section.title, section.voice, texts[section.key])
        for section in note.form.sections
        if texts.get(section.key)
    ]


@dataclass(frozen=True, slots=True)
class Added:
    """An addendum as it is read."""

    voice: str
    by: str
    at: dt.datetime
    text: str


def added_to(addenda: Sequence[NoteAddendum]) -> list[Added]:
    """What was added, each with its writer."""
    return [Added(row.voice, row.by.display_name, row.at, row.text) for row in addenda]


@dataclass(frozen=True, slots=True)
class Hour:
    """How far the hour is: minutes passed of minutes in all, and how wide the bar is."""

    passed: int
    total: int
    width: int

    @property
    def left(self) -> int:
        return self.total - self.passed


def hour_of(appointment: Appointment | None) -> Hour | None:
    """The hour that is running now; None before and after."""
    if appointment is None:
        return None
    now = clock.now()
    if not appointment.starts_at <= now < appointment.ends_at:
        return None
    total = int((appointment.ends_at - appointment.starts_at).total_seconds() // 60)
    passed = int((now - appointment.starts_at).total_seconds() // 60)
    return Hour(passed, total, max(12, CLOCK_WIDTH * passed // max(1, total)))
