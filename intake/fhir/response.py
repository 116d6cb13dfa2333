"""Writes a completed form as a FHIR R4 QuestionnaireResponse, exactly as it was answered.

Items stand in the form's order; what was disabled is left out; a question without a value stays in,
so that a reader sees that it was asked, and "I'd rather not answer" is the standard extension
`data-absent-reason` with `asked-declined`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from intake.fhir.answers import Answer, Answers, Reason
from intake.fhir.enablement import enabled_items
from intake.fhir.form import Item, Questionnaire
from intake.fhir.values import value_from_json

ABSENT_REASON: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
DECLINED_CODE: Final = "asked-declined"


def build_response(
    form: Questionnaire,
    answers: Answers,
    *,
    response_id: str,
    authored: str,
    subject: str,
    author: str,
    canonical: str,
) -> dict[str, object]:
    """The document: `subject` and `author` are references (`Patient/…`), `authored` an instant with
    its zone, `canonical` the form's address with `|version`."""
    enabled = enabled_items(form, answers)
    items = [node for item in form.items if (node := _node(item, answers, enabled)) is not None]
    document: dict[str, object] = {
        "resourceType": "QuestionnaireResponse",
        "id": response_id,
        "questionnaire": canonical,
        "status": "completed",
        "subject": {"reference": subject},
        "authored": authored,
        "author": {"reference": author},
    }
    if items:
        document["item"] = items
    return document


def answers_in(document: Mapping[str, object]) -> dict[str, Answer]:
    """The answers of a response that `build_response` wrote, by linkId."""
    found: dict[str, Answer] = {}
    waiting = _list(document.get("item"))
    while waiting:
        node = waiting.pop()
        waiting += _list(node.get("item"))
        given = _list(node.get("answer"))
        for entry in given:
            waiting += _list(entry.get("item"))
        link_id = str(node.get("linkId", ""))
        if node.get("item") and not given:
            continue
        if given:
            found[link_id] = Answer(tuple(value_from_json(entry) for entry in given))
        elif _is_declined(node):
            found[link_id] = Answer(reason=Reason.DECLINED)
        else:
            found[link_id] = Answer(reason=Reason.LEFT_OUT)
    return found


def _node(item: Item, answers: Answers, enabled: frozenset[str]) -> dict[str, object] | None:
    if item.link_id not in enabled or (item.is_question and not item.is_asked and not item.items):
        return None
    under = (_node(child, answers, enabled) for child in item.items)
    children = [child for child in under if child is not None]
    node: dict[str, object] = {"linkId": item.link_id}
    if item.text:
        node["text"] = item.text
    if not item.is_question:
        if not children:
            return None
        return {**node, "item": children}
    answer = answers.get(item.link_id, Answer())
    given: list[dict[str, object]] = [value.to_json() for value in answer.values]
    if answer.reason == Reason.DECLINED:
        node["extension"] = [{"url": ABSENT_REASON, "valueCode": DECLINED_CODE}]
    if given:
        if children:
            given[0] = {**given[0], "item": children}
        return {**node, "answer": given}
    if children:  # children of a question stand inside an answer, which is not there
        return {**node, "item": children}
    return node if item.is_asked else None


def _is_declined(node: Mapping[str, object]) -> bool:
    return any(
        entry.get("url") == ABSENT_REASON and entry.get("valueCode") == DECLINED_CODE
        for entry in _list(node.get("extension"))
    )


def _list(content: object) -> list[Mapping[str, object]]:
    return [node for node in content if isinstance(node, dict)] if isinstance(content, list) else []
