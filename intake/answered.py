"""What was answered, in words: a form read back, its scores with their caveats, its flags."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.catalogue import Form
from intake.fhir.answers import Answer, Answers, Reason
from intake.fhir.entry import option_place
from intake.fhir.form import Item, ItemType
from intake.fhir.response import answers_in, build_response
from intake.fhir.values import Value
from intake.models import Flag, Score

OWN_WORDS = frozenset({ItemType.STRING, ItemType.TEXT})


@dataclass
class Line:
    """One question with what was answered; `reason` says why there is nothing."""

    link_id: str
    question: str
    words: list[str]
    reason: Reason | None
    score: int | None = None
    is_risk: bool = False
    is_own_words: bool = False
    page: int | None = None


@dataclass
class Section:
    """The lines under one heading, in the form's order."""

    heading: str
    lines: list[Line] = field(default_factory=list)


def read_back(document: Mapping[str, Any], form: Form, zone: dt.tzinfo) -> list[Section]:
    """A response as it was answered, item by item from the document itself."""
    answers = answers_in(document)
    sections: list[Section] = [Section("")]
    _collect(document.get("item", []), sections, answers, form, zone)
    return [section for section in sections if section.lines]


def review_of(form: Form, answers: Answers, zone: dt.tzinfo) -> list[Section]:
    """The same for a form still open, with the page on which each answer can be changed."""
    document = build_response(
        form.questionnaire,
        answers,
        response_id="",
        authored="",
        subject="",
        author="",
        canonical="",
    )
    sections = read_back(document, form, zone)
    pages = {item.link_id: page.number for page in form.pages for item in page.questions}
    for section in sections:
        for line in section.lines:
            line.page = pages.get(line.link_id)
            if line.link_id not in answers:
                line.reason = None
    return sections


@dataclass(frozen=True)
class ScoreView:
    """A total with everything that has to be said beside it."""

    row: Score
    title: str
    highest: int
    scored: int

    @property
    def left_out(self) -> int:
        return self.scored - self.row.answered

    @property
    def caveat(self) -> str:
        """What a reader must know before using the number; "" for a complete form."""
        if not self.left_out:
            return ""
        counted = ngettext(
            "%(count)s question was left out", "%(count)s questions were left out", self.left_out
        ) % {"count": self.left_out}
        if self.row.prorated:
            return _("Estimated: %(counted)s.") % {"counted": counted}
        return _("No total: %(counted)s.") % {"counted": counted}


def score_views(form: Form, rows: list[Score]) -> list[ScoreView]:
    """The scores of a response with their instruments' names and ranges."""
    known = {binding.instrument.id: binding.instrument for binding in form.rules.bindings}
    return [
        ScoreView(
            row,
            known[row.instrument].title,
            known[row.instrument].highest,
            len(known[row.instrument].scored),
        )
        for row in rows
        if row.instrument in known
    ]


@dataclass(frozen=True)
class FlagView:
    """A flag in words: the question, what was answered first and last, and what became of it."""

    row: Flag
    question: str
    first: str
    later: str


def flag_views(form: Form, flags: list[Flag], zone: dt.tzinfo) -> list[FlagView]:
    """The flags of one form, each with its question in the form's words."""
    by_id = form.questionnaire.by_id
    return [
        FlagView(
            flag,
            by_id[flag.link_id].text if flag.link_id in by_id else flag.link_id,
            _answer_words(flag.answer, zone),
            _answer_words(flag.later_answer, zone) if flag.later_answer is not None else "",
        )
        for flag in flags
    ]


def _answer_words(answer: Answer | None, zone: dt.tzinfo) -> str:
    if answer is None:
        return _("left out")
    if answer.reason == Reason.DECLINED:
        return _("rather not answer")
    if not answer.values:
        return _("nothing")
    return ", ".join(value_words(value, zone) for value in answer.values)


def value_words(value: Value, zone: dt.tzinfo) -> str:
    """A value in words for people."""
    content = value.content
    if isinstance(content, bool):
        return _("Yes") if content else _("No")
    if value.kind == "Date":
        return _date_words(str(content))
    if value.kind == "DateTime" and "T" in str(content):
        moment = dt.datetime.fromisoformat(str(content))
        local = moment.astimezone(zone) if moment.tzinfo else moment
        return f"{date_format(local, 'j F Y')}, {local:%H:%M}"
    if value.kind == "Time":
        return str(content)[:5]
    return value.words


def _date_words(text: str) -> str:
    year, month, day = [*text.split("-"), "", ""][:3]
    if day:
        return date_format(dt.date.fromisoformat(text), "j F Y")
    if month:
        return date_format(dt.date(int(year), int(month), 1), "F Y")
    return year


def _collect(
    nodes: Any,
    sections: list[Section],
    answers: Mapping[str, Answer],
    form: Form,
    zone: dt.tzinfo,
) -> None:
    for node in nodes:
        link_id = node["linkId"]
        item = form.questionnaire.by_id[link_id]
        if not item.is_question:
            heading = node.get("text", "")
            before = sections[-1].heading
            sections.append(Section(heading or before))
            _collect(node.get("item", []), sections, answers, form, zone)
            sections.append(Section(before if heading else ""))
            continue
        answer = answers.get(link_id, Answer(reason=Reason.LEFT_OUT))
        sections[-1].lines.append(_line(item, node.get("text", ""), answer, form, zone))
        for given in node.get("answer", []):
            _collect(given.get("item", []), sections, answers, form, zone)
        _collect(node.get("item", []), sections, answers, form, zone)


def _line(item: Item, text: str, answer: Answer, form: Form, zone: dt.tzinfo) -> Line:
    place = option_place(item, answer.values[0]) if answer.values else None
    score = None
    if place is not None and not item.is_many and item.options[place].score is not None:
        score = int(item.options[place].score or 0)
    return Line(
        link_id=item.link_id,
        question=text or item.text or item.link_id,
        words=[value_words(value, zone) for value in answer.values],
        reason=answer.reason,
        score=score if item.link_id in form.rules.scored_links else None,
        is_own_words=item.type in OWN_WORDS and not item.options,
        is_risk=place is not None and place in form.rules.risky_places(item.link_id),
    )
