"""Instruments: the published definition of a questionnaire's items, score, bands and risk rules.

A definition is one JSON file (see `intake/instruments/README.md` for its shape). It is read once
and checked here; a scoring rule that the scorer does not know is an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

COMPLETE_ONLY: Final = "complete-only"
PRORATE: Final = "prorate"


class InstrumentError(ValueError):
    """A definition whose rules the scorer cannot apply."""


@dataclass(frozen=True, slots=True)
class InstrumentOption:
    """One answer: the score it carries, its published words, its LOINC answer code."""

    value: int
    label: str
    loinc: str


@dataclass(frozen=True, slots=True)
class InstrumentItem:
    """One question in its published words; `scored` items make up the total."""

    id: str
    text: str
    loinc: str
    scored: bool
    options: tuple[InstrumentOption, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """Inclusive limits of the total and the published screening word."""

    low: int
    high: int
    label: str


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A named limit: the total counts as positive from `low` on."""

    name: str
    low: int


@dataclass(frozen=True, slots=True)
class RiskRule:
    """A flag raised by one answer (`at_least`), or by leaving the item empty (`unanswered`)."""

    code: str
    item: str
    meaning: str
    at_least: int | None = None
    unanswered: bool = False

    def is_met_by(self, value: int | None) -> bool:
        """Whether the item's option value meets this rule; None is an item left empty."""
        if value is None:
            return self.unanswered
        return self.at_least is not None and value >= self.at_least


@dataclass(frozen=True, slots=True)
class Instrument:
    """One published instrument. `max_missing` is 0 where only a complete form has a total."""

    id: str
    version: str
    title: str
    recall: str
    stem: str
    statement: str
    items: tuple[InstrumentItem, ...]
    lowest: int
    highest: int
    missing: str
    max_missing: int
    bands: tuple[Band, ...]
    cutoffs: tuple[Cutoff, ...]
    risk_rules: tuple[RiskRule, ...]
    reliable_change: int | None
    loinc_panel: str
    loinc_total: str

    @property
    def scored(self) -> tuple[InstrumentItem, ...]:
        return tuple(item for item in self.items if item.scored)

    def item(self, item_id: str) -> InstrumentItem:
        return next(item for item in self.items if item.id == item_id)

    def band(self, total: int) -> str:
        """The screening word for a total; "" outside every band."""
        return next((band.label for band in self.bands if band.low <= total <= band.high), "")


def instrument_of(definition: Mapping[str, Any]) -> Instrument:
    """Read one definition. Raises `InstrumentError` for rules that are not known here."""
    scoring = definition["scoring"]
    if scoring["method"] != "sum" or scoring.get("subscales") or scoring.get("reverse"):
        raise InstrumentError(f"{definition['id']}: scoring method {scoring['method']}")
    missing = scoring["missing"]
    if missing["rule"] not in (COMPLETE_ONLY, PRORATE):
        raise InstrumentError(f"{definition['id']}: missing rule {missing['rule']}")
    common = _options(definition.get("options", ()))
    scored_ids = set(scoring["items"])
    return Instrument(
        id=definition["id"],
        version=definition["version"],
        title=definition["title"],
        recall=definition.get("recall", ""),
        stem=definition.get("stem", ""),
        statement=definition["licence"]["statement"],
        items=tuple(_item(item, common, scored_ids) for item in definition["items"]),
        lowest=scoring["range"][0],
        highest=scoring["range"][1],
        missing=missing["rule"],
        max_missing=missing.get("max_missing", 0),
        bands=tuple(Band(b["min"], b["max"], b["label"]) for b in definition["bands"]),
        cutoffs=tuple(Cutoff(c["name"], c["min"]) for c in definition.get("cutoffs", ())),
        risk_rules=tuple(_risk_rule(rule) for rule in definition.get("risk_flags", ())),
        reliable_change=definition.get("reliable_change", {}).get("points"),
        loinc_panel=definition["loinc"]["panel"],
        loinc_total=definition["loinc"]["total"],
    )


def _item(
    item: Mapping[str, Any], common: tuple[InstrumentOption, ...], scored_ids: set[str]
) -> InstrumentItem:
    return InstrumentItem(
        id=item["id"],
        text=item["text"],
        loinc=item["loinc"],
        scored=item["id"] in scored_ids,
        options=_options(item["options"]) if "options" in item else common,
    )


def _options(options: Sequence[Mapping[str, Any]]) -> tuple[InstrumentOption, ...]:
    return tuple(
        InstrumentOption(option["value"], option["label"], option["loinc"]) for option in options
    )


def _risk_rule(rule: Mapping[str, Any]) -> RiskRule:
    when = rule["when"]
    if set(when) not in ({"min"}, {"unanswered"}):
        raise InstrumentError(f"risk rule {rule['code']}")
    return RiskRule(
        code=rule["code"],
        item=rule["item"],
        meaning=rule["meaning"],
        at_least=when.get("min"),
        unanswered=when.get("unanswered", False),
    )
