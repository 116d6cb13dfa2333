"""Versions of questionnaires as forms to work with: parsed, bound to their rules, laid out.

Parsing is the costly part and a version is frozen, so each process keeps what it has read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Final

from intake.fhir.answers import Answers
from intake.fhir.enablement import enabled_items
from intake.fhir.form import Item, Questionnaire
from intake.fhir.pages import Page, minutes_for, pages_of
from intake.fhir.parse import parse
from intake.fhir.rules import Rules, rules_for
from intake.instruments import shipped_instruments
from intake.models import QuestionnaireVersion

KEPT: Final = 64


@dataclass(frozen=True)
class Form:
    """A version ready for use. Page numbers count from 1 over the whole form, asked or not."""

    questionnaire: Questionnaire
    rules: Rules
    pages: tuple[Page, ...]

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each question's field in a posted page: its place, since linkIds may hold
        anything."""
        questions = self.questionnaire.questions
        return {item.link_id: f"q{place}" for place, item in enumerate(questions, start=1)}

    @property
    def minutes(self) -> int:
        return minutes_for(self.questionnaire.questions)

    def enabled(self, answers: Answers) -> frozenset[str]:
        return enabled_items(self.questionnaire, answers)

    def shown_pages(self, enabled: Set[str]) -> tuple[Page, ...]:
        """The pages that are left of the form with these items enabled."""
        return tuple(page for page in self.pages if page.is_shown(enabled))

    def asked(self, enabled: Set[str]) -> tuple[Item, ...]:
        """The questions that are asked with these items enabled, in order."""
        return tuple(item for item in self.questionnaire.questions if item.link_id in enabled)

    def asks_before_leaving_out(self, item: Item) -> bool:
        """Whether leaving it empty is worth one question: it is scored, watched or wanted."""
        watched = self.rules.scored_links | self.rules.risk_links
        return item.required or item.link_id in watched

    @property
    def blockers(self) -> Iterable[object]:
        """Why it cannot be published, if anything."""
        return self.rules.blockers


def make_form(questionnaire: Questionnaire) -> Form:
    """Bind a parsed questionnaire to its rules and lay it out; instruments go one by one."""
    rules = rules_for(questionnaire, shipped_instruments())
    one_by_one = bool(rules.bindings)
    return Form(questionnaire, rules, pages_of(questionnaire, one_by_one=one_by_one))


_kept: OrderedDict[tuple[object, str], Form] = OrderedDict()
_lock = Lock()


def form_of(version: QuestionnaireVersion) -> Form:
    """The form of a version; loads its document only when this process has not read it yet."""
    key = (version.pk, version.content_hash)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    form = make_form(parse(version.document))
    with _lock:
        _kept[key] = form
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return form
