"""The practice phone's page in words: what stands on a handset, and what the system did."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal import clock
from portal.people.models import ContactPoint
from portal.practices.links import practice_url
from portal.practices.models import Practice
from portal.practices.selectors import settings_of_practice
from portal.ui.phones import shown
from reminders import sentences
from reminders.models import (
    Channel,
    InboundMessage,
    InboundState,
    PracticePhoneMessage,
    Reminder,
    ReminderPolicy,
    handset_token,
)
from reminders.previews import Example, Preview, previews
from reminders.rules.replies import Meaning
from reminders.rules.timing import OffsetKind
from reminders.selectors import did_for_number, numbers_with_messages, phone_messages, phones
from reminders.texts import Voice
from reminders.wordings import words_of

_PAUSE = dt.timedelta(minutes=10)
_EVENTS = 8


@dataclass(frozen=True)
class Bubble:
    """One text on the handset; `when` stands above it after a pause, else it is empty."""

    body: str
    is_reply: bool
    when: str


@dataclass(frozen=True)
class Event:
    """One thing that the system did."""

    at: dt.datetime
    title: str
    text: str


@dataclass(frozen=True)
class Template:
    """The words behind the newest text: what they say and cost, in full and discreet."""

    policy: ReminderPolicy
    full: Preview
    discreet: Preview
    address: str


@dataclass(frozen=True)
class Handset:
    """A patient's phone."""

    practice: Practice
    point: ContactPoint
    bubbles: list[Bubble]
    events: list[Event]
    now: dt.datetime
    template: Template | None

    @property
    def number(self) -> str:
        """The number as people of the practice write it."""
        return shown(self.point.value, self.practice.country)

    @property
    def mark(self) -> str:
        """Changes with anything shown, so that a page that polls redraws only then."""
        picture = repr((self.bubbles, [(event.title, event.text) for event in self.events]))
        return hashlib.sha256(picture.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Phone:
    """A phone in the list: whose it is and how many texts stand on it."""

    point: ContactPoint
    count: int
    country: str

    @property
    def number(self) -> str:
        """The number as people of the practice write it."""
        return shown(self.point.value, self.country)


@dataclass(frozen=True)
class Shelf:
    """A practice's phones: those worth looking at first, then the others."""

    practice: Practice
    first: list[Phone]
    others: list[Phone]


def shelf(practice: Practice, cast: set[str]) -> Shelf:
    """The phones of one practice; `cast` are the numbers of the people of the story."""
    counts = numbers_with_messages()
    every = [
        Phone(point, counts.get(handset_token(point.value), 0), practice.country)
        for point in phones()
    ]
    first = [phone for phone in every if phone.count or phone.point.value in cast]
    first.sort(key=lambda phone: phone.point.value not in cast)
    return Shelf(practice, first, [phone for phone in every if phone not in first])


def handset(practice: Practice, point: ContactPoint) -> Handset:
    """Everything that the page of one phone shows. Seven queries."""
    texts = list(phone_messages(point.value))
    rows, replies = did_for_number(point, limit=_EVENTS)
    lines = [
        Event(line.when, f"{line.what}.", line.sentence)
        for line in sentences.lines(rows, zone=practice.time_zone)
    ]
    heard = [Event(row.received_at, _heard(row), _became(row)) for row in replies]
    events = sorted([*lines, *heard], key=lambda event: event.at, reverse=True)
    return Handset(
        practice=practice,
        point=point,
        bubbles=_bubbles(texts, practice),
        events=events[:_EVENTS],
        now=clock.now(),
        template=_template(rows, practice),
    )


def _template(rows: list[Reminder], practice: Practice) -> Template | None:
    """The words behind the newest row that is a text of a policy; None without any."""
    policy = next((row.policy for row in rows if row.policy and row.channel == Channel.SMS), None)
    if policy is None:
        return None
    [each] = previews(
        [words_of(policy, policy.language)],
        kind=OffsetKind(policy.kind),
        channels=[Channel.SMS],
        example=Example(Voice(practice, settings_of_practice())),
    )
    full, discreet = each.previews
    address = practice_url(practice, "reminders:policy_change", policy.pk)
    return Template(policy, full, discreet, address)


def _bubbles(texts: list[PracticePhoneMessage], practice: Practice) -> list[Bubble]:
    if not texts:
        return []
    bubbles = [_bubble(texts[0], practice, with_time=True)]
    bubbles += [
        _bubble(after, practice, with_time=after.at - before.at > _PAUSE)
        for before, after in pairwise(texts)
    ]
    return bubbles


def _bubble(text: PracticePhoneMessage, practice: Practice, *, with_time: bool) -> Bubble:
    local = clock.local_time(text.at, practice.time_zone)
    when = f"{date_format(local, 'l')} {local:%H:%M}" if with_time else ""
    return Bubble(text.body, text.is_reply, when)


def _heard(row: InboundMessage) -> str:
    words = row.body if len(row.body) <= 60 else f"{row.body[:57]}…"
    return _("“%(words)s” came in.") % {"words": words}


def _became(row: InboundMessage) -> str:
    if row.state == InboundState.NEW:
        return _("Being worked.")
    if row.distress:
        return _("Words of distress: a clinician was alerted.")
    waits = row.state in (InboundState.WAITING, InboundState.HANDED)
    became = {
        Meaning.STOP: _("Texts to this number stopped at once."),
        Meaning.CANCEL: _("Texts stopped; the front desk asks whether the visit was meant."),
        Meaning.PAUSE: _("It looks like a wish to stop: texts stopped, a person asks."),
        Meaning.START: _("Texts are on again."),
        Meaning.HELP: _("Answered with a way to a person."),
        Meaning.CONFIRM: _("The visit is confirmed."),
        Meaning.RESCHEDULE: _("The front desk offers another time."),
        Meaning.CANNOT_COME: _("The visit is cancelled; the front desk offers another time."),
        Meaning.FREE_TEXT: _("Passed to the front desk."),
        Meaning.EMPTY: _("Passed to the front desk."),
    }[Meaning(row.meaning)]
    own = Meaning(row.meaning) in (Meaning.CONFIRM, Meaning.RESCHEDULE, Meaning.CANNOT_COME)
    return _("It did not fit a visit ahead: passed to the front desk.") if own and waits else became
