"""Which instruments and risk rules apply to a form: found by LOINC codes, never by linkIds.

A risk rule binds to its one item even where the rest of the instrument is absent. A question in the
words of a risk item that no rule could be bound to stops the form from being published: it would
ask about danger with nobody told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from intake.fhir.answers import Answers
from intake.fhir.enablement import enabled_items
from intake.fhir.entry import option_place
from intake.fhir.form import LOINC, Item, Questionnaire
from intake.fhir.instruments import Instrument, InstrumentItem, RiskRule
from intake.fhir.notices import Notice, Report, gettext_noop
from intake.fhir.scoring import Score, score
from intake.fhir.values import Coding


@dataclass(frozen=True)
class BoundItem:
    """One instrument item found in a form: `by_place` has the value of each option by its place."""

    instrument: Instrument
    item: InstrumentItem
    link_id: str
    by_place: tuple[int, ...]


@dataclass(frozen=True)
class Binding:
    """A whole instrument found in a form: all scored items, each once, with their options."""

    instrument: Instrument
    items: tuple[BoundItem, ...]


@dataclass(frozen=True)
class MetRule:
    """A risk rule that an answer (or an empty risk item) met, with the item that met it."""

    instrument: Instrument
    rule: RiskRule
    link_id: str
    value: int | None


@dataclass(frozen=True)
class Rules:
    """Everything that is scored or watched in one form, and what was odd while finding it."""

    form: Questionnaire
    bindings: tuple[Binding, ...] = ()
    risks: tuple[BoundItem, ...] = ()
    warnings: tuple[Notice, ...] = ()
    blockers: tuple[Notice, ...] = ()
    _by_link: Mapping[str, tuple[BoundItem, ...]] = field(default_factory=dict)

    @cached_property
    def scored_links(self) -> frozenset[str]:
        """The linkIds of items that count towards a score."""
        return frozenset(
            bound.link_id
            for binding in self.bindings
            for bound in binding.items
            if bound.item.scored
        )

    @cached_property
    def risk_links(self) -> frozenset[str]:
        return frozenset(bound.link_id for bound in self.risks)

    def risky_places(self, link_id: str) -> frozenset[int]:
        """The options of an item, by place, that raise a flag: the list the browser is given."""
        return frozenset(
            place
            for bound in self._by_link.get(link_id, ())
            for place, value in enumerate(bound.by_place)
            if any(rule.is_met_by(value) for rule in _rules_of(bound))
        )

    def met_by_answer(self, link_id: str, answers: Answers) -> tuple[MetRule, ...]:
        """The rules that the answer standing at one item meets, at once, in a form still open."""
        met = self._met(self._by_link.get(link_id, ()), answers)
        return tuple(one for one in met if one.value is not None)

    def met_at_submit(self, answers: Answers) -> tuple[MetRule, ...]:
        """All rules met by the answers that count; an asked risk item left empty meets one too."""
        enabled = enabled_items(self.form, answers)
        asked = (bound for bound in self.risks if bound.link_id in enabled)
        return tuple(self._met(asked, answers))

    def scores(self, answers: Answers) -> tuple[tuple[Instrument, Score], ...]:
        """One score for each instrument in the form, from the answers that count."""
        return tuple(
            (binding.instrument, score(binding.instrument, self._values(binding, answers)))
            for binding in self.bindings
        )

    def _values(self, binding: Binding, answers: Answers) -> dict[str, int]:
        values: dict[str, int] = {}
        for bound in binding.items:
            value = self._value(bound, answers)
            if value is not None:
                values[bound.item.id] = value
        return values

    def _value(self, bound: BoundItem, answers: Answers) -> int | None:
        answer = answers.get(bound.link_id)
        if answer is None or not answer.values:
            return None
        place = option_place(self.form.by_id[bound.link_id], answer.values[0])
        return None if place is None else bound.by_place[place]

    def _met(self, watched: Iterable[BoundItem], answers: Answers) -> Iterable[MetRule]:
        for bound in watched:
            value = self._value(bound, answers)
            for rule in _rules_of(bound):
                if rule.is_met_by(value):
                    yield MetRule(bound.instrument, rule, bound.link_id, value)


def rules_for(form: Questionnaire, instruments: Iterable[Instrument]) -> Rules:
    """Find the instruments and risk rules that apply to a form."""
    report = Report()
    known = tuple(instruments)
    bindings: list[Binding] = []
    risks: dict[tuple[str, tuple[RiskRule, ...]], BoundItem] = {}
    for instrument in known:
        found = {item.id: _bind(form, instrument, item, report) for item in instrument.items}
        for bound in found.values():
            if bound is not None and _rules_of(bound):
                risks.setdefault((bound.link_id, _rules_of(bound)), bound)
        if all(found[item.id] is not None for item in instrument.scored):
            bindings.append(
                Binding(instrument, tuple(bound for bound in found.values() if bound is not None))
            )
        elif any(found[item.id] is not None for item in instrument.scored):
            report.warn(
                "Questionnaire",
                gettext_noop("Only a part of %(title)s is in this form; it gets no score."),
                title=instrument.title,
            )
        elif _looks_like(form, instrument):
            report.warn(
                "Questionnaire",
                gettext_noop(
                    "This reads like %(title)s, but has no LOINC codes; it gets no score."
                ),
                title=instrument.title,
            )
    watched = {bound.link_id for bound in risks.values()}
    for instrument in known:
        _find_unwatched_words(form, instrument, watched, report)
    by_link: dict[str, tuple[BoundItem, ...]] = {}
    for bound in risks.values():
        by_link[bound.link_id] = (*by_link.get(bound.link_id, ()), bound)
    return Rules(
        form=form,
        bindings=tuple(bindings),
        risks=tuple(risks.values()),
        warnings=tuple(report.warnings),
        blockers=tuple(report.problems) + _unanswerable(form),
        _by_link=by_link,
    )


def _rules_of(bound: BoundItem) -> tuple[RiskRule, ...]:
    return tuple(rule for rule in bound.instrument.risk_rules if rule.item == bound.item.id)


def _bind(
    form: Questionnaire, instrument: Instrument, wanted: InstrumentItem, report: Report
) -> BoundItem | None:
    matches = [item for item in form.questions if wanted.loinc in item.loinc()]
    if not matches:
        return None
    item = matches[0]
    if len(matches) > 1:
        report.warn(
            item.path,
            gettext_noop("The LOINC code %(code)s stands on several questions; none is scored."),
            link_id=item.link_id,
            code=wanted.loinc,
        )
        return None
    by_place = _values_of_options(item, wanted)
    if by_place is None or item.repeats:
        report.warn(
            item.path,
            gettext_noop("The answers do not fit those of %(title)s; it is not scored by it."),
            link_id=item.link_id,
            title=instrument.title,
        )
        return None
    if not any(code.system == LOINC for code in item.codes if code.code == wanted.loinc):
        report.warn(
            item.path,
            gettext_noop("The code %(code)s names no system; it is taken for LOINC."),
            link_id=item.link_id,
            code=wanted.loinc,
        )
    _compare_words(item, wanted, instrument, report)
    return BoundItem(instrument, wanted, item.link_id, by_place)


def _values_of_options(item: Item, wanted: InstrumentItem) -> tuple[int, ...] | None:
    """The instrument's value for each option of the form, by LOINC code or else by its score."""
    by_code = {option.loinc: option.value for option in wanted.options}
    known = {option.value for option in wanted.options}
    values: list[int] = []
    for option in item.options:
        content = option.value.content
        is_loinc = isinstance(content, Coding) and content.system in (LOINC, "")
        value = by_code.get(content.code) if is_loinc and isinstance(content, Coding) else None
        if value is None and option.score is not None and option.score in known:
            value = int(option.score)
        if value is None or (option.score is not None and option.score != Decimal(value)):
            return None
        values.append(value)
    return tuple(values) if sorted(values) == sorted(known) else None


