"""The permitted answers of an item: from `answerOption`, or from a value set inside the file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from intake.fhir.elements import Element
from intake.fhir.extensions import (
    ITEM_WEIGHT,
    OPTION_EXCLUSIVE,
    OPTION_PREFIX,
    ORDINAL_VALUE,
    R5_CONTAINS_PROPERTY,
)
from intake.fhir.form import ItemType, Option
from intake.fhir.notices import gettext_noop
from intake.fhir.values import Coding, Value

MAX_OPTIONS: Final = 5_000
_OPTION_KINDS: Final = frozenset({"Coding", "String", "Integer", "Date", "Time", "Reference"})


def read_options(
    item: Element, kind: ItemType, value_sets: Mapping[str, Element]
) -> tuple[Option, ...]:
    """The options of one item in their order; empty when there are none or they are not at hand.

    A contained value set that is missing refuses the file; one that lives elsewhere is a warning,
    since the portal fetches nothing from other hosts.
    """
    options = tuple(_option(element, kind) for element in item.elements("answerOption"))
    found = tuple(option for option in options if option is not None)
    address = item.text("answerValueSet")
    if address:
        found = _from_value_set(item, address, value_sets)
    if len(found) > MAX_OPTIONS:
        item.report.refuse(
            item.path, gettext_noop("More than 5,000 answers to choose from."), link_id=item.link_id
        )
    return found


def read_value_sets(form: Element) -> dict[str, Element]:
    """The contained value sets by id."""
    return {
        resource.text("id"): resource
        for resource in form.elements("contained")
        if resource.members.get("resourceType") == "ValueSet"
    }


def _option(element: Element, kind: ItemType) -> Option | None:
    value = element.value()
    if value is None or value.kind not in _OPTION_KINDS:
        element.report.refuse(
            element.path, gettext_noop("This answer has no value."), link_id=element.link_id
        )
        return None
    if kind not in (ItemType.CHOICE, ItemType.OPEN_CHOICE) and value.kind != _plain_kind(kind):
        element.report.warn(
            element.path,
            gettext_noop("An answer of kind %(kind)s stands at a question of type %(type)s."),
            link_id=element.link_id,
            kind=value.kind,
            type=kind.value,
        )
    coding = element.element("valueCoding")
    score = element.extension_decimal(ORDINAL_VALUE, ITEM_WEIGHT)
    if coding is not None:
        if score is None:
            score = coding.extension_decimal(ORDINAL_VALUE, ITEM_WEIGHT)
        if not coding.text("code") and not coding.text("display"):
            element.report.refuse(
                coding.path, gettext_noop("This answer has no code."), link_id=element.link_id
            )
    return Option(
        value=value,
        score=score,
        prefix=element.extension_text(OPTION_PREFIX),
        exclusive=element.extension_true(OPTION_EXCLUSIVE),
    )


def _plain_kind(kind: ItemType) -> str:
    if kind in (ItemType.STRING, ItemType.TEXT):
        return "String"
    return kind.value[0].upper() + kind.value[1:]


def _from_value_set(
    item: Element, address: str, value_sets: Mapping[str, Element]
) -> tuple[Option, ...]:
    if not address.startswith("#"):
        item.report.warn(
            item.at("answerValueSet"),
            gettext_noop("The answers are kept elsewhere (%(address)s) and are not at hand."),
            link_id=item.link_id,
            address=address,
        )
        return ()
    value_set = value_sets.get(address[1:])
    if value_set is None:
        item.report.refuse(
            item.at("answerValueSet"),
            gettext_noop(
                "The file says that it holds the value set “%(address)s”. It is not there."
            ),
            link_id=item.link_id,
            address=address,
        )
        return ()
    options = _expanded(value_set) or _composed(value_set)
    if not options:
        item.report.warn(
            item.at("answerValueSet"),
            gettext_noop(
                "The value set “%(address)s” names no codes; the answers are not at hand."
            ),
            link_id=item.link_id,
            address=address,
        )
    return options


def _expanded(value_set: Element) -> tuple[Option, ...]:
    expansion = value_set.element("expansion")
    if expansion is None:
        return ()
    found: list[Option] = []
    waiting = list(reversed(expansion.elements("contains")))
    while waiting:
        entry = waiting.pop()
        waiting += reversed(entry.elements("contains"))
        if entry.boolean("abstract") or not entry.text("code"):
            continue
        found.append(Option(Value("Coding", entry.as_coding()), score=_entry_score(entry)))
    return tuple(found)


def _composed(value_set: Element) -> tuple[Option, ...]:
    compose = value_set.element("compose")
    if compose is None:
        return ()
    found: list[Option] = []
    for include in compose.elements("include"):
        system = include.text("system")
        for concept in include.elements("concept"):
            coding = Coding(
                code=concept.text("code"), system=system, display=concept.text("display")
            )
            if coding.code:
                found.append(Option(Value("Coding", coding), score=_entry_score(concept)))
    return tuple(found)


def _entry_score(entry: Element) -> Decimal | None:
    """A score on a value-set entry: itemWeight, ordinalValue, or R5's property in R4 dress."""
    score = entry.extension_decimal(ITEM_WEIGHT, ORDINAL_VALUE)
    if score is not None:
        return score
    for extension in entry.extensions(R5_CONTAINS_PROPERTY):
        if extension.extension_content("code") in ("itemWeight", "ordinalValue"):
            return extension.extension_decimal("value")
    return None
