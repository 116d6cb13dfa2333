"""What a text says: templates with named gaps, their required parts, and words that tell too much.

A template is plain text with gaps such as `{first_name}`; a gap is a name and nothing else, so a
template can reach no attribute of anything. Full wording names the person, the time, the clinician
and a way to change the time. Discreet wording leaves out who and where, because some people share
a phone, and says so where it is chosen.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter
from typing import Final

from reminders.rules.languages import TELLING, language_of
from reminders.rules.timing import ABOUT_A_FORM, OffsetKind

GAPS: Final = frozenset({"first_name", "day", "time", "clinician", "practice", "phone", "link"})

FULL_TEMPLATE: Final = (
    "Hello {first_name}. You are booked with {clinician} on {day} at {time}. Reply C to confirm, "
    "R to change the time, X if you can't come. To talk to us: {phone}. "
    "Automatic text from {practice}. {link}"
)
DISCREET_TEMPLATE: Final = (
    "Hello {first_name}. A reminder for {day}, {time}. Reply C, R or X, or ring {phone}. "
    "Automatic text."
)

_WAYS_OUT: Final = frozenset({"phone", "link"})
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?])\s+")

_LONGEST_NAME = 30


class Part(StrEnum):
    """The parts a reminder owes its reader."""

    NAME = "name"
    TIME = "time"
    CLINICIAN = "clinician"
    HOW_TO_CHANGE = "how_to_change"
    AUTOMATIC = "automatic"


_OF_A_FORM: Final = frozenset({Part.NAME, Part.HOW_TO_CHANGE, Part.AUTOMATIC})
_FORM_GAPS: Final = frozenset({"first_name", "practice", "phone", "link"})
_DISCREET_LACKS: Final = frozenset({"clinician", "practice", "link"})


def parts_of(kind: OffsetKind) -> frozenset[Part]:
    """What a text of that kind owes: one about a form has no time and no clinician."""
    return _OF_A_FORM if kind in ABOUT_A_FORM else frozenset(Part)


def gaps_for(kind: OffsetKind, *, discreet: bool) -> frozenset[str]:
    """The gaps that a text of that kind can fill; `day` is the day until which a form is wanted."""
    gaps = GAPS
    if kind in ABOUT_A_FORM:
        gaps = _FORM_GAPS | {"day"} if kind is OffsetKind.FORM_DUE else _FORM_GAPS
    return gaps - _DISCREET_LACKS if discreet else gaps


class BadTemplateError(ValueError):
    """The template cannot be used: `gap` is what no text can fill, None for a lonely bracket.

    `services.word_checks` says it to the person who wrote it, in their language.
    """

    def __init__(self, gap: str | None = None) -> None:
        super().__init__("A lonely curly bracket." if gap is None else f"No such gap: {gap!r}.")
        self.gap = gap


@dataclass(frozen=True, slots=True)
class Check:
    """What a template has and lacks. `hidden` are parts that discreet wording leaves out.

    `telling_gaps` are gaps that discreet wording may not have: the practice's name and address
    (a link holds it) say as much as the clinician's name. `empty_gaps` are those for which a text
    of this kind has nothing.
    """

    present: frozenset[Part]
    hidden: frozenset[Part]
    missing: frozenset[Part]
    telling: tuple[str, ...]
    telling_gaps: frozenset[str]
    empty_gaps: frozenset[str] = frozenset()


@functools.lru_cache(maxsize=1024)
def gaps_of(template: str) -> frozenset[str]:
    """The names of the gaps in `template`.

    Raises `BadTemplateError` for a gap that is not a known, bare name.
    """
    found: set[str] = set()
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        raise BadTemplateError from error
    for _, name, spec, conversion in pieces:
        if name is None:
            continue
        if name not in GAPS or spec or conversion:
            raise BadTemplateError(name)
        found.add(name)
    return frozenset(found)


def check(
    template: str,
    *,
    discreet: bool,
    kind: OffsetKind = OffsetKind.HOURS_BEFORE,
    language: str = "en",
    by_mail: bool = False,
) -> Check:
    """Look for the parts that a text of this kind owes its reader, and for words that tell too
    much.

    A text says how to answer it and gives a telephone or a link; nobody can answer a mail, so
    there the telephone or the link is enough. A language that is not known counts as English.
    """
    gaps, words = gaps_of(template), _words(_own_words(template))
    known = language_of(language) or language_of("en")
    if known is None:
        raise LookupError("English is always known")
    way_out = bool(_WAYS_OUT & gaps)
    answers = by_mail or kind in ABOUT_A_FORM or _begins(words, known.reply)
    there = {
        Part.NAME: "first_name" in gaps,
        Part.TIME: {"day", "time"} <= gaps,
        Part.CLINICIAN: "clinician" in gaps,
        Part.HOW_TO_CHANGE: way_out and answers,
        Part.AUTOMATIC: _begins(words, known.automatic),
    }
    owed = parts_of(kind)
    present = {part for part in owed if there[part]}
    hidden = (owed - present) & {Part.CLINICIAN} if discreet else frozenset()
    return Check(
        present=frozenset(present),
        hidden=frozenset(hidden),
        missing=frozenset(owed - present - hidden),
        telling=telling_words(_own_words(template)),
        telling_gaps=frozenset(gaps & _DISCREET_LACKS) if discreet else frozenset(),
        empty_gaps=frozenset(gaps - gaps_for(kind, discreet=False)),
    )


def without_replies(template: str, language: str) -> str:
    """`template` without the sentences that ask for an answer, for a mail in place of a text.

    A sentence that says more than how to answer stays: better a word that leads nowhere than a
    visit without its time. A link that went with its sentence comes at the end.

    Raises `BadTemplateError` as `gaps_of`.
    """
    known, gaps = language_of(language), gaps_of(template)
    if known is None:
        return template
    kept = [
        sentence
        for sentence in _SENTENCE_ENDS.split(template)
        if not _begins(_words(_own_words(sentence)), known.reply)
        or not gaps_of(sentence) <= _WAYS_OUT
    ]
    shorter = " ".join(kept)
    lost_link = "link" in gaps - gaps_of(shorter)
    return f"{shorter} {{link}}" if lost_link else shorter


def _own_words(template: str) -> str:
    return " ".join(literal for literal, *_ in Formatter().parse(template))


def telling_words(text: str) -> tuple[str, ...]:
    """The words of `text` that would tell a stranger what kind of visit this is."""
    return tuple(dict.fromkeys(word for word in _words(text) if word.startswith(TELLING)))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", fold(text))


def _begins(words: list[str], roots: tuple[str, ...]) -> bool:
    folded = tuple(fold(root) for root in roots)
    return any(word.startswith(folded) for word in words)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Fill the gaps. Every value is flattened first: no line breaks, no invisible letters.

    Raises `BadTemplateError` for an unknown gap and `KeyError` for a gap without a value.
    """
    gaps = gaps_of(template)
    return flatten(template.format_map({name: flatten(values[name]) for name in gaps}))


def first_name(name: str) -> str:
    """A name as a text greets it: flattened, and cut at a word's end when it is very long."""
    flat = flatten(name)
    if len(flat) <= _LONGEST_NAME:
        return flat
    cut = flat[: _LONGEST_NAME + 1].rsplit(" ", 1)[0]
    return cut[:_LONGEST_NAME].rstrip("-' ")


def flatten(text: str) -> str:
    """`text` on one line, in composed letters, without control or invisible characters."""
    plain = unicodedata.normalize("NFC", text)
    if not plain.isprintable():  # else every letter is visible, and a space the only separator
        plain = "".join(_visible(c) for c in plain)
    return " ".join(plain.split())


def fold(text: str) -> str:
    """Letters without case and accents, to compare words."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _visible(c: str) -> str:
    category = unicodedata.category(c)
    if category in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs", "Co", "Cn"} else c