def _compare_words(
    item: Item, wanted: InstrumentItem, instrument: Instrument, report: Report
) -> None:
    if _plain(wanted.text) not in _plain(item.text):
        report.warn(
            item.path,
            gettext_noop("The words differ from the published ones of %(title)s: “%(published)s”."),
            link_id=item.link_id,
            title=instrument.title,
            published=wanted.text,
        )
    labels = {_plain(option.label) for option in wanted.options}
    shown = (option.words for option in item.options)
    other = next((words for words in shown if _plain(words) not in labels), "")
    if other:
        report.warn(
            item.path,
            gettext_noop("The answer “%(answer)s” is not worded as published in %(title)s."),
            link_id=item.link_id,
            answer=other,
            title=instrument.title,
        )


def _find_unwatched_words(
    form: Questionnaire, instrument: Instrument, watched: set[str], report: Report
) -> None:
    """A question in a risk item's words without a rule on it: refuse to publish, and say why."""
    risky = {rule.item for rule in instrument.risk_rules}
    wordings = [_plain(instrument.item(item_id).text) for item_id in sorted(risky)]
    for item in form.questions:
        if item.link_id in watched:
            continue
        words = _plain(item.text)
        if any(_alike(words, wording) for wording in wordings):
            report.refuse(
                item.path,
                gettext_noop(
                    "This asks about danger in the words of %(title)s, but carries no LOINC code "
                    "that the alert could be tied to. Nobody would be told."
                ),
                link_id=item.link_id,
                title=instrument.title,
            )


def _looks_like(form: Questionnaire, instrument: Instrument) -> bool:
    """Nearly all scored items stand there in the published words."""
    words = [_plain(item.text) for item in form.questions]
    published = [_plain(item.text) for item in instrument.scored]
    there = sum(1 for wording in published if any(_alike(one, wording) for one in words))
    return there >= 0.8 * len(published)


def _unanswerable(form: Questionnaire) -> tuple[Notice, ...]:
    """Required questions whose answers are not at hand, or of a kind that cannot be given yet."""
    return tuple(
        Notice(
            item.path,
            gettext_noop("“%(link_id)s” has to be answered, and cannot be answered here yet."),
            {"link_id": item.link_id},
            item.link_id,
        )
        for item in form.walk()
        if item.is_question
        and item.required
        and not (item.is_asked or item.hidden or item.read_only or item.calculated)
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _alike(words: str, wording: str) -> bool:
    """The same words up to small changes: nearly all words of the published wording are there."""
    ours, published = set(words.split()), set(wording.split())
    return len(published) > 3 and len(published & ours) >= 0.8 * len(published)
