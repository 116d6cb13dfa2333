"""Answers against their questions, and whole responses against the published verdicts."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from intake.fhir.answers import Answer
from intake.fhir.parse import parse
from intake.fhir.validation import answer_faults, blocking_items, check_response
from intake.fhir.values import Value
from tests.intake.fhir.forms import QUESTIONNAIRES, SAMPLES, form, question, sample

CASES = json.loads((SAMPLES / "response-validation" / "cases.json").read_text())["cases"]
NOT_CHECKED = {"string-regex"}  # patterns are listed as unsupported, never guessed at
HL7 = "http://hl7.org/fhir/StructureDefinition/"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_response_gets_the_published_verdict(case: dict[str, Any]) -> None:
    read = parse(case["questionnaire"])
    problems = check_response(read, case["response"])
    if case["name"] in NOT_CHECKED:
        assert any("pattern" in str(notice) for notice in read.unsupported)
        return
    assert (not problems) is case["expect"]["valid"], problems
    places = {issue["expression"][0] for issue in case["expect"]["issues"]}
    if not case["expect"]["valid"]:
        assert {problem.path for problem in problems} == places


def test_the_sample_responses_are_checked_without_a_stumble() -> None:
    for path in QUESTIONNAIRES.glob("*.response.json"):
        read = sample(path.name.removesuffix(".response.json"))
        for problem in check_response(read, json.loads(path.read_text())):
            assert str(problem)


def limited(kind: str, **extensions: Any) -> Any:
    urls = {"maxOccurs": "questionnaire-maxOccurs", "minOccurs": "questionnaire-minOccurs"}
    return form(
        question(
            "a",
            kind,
            repeats=True,
            extension=[
                {"url": HL7 + urls.get(name, name), **content}
                for name, content in extensions.items()
            ],
        )
    ).by_id["a"]


def test_limits_are_inclusive() -> None:
    item = limited("integer", minValue={"valueInteger": 0}, maxValue={"valueInteger": 10})
    for number, fits in ((-1, False), (0, True), (10, True), (11, False)):
        assert (not answer_faults(item, Answer((Value("Integer", number),)))) is fits


def test_decimal_places_lengths_and_counts_are_checked() -> None:
    item = limited("decimal", maxDecimalPlaces={"valueInteger": 1})
    assert answer_faults(item, Answer((Value("Decimal", Decimal("1.25")),)))
    assert not answer_faults(item, Answer((Value("Decimal", Decimal("1.2")),)))
    words = form(question("a", maxLength=3)).by_id["a"]
    assert not answer_faults(words, Answer((Value("String", "abc"),)))
    [fault] = answer_faults(words, Answer((Value("String", "abcd"),)))
    assert str(fault) == "This has 4 letters. At most 3 fit."
    many = limited("string", maxOccurs={"valueInteger": 1})
    assert answer_faults(many, Answer((Value("String", "a"), Value("String", "b"))))
    few = limited("string", minOccurs={"valueInteger": 2}, minLength={"valueInteger": 2})
    assert len(answer_faults(few, Answer((Value("String", "a"),)))) == 2
    assert not answer_faults(few, Answer())


CONSENT = {"code": [{"system": "http://loinc.org", "code": "59284-0"}], "required": True}


def test_only_consent_and_signature_block_a_form() -> None:
    read = form(
        question("wanted", "string", required=True),
        question("agree", "boolean", **CONSENT),
        question(
            "sign",
            "boolean",
            required=True,
            extension=[{"url": HL7 + "questionnaire-signatureRequired", "valueBoolean": True}],
        ),
        question("smokes", "boolean", required=True),
    )
    assert [item.link_id for item in blocking_items(read, {})] == ["agree", "sign"]
    no = {"agree": Answer((Value("Boolean", False),)), "sign": Answer((Value("Boolean", True),))}
    assert [item.link_id for item in blocking_items(read, no)] == ["agree"]


def test_a_consent_that_is_not_asked_does_not_block() -> None:
    gate = {"question": "a", "operator": "=", "answerBoolean": True}
    read = form(
        question("a", "boolean"), question("agree", "boolean", enableWhen=[gate], **CONSENT)
    )
    assert blocking_items(read, {}) == []
    assert len(blocking_items(read, {"a": Answer((Value("Boolean", True),))})) == 1
