"""How a form is shown: one short group or one question a page, in the form's own order.

Pages are numbered once for the whole form, so that an address keeps its meaning while conditions
switch questions on and off. What is shown of them follows the answers.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from intake.fhir.form import Item, ItemType, Questionnaire

SHORT_GROUP: Final = 6  # questions that still fit on a phone without losing the thread
TOGETHER: Final = frozenset({"page", "gtable", "grid", "table", "htable"})
SECONDS_A_CHOICE: Final = 20
SECONDS_A_TEXT: Final = 60


class Kind(StrEnum):
    """What one row of a page is."""

    HEADING = "heading"
    WORDS = "words"
    QUESTION = "question"
    NOT_HERE = "not-here"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing on a page; `notes` are the display items that belong to a question."""

    kind: Kind
    item: Item
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `lead` is the words of the group around it (an instrument's stem).

    `rows` is what stands there; `number` counts from 1 over the whole form.
    """

    number: int
    lead: str
    rows: tuple[Row, ...]

    @property
    def questions(self) -> tuple[Item, ...]:
        return tuple(row.item for row in self.rows if row.kind == Kind.QUESTION)

    def enabled_rows(self, enabled: Set[str]) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.item.link_id in enabled)

    def is_shown(self, enabled: Set[str]) -> bool:
        """Whether anything but a heading is left of it."""
        return any(row.kind != Kind.HEADING for row in self.enabled_rows(enabled))


def pages_of(form: Questionnaire, *, one_by_one: bool) -> tuple[Page, ...]:
    """Lay a form out; `one_by_one` (instruments) gives every question its own page."""
    layout = _Layout(one_by_one)
    layout.add_all(form.items, "")
    layout.close("")
    return tuple(
        Page(number, lead, rows) for number, (lead, rows) in enumerate(layout.pages, start=1)
    )


def seconds_for(items: Sequence[Item]) -> int:
    """A fair guess of how long the questions take; choices are quick, own words are not."""
    return sum(SECONDS_A_TEXT if item.type == ItemType.TEXT else SECONDS_A_CHOICE for item in items)


def minutes_for(items: Sequence[Item]) -> int:
    """The same in whole minutes, at least one."""
    return max(1, (seconds_for(items) + 30) // 60)


class _Layout:
    """Collects pages; words before a question wait for it, words at the end join the last page."""

    def __init__(self, one_by_one: bool) -> None:
        self.one_by_one = one_by_one
        self.pages: list[tuple[str, tuple[Row, ...]]] = []
        self.waiting: list[Row] = []

    def add_all(self, items: Sequence[Item], lead: str) -> None:
        for item in items:
            self._add(item, lead)

    def close(self, lead: str) -> None:
        if not self.waiting:
            return
        if self.pages:
            last_lead, rows = self.pages[-1]
            self.pages[-1] = (last_lead, rows + tuple(self.waiting))
        else:
            self.pages.append((lead, tuple(self.waiting)))
        self.waiting = []

    def _add(self, item: Item, lead: str) -> None:
        if item.hidden:
            return
        if item.type == ItemType.GROUP and not self._is_one_page(item):
            self.add_all(item.items, item.text or lead)
        elif item.type == ItemType.DISPLAY:
            self.waiting.append(Row(Kind.WORDS, item))
        else:
            rows = _rows(item, is_top=True)
            if any(row.kind != Kind.HEADING for row in rows):
                page_lead = item.text if item.type == ItemType.GROUP else lead
                self.pages.append((page_lead, (*self.waiting, *rows)))
                self.waiting = []

    def _is_one_page(self, group: Item) -> bool:
        if self.one_by_one:
            return False
        asked = sum(1 for item in group.walk() if item.is_question and not item.hidden)
        return asked <= SHORT_GROUP or group.control in TOGETHER


def _rows(item: Item, *, is_top: bool = False) -> list[Row]:
    """The rows of one item with everything under it."""
    if item.hidden:
        return []
    if item.type == ItemType.DISPLAY:
        return [Row(Kind.WORDS, item)]
    if item.type == ItemType.GROUP:
        under = [row for child in item.items for row in _rows(child)]
        if is_top or not item.text or not under:
            return under
        return [Row(Kind.HEADING, item), *under]
    displays = [child for child in item.items if child.type == ItemType.DISPLAY]
    notes = tuple(child.text for child in displays if child.text)
    children = [child for child in item.items if child.type != ItemType.DISPLAY]
    own: list[Row] = []
    if item.is_asked:
        own = [Row(Kind.QUESTION, item, notes)]
    elif not item.calculated and not item.read_only:
        own = [Row(Kind.NOT_HERE, item, notes)]
    return own + [row for child in children for row in _rows(child)]
