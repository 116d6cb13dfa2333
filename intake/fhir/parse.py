"""From a JSON document to a checked `Questionnaire`, or to the list of reasons why not.

The rules are those of FHIR R4 (`que-1` to `que-13`) and of the tolerance list in
`docs/decisions/`: what cannot be shown or answered safely is refused with its path; what is only
doubtful is imported with a warning; what the portal does not do yet is listed as unsupported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from intake.fhir.checks import check_conditions, check_invariants, check_members
from intake.fhir.documents import Document, read_documents
from intake.fhir.elements import Element
from intake.fhir.extensions import (
    CALCULATED,
    CQF_CALCULATED,
    CQF_EXPRESSION,
    ENTRY_FORMAT,
    HIDDEN,
    ITEM_CONTROL,
    MAX_DECIMAL_PLACES,
    MAX_OCCURS,
    MAX_SIZE,
    MAX_VALUE,
    MIN_LENGTH,
    MIN_OCCURS,
    MIN_VALUE,
    OPEN_LABEL,
    SIGNATURE_REQUIRED,
    UNIT,
    check_extensions,
)
from intake.fhir.form import (
    ANSWERABLE,
    CHOICES,
    LOINC,
    Condition,
    Item,
    ItemType,
    Limits,
    Operator,
    Questionnaire,
)
from intake.fhir.markup import formatted_words, plain_text
from intake.fhir.notices import Notice, RefusedError, Report, gettext_noop
from intake.fhir.options import read_options, read_value_sets
from intake.fhir.values import Coding

MAX_DEPTH: Final = 64
MAX_ITEMS: Final = 20_000
STATUSES: Final = frozenset({"draft", "active", "retired", "unknown"})
CONSENT_CODES: Final = frozenset(
    {
        (LOINC, "59284-0"),  # consent
        (LOINC, "64292-6"),  # release of information
    }
)
CONSENT_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/consentscope"
NEWER_TYPES: Final[Mapping[str, str]] = {
    "coding": gettext_noop("“coding” is the name of R5. R4 says “choice” or “open-choice”."),
    "question": gettext_noop("“question” is no type that a person can answer."),
}


def read_questionnaires(content: bytes, *, language: str = "en") -> tuple[Questionnaire, ...]:
    """Every questionnaire in a file (a Questionnaire, or a Bundle of them).

    Questionnaires of a Bundle that share their address and linkIds in several languages become one,
    in `language` where that is there, with the others in `translations`. Raises
    `RefusedError` with every reason found.
    """
    forms: list[Questionnaire] = []
    problems: list[Notice] = []
    for path, document in read_documents(content):
        try:
            forms.append(parse(document, path=path))
        except RefusedError as refused:
            problems += refused.problems
    if problems:
        raise RefusedError(tuple(problems))
    return tuple(_one_of_each(forms, language))


def parse(document: Document, *, path: str = "Questionnaire") -> Questionnaire:
    """Check one Questionnaire and make it usable. Raises `RefusedError`."""
    report = Report()
    form = Element(document, path, report)
    check_members(form)
    reader = _Reader(read_value_sets(form), report)
    items = tuple(reader.item(element, 1) for element in form.elements("item"))
    check_extensions(document, path, report)
    if not items and not report.problems:
        report.refuse(form.at("item"), gettext_noop("The questionnaire has no items."))
    report.raise_if_refused()
    by_id, parents = reader.by_id, reader.parents
    order = check_conditions(by_id, parents, report)
    report.raise_if_refused()
    status = _status(form)
    language, title, version = form.text("language"), form.text("title"), form.text("version")
    url, description, rights = form.text("url"), form.text("description"), form.text("copyright")
    name, codes = form.text("name"), form.codings("code")
    report.raise_if_refused()
    return Questionnaire(
        url=url,
        version=version,
        title=title or name or by_id[items[0].link_id].text or url,
        status=status,
        language=language,
        description=plain_text(description),
        copyright=plain_text(rights),
        codes=codes,
        items=items,
        order=order,
        document=document,
        warnings=tuple(report.warnings),
        unsupported=tuple(report.unsupported),
        by_id=by_id,
        parents=parents,
    )


def _status(form: Element) -> str:
    status = form.text("status")
    if status in STATUSES:
        return status
    form.report.warn(form.at("status"), gettext_noop("No status is given; it comes in as a draft."))
    return "draft"


class _Reader:
    """Reads items one inside the other and remembers where each stands."""

    def __init__(self, value_sets: Mapping[str, Element], report: Report) -> None:
        self.value_sets = value_sets
        self.report = report
        self.by_id: dict[str, Item] = {}
        self.parents: dict[str, str] = {}
        self.count = 0

    def item(self, element: Element, depth: int, parent: str = "") -> Item:
        self.count += 1
        if self.count > MAX_ITEMS:
            self._stop(element, gettext_noop("More than 20,000 items."))
        if depth > MAX_DEPTH:
            self._stop(element, gettext_noop("Items are nested more than 64 deep."))
        link_id = element.link_id = element.text("linkId")
        kind = self._type(element)
        check_invariants(element, kind)
        children = tuple(self.item(child, depth + 1, link_id) for child in element.elements("item"))
        item = self._build(element, link_id, kind, children)
        self._remember(element, item, parent)
        self._say_what_is_missing(element, item)
        return item

    def _stop(self, element: Element, words: str) -> None:
        self.report.refuse(element.path, words)
        self.report.raise_if_refused()

    def _type(self, element: Element) -> ItemType:
        name = element.text("type")
        try:
            return ItemType(name)
        except ValueError:
            words = NEWER_TYPES.get(name, gettext_noop("“%(name)s” is no item type of FHIR R4."))
            if not name:
                words = gettext_noop("The type is missing.")
            element.report.refuse(element.at("type"), words, link_id=element.link_id, name=name)
            return ItemType.GROUP

    def _build(
        self, element: Element, link_id: str, kind: ItemType, children: tuple[Item, ...]
    ) -> Item:
        codes = element.codings("code")
        signed = element.extension_content(SIGNATURE_REQUIRED) is not None
        return Item(
            link_id=link_id,
            type=kind,
            path=element.path,
            text=_text(element, codes),
            prefix=element.text("prefix"),
            codes=codes,
            required=element.boolean("required"),
            repeats=element.boolean("repeats"),
            read_only=element.boolean("readOnly"),
            hidden=element.extension_true(HIDDEN),
            calculated=any(
                element.extension_content(url) is not None
                for url in (CALCULATED, CQF_EXPRESSION, CQF_CALCULATED)
            ),
            consent=kind == ItemType.BOOLEAN and (signed or _is_consent(codes)),
            control=_control(element),
            options=read_options(element, kind, self.value_sets),
            conditions=tuple(_conditions(element)),
            any_condition=element.text("enableBehavior") == "any",
            limits=_limits(element),
            hint=element.extension_text(ENTRY_FORMAT),
            unit=_unit(element),
            open_label=element.extension_text(OPEN_LABEL),
            items=children,
        )

    def _remember(self, element: Element, item: Item, parent: str) -> None:
        if not item.link_id:
            self.report.refuse(element.at("linkId"), gettext_noop("The linkId is missing."))
        elif item.link_id in self.by_id:
            self.report.refuse(
                element.at("linkId"),
                gettext_noop("The linkId “%(link_id)s” stands twice (que-2); first at %(first)s."),
                link_id=item.link_id,
                first=self.by_id[item.link_id].path,
            )
        else:
            self.by_id[item.link_id] = item
            if parent:
                self.parents[item.link_id] = parent

    def _say_what_is_missing(self, element: Element, item: Item) -> None:
        """What a patient will not be able to do with this item, in words for the form check."""
        say = element.report.leave_out
        if item.is_question and item.type not in ANSWERABLE:
            say(
                element.path,
                gettext_noop(
                    "Answers of type “%(type)s” cannot be given yet; the words are shown."
                ),
                link_id=item.link_id,
                type=item.type.value,
            )
        if item.repeats and item.type not in CHOICES:
            say(
                element.path,
                gettext_noop("This may be answered several times; for now it is asked once."),
                link_id=item.link_id,
            )
        if element.has("initial"):
            say(
                element.at("initial"),
                gettext_noop("A first value is given; for now the answer starts empty."),
                link_id=item.link_id,
            )
        if item.type == ItemType.CHOICE and not item.options and not element.has("answerValueSet"):
            element.report.warn(
                element.path, gettext_noop("No answers to choose from."), link_id=item.link_id
            )
        if item.is_question and not item.text and not item.hidden:
            element.report.warn(
                element.path, gettext_noop("This question has no words."), link_id=item.link_id
            )


def _text(element: Element, codes: tuple[Coding, ...]) -> str:
    """Plain words of an item: its text, else those of its formatted text, else its code's."""
    text = element.text("text")
    if text:
        return text
    shadow = element.element("_text")
    words = formatted_words(shadow) if shadow is not None else ""
    return words or next((code.display for code in codes if code.display), "")


