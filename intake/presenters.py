"""What the templates show of a form that is being filled in: its pages, and how far one is."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.catalogue import Form
from intake.fhir.answers import Answers
from intake.fhir.enablement import counting
from intake.fhir.form import Item
from intake.fhir.pages import Kind, Page, minutes_for
from intake.forms import PageForm
from portal.ui.fields import FieldView, describe


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
