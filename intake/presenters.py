"""What the templates show: a page of questions, what was answered, when the practice opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.catalogue import Form
from intake.fhir.answers import Answer, Answers, Reason
from intake.fhir.enablement import counting
from intake.fhir.entry import option_place
from intake.fhir.form import Item, ItemType
from intake.fhir.pages import Kind, Page, minutes_for
from intake.fhir.response import answers_in, build_response
from intake.fhir.values import Value
from intake.forms import PageForm
from intake.models import Flag, Score
from portal.practices.models import PracticeSettings
from portal.practices.selectors import is_open_at
from portal.ui.fields import FieldView, describe

OWN_WORDS = frozenset({ItemType.STRING, ItemType.TEXT})


@dataclass(frozen=True)
class RowView:
    """One row of a page: words, a heading, or a question with its fields."""

    kind: Kind
    item: Item
    is_shown: bool
    name: str = ""
    view: FieldView | None = None
    own: BoundField | None = None
    declined: FieldView | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageView:
    """One page of a form. `number` and `total` count what is shown; `page` is its fixed number.

    `before` is the page to go back to, None on the first. `is_alone` is True where one question has
    the page to itself and is its heading.
    """

    page: int
    number: int
    total: int
    words: str
    lead: str
    minutes_left: str
    rows: tuple[RowView, ...]
    is_alone: bool
    is_watched: bool
    is_last: bool
    one_by_one: bool
    before: int | None
    before_words: str


def page_view(form: Form, page: Page, page_form: PageForm, enabled: Set[str]) -> PageView:
    """Everything the page's template needs, given what is enabled now."""
    shown = list(form.shown_pages(enabled))
    place = next((n for n, other in enumerate(shown) if other.number == page.number), 0)
    rows = tuple(_row_views(page, page_form, enabled))
    questions = [row for row in rows if row.kind == Kind.QUESTION]
    is_alone = len(rows) == len(questions) == 1
    one_by_one = all(len(other.questions) <= 1 for other in shown)
    left = [item for other in shown[place:] for item in other.questions if item.link_id in enabled]
    return PageView(
        page=page.number,
        number=place + 1,
        total=len(shown),
        words=_place_words(place + 1, len(shown), one_by_one=one_by_one),
        lead=page.lead,
        minutes_left=_minutes_words(minutes_for(left)),
        rows=rows,
        is_alone=is_alone,
        is_watched=any(row.item.link_id in form.rules.risk_links for row in questions),
        is_last=place + 1 >= len(shown),
        one_by_one=one_by_one,
        before=shown[place - 1].number if place else None,
        before_words=_before_words(place, one_by_one=one_by_one),
    )


def next_page(form: Form, page: Page, enabled: Set[str]) -> Page | None:
    """The next page that is shown; None after the last."""
    later = (other for other in form.shown_pages(enabled) if other.number > page.number)
    return next(later, None)


def first_open_page(form: Form, answers: Answers) -> Page | None:
    """Where to go on: the first page with a question that has neither answer nor reason."""
    enabled = form.enabled(answers)
    for page in form.shown_pages(enabled):
        asked = [item for item in page.questions if item.link_id in enabled]
        if any(item.link_id not in answers for item in asked):
            return page
    return None


@dataclass(frozen=True)
class Progress:
    """How far a person is: `answered` of `questions`, and about how long it takes."""

    questions: int
    answered: int
    minutes: int

    @property
    def words(self) -> str:
        """ "10 short questions, about 3 minutes. You have answered 3." """
        counted = ngettext("%(count)s question", "%(count)s questions", self.questions)
        parts = [
            _("%(questions)s, %(minutes)s.")
            % {
                "questions": counted % {"count": self.questions},
                "minutes": _minutes_words(self.minutes),
            }
        ]
        if self.answered:
            parts.append(_("You have answered %(count)s.") % {"count": self.answered})
        return " ".join(parts)


def progress_of(form: Form, answers: Answers) -> Progress:
    """Counts what is asked with these answers; what is switched off counts on neither side."""
    asked = form.asked(form.enabled(answers))
    given = counting(form.questionnaire, answers)
    answered = sum(1 for item in asked if item.link_id in given)
    return Progress(len(asked), answered, minutes_for(asked))


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


@dataclass(frozen=True)
class Opening:
    """Whether somebody is there now, and in words until or from when."""

    is_open: bool
    words: str


def opening_of(settings: PracticeSettings, local: dt.datetime) -> Opening:
    """When the practice is there, from its hours, at that local time."""
    if is_open_at(settings, local):
        closes = max(row["closes"] for row in settings.hours if row["day"] == local.weekday())
        return Opening(True, _("The practice is open until %(time)s.") % {"time": closes})
    for ahead in range(8):
        day = local.date() + dt.timedelta(days=ahead)
        opens = [
            row["opens"]
            for row in settings.hours
            if row["day"] == day.weekday() and (ahead or row["opens"] > local.strftime("%H:%M"))
        ]
        if opens:
            when = {"day": WEEKDAYS[day.weekday()], "time": min(opens)}
            # A weekday alone would mean a week from now to somebody who needs help today.
            words = {
                0: _("The practice is closed now. It opens today at %(time)s."),
                1: _("The practice is closed now. It opens tomorrow at %(time)s."),
            }.get(ahead, _("The practice is closed now. It opens on %(day)s at %(time)s."))
            return Opening(False, words % when)
    return Opening(False, _("The practice is closed now."))


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


def _row_views(page: Page, page_form: PageForm, enabled: Set[str]) -> Iterator[RowView]:
    fields = page_form.fields
    for row in page.rows:
        is_shown = row.item.link_id in enabled
        if row.kind != Kind.QUESTION:
            if is_shown:
                yield RowView(row.kind, row.item, is_shown, notes=row.notes)
            continue
        name = page_form.name_of(row.item)
        own, declined = f"{name}-other", f"{name}-declined"
        yield RowView(
            row.kind,
            row.item,
            is_shown,
            name=name,
            view=describe(page_form[name]),
            own=page_form[own] if own in fields else None,
            declined=describe(page_form[declined]) if declined in fields else None,
        )


def _place_words(number: int, total: int, *, one_by_one: bool) -> str:
    words = (
        _("Question %(number)s of %(total)s") if one_by_one else _("Part %(number)s of %(total)s")
    )
    return words % {"number": number, "total": total}


def _before_words(place: int, *, one_by_one: bool) -> str:
    if not place or not one_by_one:
        return ""
    return _("Back to question %(number)s") % {"number": place}


def _minutes_words(minutes: int) -> str:
    return ngettext("about %(count)s minute", "about %(count)s minutes", minutes) % {
        "count": minutes
    }
