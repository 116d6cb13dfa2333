"""What refuses an import, with the path; what only warns; what is said to be unsupported."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest

from intake.fhir.notices import RefusedError
from intake.fhir.parse import parse, read_questionnaires
from tests.intake.fhir.forms import (
    QUESTIONNAIRES,
    as_bytes,
    choice,
    document,
    form,
    question,
    sample,
)

CODE = {"system": "urn:x", "code": "a"}
GROUP = {"linkId": "g", "type": "group", "text": "Group"}
DISPLAY = {"linkId": "d", "type": "display", "text": "Words"}


def condition(target: str, operator: str = "=", **answer: Any) -> dict[str, Any]:
    return {"question": target, "operator": operator, **(answer or {"answerString": "x"})}


def nested(depth: int) -> dict[str, Any]:
    item: dict[str, Any] = question("leaf")
    for level in range(depth - 1):
        item = {"linkId": f"g{level}", "type": "group", "text": "g", "item": [item]}
    return item


REFUSED = {
    "a group without items (que-1)": ([GROUP], "Questionnaire.item[0]"),
    "a display with items (que-1)": ([{**DISPLAY, "item": [question("a")]}], "item[0].item"),
    "a linkId twice (que-2)": ([question("a"), question("a")], "item[1].linkId"),
    "a linkId twice in other groups (que-2)": (
        [{**GROUP, "item": [question("a")]}, question("a")],
        "item[1].linkId",
    ),
    "a linkId missing": ([{"type": "string", "text": "x"}], "item[0].linkId"),
    "a linkId that is empty": ([question(" ")], "item[0].linkId"),
    "a linkId that is a number": ([{"linkId": 7, "type": "string"}], "item[0].linkId"),
    "a code on a display (que-3)": ([{**DISPLAY, "code": [CODE]}], "item[0].code"),
    "options twice (que-4)": ([choice("a", "x", answerValueSet="#v")], "item[0]"),
    "a value set on a string (que-5)": (
        [question("a", answerValueSet="http://x")],
        "item[0].answerValueSet",
    ),
    "a required display (que-6)": ([{**DISPLAY, "required": True}], "item[0].required"),
    "a repeating display (que-6)": ([{**DISPLAY, "repeats": False}], "item[0].repeats"),
    "exists without a boolean (que-7)": (
        [question("a"), question("b", enableWhen=[condition("a", "exists")])],
        "item[1].enableWhen[0]",
    ),
    "a first value on a group (que-8)": (
        [{**GROUP, "item": [question("a")], "initial": [{"valueString": "x"}]}],
        "item[0].initial",
    ),
    "a longest length on a date (que-10)": (
        [question("a", "date", maxLength=3)],
        "item[0].maxLength",
    ),
    "several conditions, no behaviour (que-12)": (
        [question("a"), question("b", enableWhen=[condition("a"), condition("a")])],
        "item[1].enableBehavior",
    ),
    "several first values, no repeats (que-13)": (
        [question("a", initial=[{"valueString": "x"}, {"valueString": "y"}])],
        "item[0].initial",
    ),
    "the type missing": ([{"linkId": "a"}], "item[0].type"),
    "the type unknown": ([question("a", "colour")], "item[0].type"),
    "the type of R5": ([question("a", "coding")], "item[0].type"),
    "options of STU3": ([question("a", "choice", option=[])], "item[0].option"),
    "a condition without a target": (
        [question("a", enableWhen=[{"operator": "=", "answerString": "x"}])],
        "item[0].enableWhen[0]",
    ),
    "a condition on nothing in the form": (
        [question("a", enableWhen=[condition("z")])],
        "item[0].enableWhen[0].question",
    ),
    "a condition without an answer": (
        [question("a"), question("b", enableWhen=[{"question": "a", "operator": "="}])],
        "item[1].enableWhen[0]",
    ),
    "a condition with an unknown operator": (
        [question("a"), question("b", enableWhen=[condition("a", "~")])],
        "item[1].enableWhen[0].operator",
    ),
    "a condition on itself": (
        [question("a", enableWhen=[condition("a")])],
        "item[0].enableWhen",
    ),
    "conditions in a circle": (
        [
            question("a", enableWhen=[condition("c")]),
            question("b", enableWhen=[condition("a")]),
            question("c", enableWhen=[condition("b")]),
        ],
        ".enableWhen",
    ),
    "a group that waits for its own question": (
        [{**GROUP, "item": [question("a")], "enableWhen": [condition("a")]}],
        ".enableWhen",
    ),
    "a contained value set that is not there": (
        [question("a", "choice", answerValueSet="#gone")],
        "item[0].answerValueSet",
    ),
    "an option without a value": (
        [question("a", "choice", answerOption=[{}])],
        "item[0].answerOption[0]",
    ),
    "a date that is none": (
        [question("a", "date", answerOption=[{"valueDate": "2026-02-30"}])],
        "item[0].answerOption[0].valueDate",
    ),
    "a modifier on an item": (
        [question("a", modifierExtension=[{"url": "urn:x", "valueBoolean": True}])],
        "item[0].modifierExtension",
    ),
    "items that are no list": ([question("a", item={"linkId": "b"})], "item[0].item"),
    "required as a word": ([question("a", required="yes")], "item[0].required"),
    "nested more than 64 deep": ([nested(65)], "item[0]"),
}


@pytest.mark.parametrize(("items", "place"), REFUSED.values(), ids=REFUSED)
def test_a_broken_rule_is_refused_with_its_place(items: list[dict[str, Any]], place: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse(document(*copy.deepcopy(items)))
    assert any(place in problem.path for problem in refused.value.problems), str(refused.value)
    assert all(str(problem) for problem in refused.value.problems)


FILES = {
    "nothing": b"",
    "words": b"Dear Tom, here is the form.",
    "an html page": b"<!DOCTYPE html><html></html>",
    "bytes that are no text": b"\xff\xfe\x00\x01",
    "a list": b"[]",
    "a number": b"12",
    "another resource": as_bytes({"resourceType": "Patient"}),
    "a resource without a type": b"{}",
    "an empty Bundle": as_bytes({"resourceType": "Bundle", "entry": []}),
    "a Bundle of patients": as_bytes(
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}
    ),
    "a member given twice": b'{"resourceType": "Questionnaire", "status": "draft", "status": "x"}',
    "not a number": b'{"resourceType": "Questionnaire", "x": NaN}',
    "a number without end": b'{"resourceType": "Questionnaire", "x": 1e999}',
    "a number of 5,000 digits": b'{"resourceType": "Questionnaire", "x": ' + b"9" * 5_000 + b"}",
    "a NUL": as_bytes(document(question("a", text="x\x00y"))),
    "half a surrogate": b'{"resourceType": "Questionnaire", "title": "\\ud800"}',
    "brackets 100,000 deep": b"[" * 100_000,
    "an object 2,000 deep": b'{"resourceType": "Questionnaire", "item": '
    + b'[{"item": ' * 1_000 + b"[]" + b"}]" * 1_000 + b"}",
    "no items": as_bytes({"resourceType": "Questionnaire", "status": "active"}),
    "more than 10 MB": b'{"resourceType": "Questionnaire", "title": "' + b"x" * 11_000_000 + b'"}',
}  # fmt: skip


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_is_no_questionnaire_is_refused_with_a_reason(content: bytes) -> None:
    started = time.perf_counter()
    with pytest.raises(RefusedError) as refused:
        read_questionnaires(content)
    assert refused.value.problems[0].words
    assert time.perf_counter() - started < 20  # well under a second on an idle machine


def test_fifty_thousand_items_are_refused_quickly() -> None:
    content = as_bytes(document(*(question(str(n)) for n in range(50_000))))
    started = time.perf_counter()
    with pytest.raises(RefusedError, match="20,000"):
        read_questionnaires(content)
    assert time.perf_counter() - started < 30  # under two seconds on an idle machine


def test_many_problems_stop_at_what_a_person_would_mend_at_once() -> None:
    with pytest.raises(RefusedError) as refused:
        parse(document(*(question("same") for _ in range(500))))
    assert len(refused.value.problems) == 50


WARNED = {
    "no status": (document(question("a"), status=""), "draft"),
    "an empty text": (document(question("a", prefix="")), "empty"),
    "an unknown extension": (
        document(question("a", extension=[{"url": "urn:x", "valueString": "y"}])),
        "not known here",
    ),
    "an extension without a value": (
        document(question("a", extension=[{"url": "urn:x"}])),
        "no value",
    ),
    "a value set kept elsewhere": (
        document(question("a", "choice", answerValueSet="http://x/vs")),
        "not at hand",
    ),
    "a first value beside options (que-11)": (
        document(choice("a", "x", initial=[{"valueString": "x"}])),
        "que-11",
    ),
    "!= while nothing is answered": (
        document(question("a"), question("b", enableWhen=[condition("a", "!=")])),
        "R5 differs",
    ),
    "a coding without a system": (
        document(
            choice("a", "x"),
            question("b", enableWhen=[condition("a", answerCoding={"code": "x"})]),
        ),
        "code alone",
    ),
    "a member of R5": (document(question("a", answerConstraint="optionsOnly")), "not known in R4"),
}


@pytest.mark.parametrize(("content", "words"), WARNED.values(), ids=WARNED)
def test_a_doubt_is_a_warning_and_no_refusal(content: dict[str, Any], words: str) -> None:
    read = parse(content)
    assert any(words in str(warning) for warning in read.warnings), read.warnings


NOT_YET = {
    "an attachment": (question("a", "attachment"), "attachment"),
    "a reference": (question("a", "reference"), "reference"),
    "a quantity": (question("a", "quantity"), "quantity"),
    "a repeating group": ({**GROUP, "repeats": True, "item": [question("a")]}, "several times"),
    "a repeating text": (question("a", repeats=True), "several times"),
    "a first value": (question("a", initial=[{"valueString": "x"}]), "starts empty"),
    "a formula": (
        question(
            "a",
            "integer",
            extension=[
                {
                    "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
                    "sdc-questionnaire-calculatedExpression",
                    "valueExpression": {"language": "text/fhirpath", "expression": "1"},
                }
            ],
        ),
        "formula",
    ),
    "a pattern": (
        question(
            "a",
            extension=[
                {"url": "http://hl7.org/fhir/StructureDefinition/regex", "valueString": "a+"}
            ],
        ),
        "pattern",
    ),
}


@pytest.mark.parametrize(("item", "words"), NOT_YET.values(), ids=NOT_YET)
def test_what_is_not_done_yet_is_said_with_its_place(item: dict[str, Any], words: str) -> None:
    read = form(item)
    [notice, *_] = [n for n in read.unsupported if words in str(n)]
    assert notice.path.startswith("Questionnaire.item[0]")
    assert notice.link_id in ("a", "g")


def test_the_two_languages_of_a_bundle_become_one_questionnaire() -> None:
    content = (QUESTIONNAIRES / "helsenorge-en-nb-bundle.json").read_bytes()
    [read] = read_questionnaires(content)
    assert read.language.startswith("en")
    assert list(read.translations) == ["nb-NO"]
    assert any("nb-NO" in str(notice) for notice in read.unsupported)
    [norwegian] = read_questionnaires(content, language="nb")
    assert norwegian.language == "nb-NO"


def test_the_same_form_twice_in_a_bundle_is_refused() -> None:
    one = {"resource": document(question("a"), url="urn:x", language="en")}
    with pytest.raises(RefusedError, match="twice"):
        read_questionnaires(as_bytes({"resourceType": "Bundle", "entry": [one, one]}))


def test_languages_with_other_questions_are_refused() -> None:
    entries = [
        {"resource": document(question(link_id), url="urn:x", language=language)}
        for link_id, language in (("a", "en"), ("b", "nb"))
    ]
    with pytest.raises(RefusedError, match="linkIds"):
        read_questionnaires(as_bytes({"resourceType": "Bundle", "entry": entries}))


def test_a_modifier_extension_makes_the_sample_unusable() -> None:
    with pytest.raises(RefusedError) as refused:
        sample("sdc-render")
    assert refused.value.problems[0].path == "Questionnaire.modifierExtension"


@pytest.mark.parametrize(
    "name",
    sorted(
        path.stem
        for path in QUESTIONNAIRES.glob("*.json")
        if ".response" not in path.name and path.stem != "sdc-render"
    ),
)
def test_every_other_sample_is_read_and_loses_nothing(name: str) -> None:
    content = (QUESTIONNAIRES / f"{name}.json").read_bytes()
    for read in read_questionnaires(content):
        assert json.dumps(read.document) in json.dumps(json.loads(content))
        assert set(read.order) == set(read.by_id)
        for item in read.walk():
            said = {n.link_id for n in (*read.unsupported, *read.warnings)}
            can_be_seen = item.is_asked or not item.is_question or item.hidden or item.read_only
            assert can_be_seen or item.link_id in said, item.link_id


def test_words_that_stand_only_in_formatted_text_are_shown_plain() -> None:
    introduction = sample("cirg-gad7").by_id["introduction"].text
    assert introduction.startswith("The Generalized Anxiety Disorder Assessment (GAD-7) is")
    assert "<" not in introduction


def test_scores_are_read_in_all_their_places() -> None:
    def scores(name: str, link_id: str) -> list[int]:
        options = sample(name).by_id[link_id].options
        return [int(option.score) for option in options if option.score is not None]

    assert scores("cirg-gad7", "/69725-0") == [0, 1, 2, 3]  # ordinalValue on the option
    assert scores("beda-gad7-en-es", sample("beda-gad7-en-es").questions[0].link_id) == [0, 1, 2, 3]
    assert scores("sdc-phq9", "H1/T1/Q1") == [0, 1, 2, 4]  # in the expansion, misprint and all
