"""What a questionnaire is here: frozen dataclasses made by `parse.py`, read by all the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from intake.fhir.notices import Notice
from intake.fhir.values import Coding, Value

LOINC: Final = "http://loinc.org"


class ItemType(StrEnum):
    """The item types of R4, all of them; `ANSWERABLE` says which the portal can ask today."""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    DATE_TIME = "dateTime"
    TIME = "time"
    STRING = "string"
    TEXT = "text"
    URL = "url"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"
    ATTACHMENT = "attachment"
    REFERENCE = "reference"
    QUANTITY = "quantity"


CHOICES: Final = frozenset({ItemType.CHOICE, ItemType.OPEN_CHOICE})
ANSWERABLE: Final = CHOICES | {
    ItemType.BOOLEAN, ItemType.DECIMAL, ItemType.INTEGER, ItemType.DATE, ItemType.DATE_TIME,
    ItemType.TIME, ItemType.STRING, ItemType.TEXT, ItemType.URL,
}  # fmt: skip

KIND_OF_TYPE: Final[Mapping[ItemType, frozenset[str]]] = {
    ItemType.BOOLEAN: frozenset({"Boolean"}),
    ItemType.DECIMAL: frozenset({"Decimal"}),
    ItemType.INTEGER: frozenset({"Integer"}),
    ItemType.DATE: frozenset({"Date"}),
    ItemType.DATE_TIME: frozenset({"DateTime"}),
    ItemType.TIME: frozenset({"Time"}),
    ItemType.STRING: frozenset({"String"}),
    ItemType.TEXT: frozenset({"String"}),
    ItemType.URL: frozenset({"Uri"}),
    ItemType.CHOICE: frozenset({"Coding", "String", "Integer", "Date", "Time", "Reference"}),
    ItemType.OPEN_CHOICE: frozenset({"Coding", "String", "Integer", "Date", "Time", "Reference"}),
    ItemType.ATTACHMENT: frozenset({"Attachment"}),
    ItemType.REFERENCE: frozenset({"Reference"}),
    ItemType.QUANTITY: frozenset({"Quantity"}),
}


class Operator(StrEnum):
    """The operators of `enableWhen` in R4."""

    EXISTS = "exists"
    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    LESS = "<"
    GREATER_OR_EQUAL = ">="
    LESS_OR_EQUAL = "<="


@dataclass(frozen=True, slots=True)
class Option:
    """One permitted answer. `score` is its ordinalValue or itemWeight, where the form gives one."""

    value: Value
    score: Decimal | None = None
    prefix: str = ""
    exclusive: bool = False

    @property
    def words(self) -> str:
        return self.value.words


@dataclass(frozen=True, slots=True)
class Condition:
    """One `enableWhen`: the item is asked when `question` has an answer that meets it."""

    question: str
    operator: Operator
    answer: Value


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may be: lengths in characters, values inclusive, counts of answers."""

    min_value: Value | None = None
    max_value: Value | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_decimal_places: int | None = None
    min_occurs: int | None = None
    max_occurs: int | None = None
    max_bytes: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a form with its children; `path` is its place in the file."""

    link_id: str
    type: ItemType
    path: str
    text: str = ""
    prefix: str = ""
    codes: tuple[Coding, ...] = ()
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    calculated: bool = False
    consent: bool = False
    control: str = ""
    options: tuple[Option, ...] = ()
    conditions: tuple[Condition, ...] = ()
    any_condition: bool = False
    limits: Limits = Limits()
    hint: str = ""
    unit: str = ""
    open_label: str = ""
    items: tuple[Item, ...] = ()

    @property
    def is_question(self) -> bool:
        return self.type not in (ItemType.GROUP, ItemType.DISPLAY)

    @property
    def is_asked(self) -> bool:
        """Whether a patient can answer it here: a type we ask, no formula, options known."""
        if self.type not in ANSWERABLE or self.hidden or self.read_only or self.calculated:
            return False
        return bool(self.options) or self.type != ItemType.CHOICE

    @property
    def is_many(self) -> bool:
        """Whether several options may be chosen."""
        return self.repeats and self.type in CHOICES

    @property
    def is_blocking(self) -> bool:
        """Only a required consent or signature stops a form; everything else may be left out."""
        return self.required and self.consent and self.is_asked

    def loinc(self) -> frozenset[str]:
        """Its LOINC codes; a code without a system counts, as the form check says."""
        return frozenset(code.code for code in self.codes if code.system in (LOINC, ""))

    def walk(self) -> Iterator[Item]:
        """Itself, then everything under it, in the form's order."""
        yield self
        for child in self.items:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A form that passed every check, with what was doubtful or cannot be done yet.

    `by_id` has every item by linkId, `parents` the linkId above (absent at the top), `order` all
    linkIds such that whatever an item's conditions look at comes before it.
    """

    url: str
    version: str
    title: str
    status: str
    language: str
    description: str
    copyright: str
    codes: tuple[Coding, ...]
    items: tuple[Item, ...]
    order: tuple[str, ...]
    document: Mapping[str, object]
    translations: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()
    unsupported: tuple[Notice, ...] = ()
    by_id: Mapping[str, Item] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)

    def walk(self) -> Iterator[Item]:
        """Every item in the form's order."""
        for item in self.items:
            yield from item.walk()

    @property
    def questions(self) -> tuple[Item, ...]:
        """What a patient is asked, enabled or not, in order."""
        return tuple(item for item in self.walk() if item.is_asked)