def _is_consent(codes: tuple[Coding, ...]) -> bool:
    return any(
        (code.system, code.code) in CONSENT_CODES or code.system == CONSENT_SYSTEM for code in codes
    )


def _control(element: Element) -> str:
    content = element.extension_content(ITEM_CONTROL)
    codings = content.get("coding") if isinstance(content, dict) else None
    if isinstance(codings, list) and codings and isinstance(codings[0], dict):
        return str(codings[0].get("code", ""))
    return ""


def _unit(element: Element) -> str:
    content = element.extension_content(UNIT)
    if not isinstance(content, dict):
        return ""
    return str(content.get("display") or content.get("code") or "")


def _conditions(element: Element) -> list[Condition]:
    found: list[Condition] = []
    for condition in element.elements("enableWhen"):
        question, operator = condition.text("question"), condition.text("operator")
        answer = condition.value("answer")
        if not question:
            condition.report.refuse(
                condition.path,
                gettext_noop("The condition names no question."),
                link_id=element.link_id,
            )
        elif operator not in set(Operator):
            condition.report.refuse(
                condition.at("operator"),
                gettext_noop("“%(operator)s” is no operator of FHIR R4."),
                link_id=element.link_id,
                operator=operator,
            )
        elif answer is None:
            condition.report.refuse(
                condition.path,
                gettext_noop("The condition has no answer to compare with."),
                link_id=element.link_id,
            )
        else:
            found.append(Condition(question, Operator(operator), answer))
    return found


