"""What people type and choose becomes a FHIR value, and the same field can be shown again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intake.fhir.answers import Answer, Reason, answer_from_json
from intake.fhir.entry import EntryError, read_entry, shown_entry
from intake.fhir.values import Value
from tests.intake.fhir.forms import choice, form, question

LONDON = ZoneInfo("Europe/London")
OPTIONS = [{"valueString": name} for name in ("Mornings", "Evenings")]
ALONE = {
    "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive",
    "valueBoolean": True,
}

GOOD: list[tuple[dict[str, Any], list[str], str, tuple[Value, ...]]] = [
    (question("a"), ["Dé — 🙂 ‏שלום"], "", (Value("String", "Dé — 🙂 ‏שלום"),)),
    (question("a", "text"), [" two\r\nlines "], "", (Value("String", " two\nlines "),)),
    (question("a", "boolean"), ["no"], "", (Value("Boolean", False),)),
    (question("a", "integer"), [" -12 "], "", (Value("Integer", -12),)),
    (question("a", "decimal"), ["1,50"], "", (Value("Decimal", Decimal("1.50")),)),
    (question("a", "date"), ["2024-02-29"], "", (Value("Date", "2024-02-29"),)),
    (question("a", "time"), ["07:30"], "", (Value("Time", "07:30:00"),)),
    (
        question("a", "dateTime"),
        ["2026-07-01T14:30"],
        "",
        (Value("DateTime", "2026-07-01T14:30:00+01:00"),),
    ),
    (question("a", "url"), ["https://x.example"], "", (Value("Uri", "https://x.example"),)),
    (question("a", "choice", answerOption=OPTIONS), ["1"], "", (Value("String", "Evenings"),)),
    (
        question("a", "choice", answerOption=OPTIONS, repeats=True),
        ["0", "1", "0"],
        "",
        (Value("String", "Mornings"), Value("String", "Evenings")),
    ),
    (
        question("a", "open-choice", answerOption=OPTIONS),
        ["other"],
        " At night ",
        (Value("String", "At night"),),
    ),
    (
        question("a", "open-choice", answerOption=OPTIONS, repeats=True),
        ["0", "other"],
        "At night",
        (Value("String", "Mornings"), Value("String", "At night")),
    ),
    (
        question("a", "integer", answerOption=[{"valueInteger": 7}]),
        ["0"],
        "",
        (Value("Integer", 7),),
    ),
    (question("a"), ["   "], "", ()),
    (question("a", "choice", answerOption=OPTIONS), [], "", ()),
]


@pytest.mark.parametrize(("item", "entered", "other", "values"), GOOD)
def test_an_entry_becomes_a_value_and_can_be_shown_again(
    item: dict[str, Any], entered: list[str], other: str, values: tuple[Value, ...]
) -> None:
    asked = form(item).by_id["a"]
    answer = read_entry(asked, entered, other, LONDON)
    assert answer.values == values
    again = read_entry(asked, *shown_entry(asked, answer, LONDON), LONDON)
    assert again == answer
    assert answer_from_json(answer.to_json()) == answer


BAD: list[tuple[dict[str, Any], list[str]]] = [
    (question("a", "integer"), ["twelve"]),
    (question("a", "integer"), ["1.5"]),
    (question("a", "integer"), ["9999999999"]),
    (question("a", "integer"), ["١٢"]),
    (question("a", "decimal"), ["1e5"]),
    (question("a", "decimal"), ["NaN"]),
    (question("a", "decimal"), ["1234567890.1234567"]),
    (question("a", "date"), ["2026-02-30"]),
    (question("a", "date"), ["26/11/2026"]),
    (question("a", "time"), ["25:00"]),
    (question("a", "dateTime"), ["soon"]),
    (question("a", "dateTime"), ["9999-12-31T23:59:59-14:00"]),
    (question("a", "boolean"), ["true"]),
    (question("a", "url"), ["not a url"]),
    (question("a"), ["\x00"]),
    (question("a"), ["\ud800"]),
    (choice("a", "x"), ["1"]),
    (choice("a", "x"), ["-1"]),
    (choice("a", "x"), ["²"]),
    (choice("a", "x"), ["x"]),
    (choice("a", "x"), ["other"]),
    (choice("a", "x", "y"), ["0", "1"]),
    (question("a", "open-choice", answerOption=OPTIONS), ["other"]),
    (
        question(
            "a",
            "choice",
            repeats=True,
            answerOption=[*OPTIONS, {"valueString": "None", "extension": [ALONE]}],
        ),
        ["0", "2"],
    ),
]


@pytest.mark.parametrize(("item", "entered"), BAD)
def test_what_cannot_be_read_is_refused_in_words(item: dict[str, Any], entered: list[str]) -> None:
    with pytest.raises(EntryError) as refused:
        read_entry(form(item).by_id["a"], entered, "", LONDON)
    assert str(refused.value.fault).endswith(".")


def test_a_time_in_the_hour_that_comes_twice_is_kept_with_its_offset() -> None:
    asked = form(question("a", "dateTime")).by_id["a"]
    [value] = read_entry(asked, ["2026-10-25T01:30"], "", LONDON).values
    assert value.content == "2026-10-25T01:30:00+01:00"


def test_declining_is_kept_as_declining() -> None:
    assert answer_from_json(Answer(reason=Reason.DECLINED).to_json()).reason == Reason.DECLINED
