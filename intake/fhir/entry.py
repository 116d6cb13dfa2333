"""From what a person typed or chose to a FHIR value, and back to what a form field shows.

Options are posted by their place in the form (`"0"`, `"1"` …), so a value in the browser never
depends on codes. What cannot be read raises `EntryError` with a sentence; the typed text stays with
whoever called.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Final

from intake.fhir.answers import Answer
from intake.fhir.documents import is_storable
from intake.fhir.form import Item, ItemType
from intake.fhir.notices import gettext_noop
from intake.fhir.values import Coding, FhirValueError, Value, value_of

OTHER: Final = "other"
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}([.,]\d{1,9})?", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?\d{1,10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an entry cannot be an answer: an English template for the person, with parameters."""

    words: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words % self.params


class EntryError(ValueError):
    """Raised for an entry that cannot be read; `fault` says why."""

    def __init__(self, words: str) -> None:
        self.fault = Fault(words)
        super().__init__(words)


def read_entry(item: Item, entered: Sequence[str], other: str, zone: tzinfo) -> Answer:
    """What was posted for one question as an answer; empty when nothing was entered.

    `entered` is the list of posted values, `other` the text beside an open choice, `zone` the zone
    in which a date with a time is meant. Raises `EntryError`.
    """
    texts = [text for text in entered if text.strip()]
    if item.options or item.type == ItemType.OPEN_CHOICE:
        return _chosen(item, texts, other.strip())
    if not texts:
        return Answer()
    return Answer((_typed(item, texts[0], zone),))


def shown_entry(item: Item, answer: Answer, zone: tzinfo) -> tuple[list[str], str]:
    """The posted values (and the open choice's text) that would give this answer again."""
    shown: list[str] = []
    other = ""
    for value in answer.values:
        place = option_place(item, value)
        if place is not None:
            shown.append(str(place))
        elif item.options or item.type == ItemType.OPEN_CHOICE:
            shown.append(OTHER)
            other = value.words
        else:
            shown.append(_text_of(item, value, zone))
    return shown, other


def option_place(item: Item, value: Value) -> int | None:
    """Where in the item's options this value stands; None when it is not one of them."""
    for place, option in enumerate(item.options):
        ours = option.value
        if ours.kind != value.kind:
            continue
        if isinstance(ours.content, Coding) and isinstance(value.content, Coding):
            if ours.content.same_as(value.content):
                return place
        elif ours.content == value.content:
            return place
    return None


def _chosen(item: Item, texts: list[str], other: str) -> Answer:
    values: list[Value] = []
    exclusive = False
    for text in dict.fromkeys(texts):
        if text == OTHER and item.type == ItemType.OPEN_CHOICE:
            continue
        if not text.isascii() or not text.isdigit() or len(text) > 5:
            raise EntryError(gettext_noop("Choose one of the answers shown."))
        if int(text) >= len(item.options):
            raise EntryError(gettext_noop("Choose one of the answers shown."))
        option = item.options[int(text)]
        exclusive = exclusive or option.exclusive
        values.append(option.value)
    if item.type == ItemType.OPEN_CHOICE and OTHER in texts:
        if not other:
            raise EntryError(
                gettext_noop("Write your own answer in the box, or choose another one.")
            )
        values.append(_open_value(item, other))
    if len(values) > 1 and not item.is_many:
        raise EntryError(gettext_noop("Choose one answer only."))
    if len(values) > 1 and exclusive:
        raise EntryError(
            gettext_noop("One of these answers stands alone. Choose it, or the others.")
        )
    return Answer(tuple(values))


def _open_value(item: Item, text: str) -> Value:
    _check_text(text)
    return Value("String", text)


def _typed(item: Item, text: str, zone: tzinfo) -> Value:
    if item.type in (ItemType.STRING, ItemType.TEXT):
        _check_text(text)
        return Value("String", text.replace("\r\n", "\n"))
    text = text.strip()
    if item.type == ItemType.BOOLEAN:
        if text not in ("yes", "no"):
            raise EntryError(gettext_noop("Choose yes or no."))
        return Value("Boolean", text == "yes")
    if item.type == ItemType.INTEGER:
        if not _WHOLE.fullmatch(text):
            raise EntryError(gettext_noop("Write a whole number, like 12."))
        return _checked("Integer", int(text), gettext_noop("Write a smaller number."))
    if item.type == ItemType.DECIMAL:
        return _decimal(text)
    if item.type == ItemType.URL:
        _check_text(text)
        if re.search(r"\s", text):
            raise EntryError(gettext_noop("A web address has no spaces."))
        return Value("Uri", text)
    return _moment(item, text, zone)


def _decimal(text: str) -> Value:
    if not _NUMBER.fullmatch(text):
        raise EntryError(gettext_noop("Write a number, like 12 or 12.5."))
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise EntryError(gettext_noop("Write a number, like 12 or 12.5.")) from error
    if len(number.as_tuple().digits) > 15:
        raise EntryError(gettext_noop("Write the number with at most 15 digits."))
    return Value("Decimal", number)


def _moment(item: Item, text: str, zone: tzinfo) -> Value:
    if item.type == ItemType.DATE:
        words = gettext_noop("Write a date, like 2026-11-26.")
        return _checked("Date", text, words)
    if item.type == ItemType.TIME:
        words = gettext_noop("Write a time, like 14:30.")
        return _checked("Time", f"{text}:00" if len(text) == 5 else text, words)
    words = gettext_noop("Write a date and a time, like 2026-11-26 14:30.")
    try:
        moment = datetime.fromisoformat(text.replace(" ", "T", 1))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return value_of("DateTime", moment.isoformat(timespec="seconds"))
    except (ValueError, OverflowError) as error:
        raise EntryError(words) from error


def _checked(kind: str, content: object, words: str) -> Value:
    try:
        return value_of(kind, content)
    except FhirValueError as error:
        raise EntryError(words) from error


def _check_text(text: str) -> None:
    if not is_storable(text):
        raise EntryError(gettext_noop("There is a character in it that cannot be stored."))


def _text_of(item: Item, value: Value, zone: tzinfo) -> str:
    if isinstance(value.content, bool):
        return "yes" if value.content else "no"
    if item.type == ItemType.DATE_TIME and "T" in str(value.content):
        moment = datetime.fromisoformat(str(value.content))
        return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return str(value.content)
