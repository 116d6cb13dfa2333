"""What we write is a valid FHIR R4 QuestionnaireResponse that says exactly what was answered."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire as StrictQuestionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from intake.fhir.answers import Answer, Reason
from intake.fhir.form import Questionnaire
from intake.fhir.response import answers_in, build_response
from intake.fhir.validation import check_response
from intake.fhir.values import Value
from intake.instruments import SHIPPED, shipped_questionnaire
from tests.intake.fhir.forms import choice, form, question, shipped


def written(read: Questionnaire, given: dict[str, Answer]) -> dict[str, Any]:
    document = build_response(
        read,
        given,
        response_id="5a1f8a2e-0000-4000-8000-000000000001",
        authored="2026-11-23T10:42:00+00:00",
        subject="Patient/1",
        author="Patient/1",
        canonical="https://third-session.example/fhir/Questionnaire/phq-9|1",
    )
    QuestionnaireResponse.model_validate(json.loads(json.dumps(document)))
    assert check_response(read, document) == []
    return document


def test_a_full_phq9_is_valid_and_reads_back_as_given() -> None:
    read = shipped("phq-9")
    given = {
        item.link_id: Answer((item.options[n % 4].value,)) for n, item in enumerate(read.questions)
    }
    document = written(read, given)
    assert answers_in(document) == given
    first = document["item"][0]["item"][0]
    assert first["text"] == "Little interest or pleasure in doing things"
    assert first["answer"][0]["valueCoding"]["display"] == "Not at all"


def test_declined_and_left_out_stand_in_the_response_and_differ() -> None:
    read = shipped("gad-7")
    given = {"q1": Answer(reason=Reason.DECLINED), "q2": Answer(reason=Reason.LEFT_OUT)}
    document = written(read, given)
    first, second, third, *_ = document["item"][0]["item"]
    assert first["extension"][0]["valueCode"] == "asked-declined"
    assert "answer" not in second
    assert "extension" not in second
    assert "answer" not in third
    back = answers_in(document)
    assert (back["q1"].reason, back["q2"].reason) == (Reason.DECLINED, Reason.LEFT_OUT)


def test_disabled_items_are_left_out_with_their_answers() -> None:
    gate = {"question": "a", "operator": "=", "answerBoolean": True}
    read = form(
        question("a", "boolean"),
        {"linkId": "g", "type": "group", "enableWhen": [gate], "item": [question("b")]},
    )
    given = {"a": Answer((Value("Boolean", False),)), "b": Answer((Value("String", "secret"),))}
    assert "secret" not in json.dumps(written(read, given))


def test_every_type_we_ask_is_written_as_fhir() -> None:
    read = form(
        question("boolean", "boolean", item=[question("under", "text")]),
        question("integer", "integer"),
        question("decimal", "decimal"),
        question("date", "date"),
        question("dateTime", "dateTime"),
        question("time", "time"),
        question("url", "url"),
        choice("many", "x", "y", repeats=True),
        question("open", "open-choice", answerOption=[{"valueString": "x"}]),
        question("file", "attachment"),
    )
    given = {
        "boolean": Answer((Value("Boolean", True),)),
        "under": Answer((Value("String", "words"),)),
        "integer": Answer((Value("Integer", -3),)),
        "decimal": Answer((Value("Decimal", Decimal("1.5")),)),
        "date": Answer((Value("Date", "2026-11"),)),
        "dateTime": Answer((Value("DateTime", "2026-11-23T10:00:00+00:00"),)),
        "time": Answer((Value("Time", "10:00:00"),)),
        "url": Answer((Value("Uri", "https://x.example"),)),
        "many": Answer(tuple(option.value for option in read.by_id["many"].options)),
        "open": Answer((Value("String", "own words"),)),
    }
    document = written(read, given)
    assert answers_in(document) == given
    assert document["item"][0]["answer"][0]["item"][0]["linkId"] == "under"
    assert "file" not in json.dumps(document)


def test_a_child_of_an_unanswered_question_is_not_lost() -> None:
    read = form(question("a", item=[question("b")]))
    given = {"b": Answer((Value("String", "x"),))}
    assert answers_in(written(read, given))["b"] == given["b"]


def test_an_empty_form_is_a_valid_response() -> None:
    assert "item" not in written(form(question("a", "attachment")), {})


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_questionnaires_are_valid_for_a_strict_reader(name: str) -> None:
    StrictQuestionnaire.model_validate(json.loads(shipped_questionnaire(name)))
