"""A text before anybody gets it: the exact words by each channel, what they say and what they cost.

Names and times are of an invented visit tomorrow; the practice, its clinician's name, its telephone
and the length of a link, which differs by kind, are real, so that the lengths are right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.practices.links import practice_url
from portal.practices.selectors import clinicians
from portal.tenancy.errors import DomainError
from reminders.costs import cost_words
from reminders.models import Channel
from reminders.rules import wording
from reminders.rules.languages import name_of
from reminders.rules.segments import Measure, measure
from reminders.rules.timing import ABOUT_A_FORM, OffsetKind
from reminders.rules.wording import Part
from reminders.services.word_checks import check_subject_line, check_template, name_of_part
from reminders.texts import Voice
from reminders.wordings import Words

_FIRST_NAME = "Nadia"
_LONG_FIRST_NAME = "Bartholomew-Alexander Maximil"  # as long as a name in a text can be
_LINK_END = "Xk3pQ7vR2mT9wL5nB8sD4f"  # as long as a real one
_LONGEST = 600
_WHY_HIDDEN = gettext_lazy("left out, because some people share a phone")


@dataclass(frozen=True)
class PartLine:
    """One part that the text owes: `state` is `there`, `hidden` (with `why`) or `missing`."""

    label: str
    state: str
    why: str = ""


@dataclass(frozen=True)
class Preview:
    """One wording as one channel carries it. `body` is empty where `problems` stop it.

    `measure` and `longest` (segments, for the longest names) are for texts; a mail has none.
    """

    channel: Channel
    title: str
    is_discreet: bool
    body: str
    subject_line: str
    parts: tuple[PartLine, ...]
    problems: tuple[str, ...]
    measure: Measure | None
    longest: int
    cost: str

    @property
    def is_mail(self) -> bool:
        return self.channel is Channel.EMAIL


@dataclass(frozen=True)
class InLanguage:
    """The previews of the words in one language, by its own name."""

    language: str
    previews: tuple[Preview, ...]


class Example:
    """The values of an invented visit, by language; asks the practice once."""

    def __init__(self, voice: Voice) -> None:
        names = [each.display_name for each in clinicians()] or ["Tom Brennan"]
        self.voice = voice
        self._clinicians = names[0], max(names, key=len)
        tomorrow = clock.local_time(clock.now(), voice.practice.time_zone) + dt.timedelta(days=1)
        self._at = tomorrow.replace(hour=14, minute=30)

    def values(
        self, language: str, kind: OffsetKind, *, longest: bool = False
    ) -> Mapping[str, str]:
        """What fills the gaps of words in that language, in a text of that kind."""
        with translation.override(language):
            day = date_format(self._at, "D j M")
        return {
            "first_name": _LONG_FIRST_NAME if longest else _FIRST_NAME,
            "day": day,
            "time": "14:30",
            "clinician": self._clinicians[1 if longest else 0],
            "practice": self.voice.practice.name,
            "phone": self.voice.way_to_a_person,
            "link": self._link(kind),
        }

    def _link(self, kind: OffsetKind) -> str:
        """Where `texts` leads from such a text: a form, or a visit that is over, has no page of
        its own.
        """
        if kind in ABOUT_A_FORM:
            return practice_url(self.voice.practice, "intake:assignment_list")
        if kind is OffsetKind.AFTER_NO_SHOW:
            return practice_url(self.voice.practice, "appointments:own")
        return practice_url(self.voice.practice, "reminders:link", _LINK_END)


def previews(
    words: Iterable[Words], *, kind: OffsetKind, channels: Iterable[Channel], example: Example
) -> list[InLanguage]:
    """Both wordings in each language, by each of the channels, the policy's own first.

    Never raises for what somebody typed: what is wrong with it stands in `problems`.
    """
    ways = list(channels)
    return [
        InLanguage(
            name_of(each.language), tuple(_of_one(each, kind=kind, channels=ways, example=example))
        )
        for each in words
    ]


def _of_one(
    words: Words, *, kind: OffsetKind, channels: list[Channel], example: Example
) -> Iterator[Preview]:
    for channel in channels:
        for discreet in (False, True):
            yield _preview(
                words,
                kind=kind,
                channel=channel,
                discreet=discreet,
                in_place=channel is Channel.EMAIL and channels[0] is Channel.SMS,
                example=example,
            )


def _preview(
    words: Words,
    *,
    kind: OffsetKind,
    channel: Channel,
    discreet: bool,
    in_place: bool,
    example: Example,
) -> Preview:
    """`in_place` says that it is a mail that stands in for a text."""
    by_mail = channel is Channel.EMAIL
    template = words.template_for(discreet=discreet)[: 2 * _LONGEST]
    problems = list(_problems(words, template, kind=kind, discreet=discreet, by_mail=by_mail))
    body, longest = _filled(template, words.language, kind, example, in_place=in_place)
    counted = None if by_mail else measure(body)
    return Preview(
        channel=channel,
        title=_("Discreet wording") if discreet else _("Full wording"),
        is_discreet=discreet,
        body=body,
        subject_line=_filled(words.subject_line, words.language, kind, example)[0]
        if by_mail
        else "",
        parts=_parts(template, words.language, kind=kind, discreet=discreet, by_mail=by_mail),
        problems=tuple(problems),
        measure=counted,
        longest=0 if by_mail else measure(longest).segments,
        cost=cost_words(counted.segments, example.voice.settings) if counted else "",
    )


def _problems(
    words: Words, template: str, *, kind: OffsetKind, discreet: bool, by_mail: bool
) -> Iterator[str]:
    if not template.strip():
        yield _("Nothing is written here yet.")
        return
    try:
        check_template(
            template, discreet=discreet, kind=kind, language=words.language, by_mail=by_mail
        )
    except DomainError as error:
        yield str(error)
    if not by_mail:
        return
    try:
        check_subject_line(words.subject_line, kind=kind, language=words.language)
    except DomainError as error:
        yield str(error)


def _filled(
    template: str, language: str, kind: OffsetKind, example: Example, *, in_place: bool = False
) -> tuple[str, str]:
    """The words for the example and for the longest names; empty where they cannot be filled."""
    try:
        if in_place:
            template = wording.without_replies(template, language)
        return (
            wording.fill(template, example.values(language, kind)),
            wording.fill(template, example.values(language, kind, longest=True)),
        )
    except wording.BadTemplateError:
        return "", ""


def _parts(
    template: str, language: str, *, kind: OffsetKind, discreet: bool, by_mail: bool
) -> tuple[PartLine, ...]:
    try:
        found = wording.check(
            template, discreet=discreet, kind=kind, language=language, by_mail=by_mail
        )
    except wording.BadTemplateError:
        return ()
    owed = [part for part in Part if part in wording.parts_of(kind)]
    return tuple(_part_line(part, kind, found) for part in owed)


def _part_line(part: Part, kind: OffsetKind, found: wording.Check) -> PartLine:
    label = name_of_part(part, kind).capitalize()
    if part in found.hidden:
        return PartLine(label, "hidden", str(_WHY_HIDDEN))
    return PartLine(label, "there" if part in found.present else "missing")