def _limits(element: Element) -> Limits:
    return Limits(
        min_value=element.extension_value(MIN_VALUE),
        max_value=element.extension_value(MAX_VALUE),
        min_length=element.extension_whole(MIN_LENGTH),
        max_length=element.whole("maxLength"),
        max_decimal_places=element.extension_whole(MAX_DECIMAL_PLACES),
        min_occurs=element.extension_whole(MIN_OCCURS),
        max_occurs=element.extension_whole(MAX_OCCURS),
        max_bytes=element.extension_decimal(MAX_SIZE),
    )


def _one_of_each(forms: Sequence[Questionnaire], language: str) -> list[Questionnaire]:
    """Join the language versions of one form; refuse two forms that nothing tells apart."""
    groups: dict[tuple[str, str], list[Questionnaire]] = {}
    for place, form in enumerate(forms):
        name = form.url or str(form.document.get("id") or f"#{place}")
        groups.setdefault((name, form.version), []).append(form)
    joined: list[Questionnaire] = []
    for group in groups.values():
        _check_languages(group)
        main = next((form for form in group if form.language.startswith(language)), group[0])
        others = {form.language: form.document for form in group if form is not main}
        notices = tuple(
            Notice(
                "language",
                gettext_noop("The words in “%(language)s” are kept, and not shown yet."),
                {"language": other},
            )
            for other in others
        )
        joined.append(replace(main, translations=others, unsupported=main.unsupported + notices))
    return joined


def _check_languages(group: Sequence[Questionnaire]) -> None:
    languages = [form.language for form in group]
    if len(group) > 1 and len(set(languages)) != len(languages):
        raise RefusedError(
            (
                Notice(
                    "Bundle.entry",
                    gettext_noop("“%(url)s” stands twice in the Bundle in the same language."),
                    {"url": group[0].url or group[0].title},
                ),
            )
        )
    if any(set(form.by_id) != set(group[0].by_id) for form in group):
        raise RefusedError(
            (
                Notice(
                    "Bundle.entry",
                    gettext_noop("The languages of “%(url)s” do not have the same linkIds."),
                    {"url": group[0].url or group[0].title},
                ),
            )
        )
