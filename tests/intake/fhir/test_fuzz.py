"""No file and no entry makes the core stumble: read, or refused in words (T-IN-03, T-IN-05)."""

from __future__ import annotations

import copy
import json
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.fhir.answers import Answer
from intake.fhir.enablement import enabled_items
from intake.fhir.entry import EntryError, Fault, read_entry, shown_entry
from intake.fhir.form import Questionnaire
from intake.fhir.notices import Notice, RefusedError
from intake.fhir.pages import pages_of
from intake.fhir.parse import read_questionnaires
from intake.fhir.response import answers_in, build_response
from intake.fhir.rules import rules_for
from intake.fhir.validation import answer_faults, check_response
from intake.instruments import shipped_instruments
from tests.intake.fhir.forms import QUESTIONNAIRES, sample

DOCUMENTS = [
    json.loads((QUESTIONNAIRES / f"{name}.json").read_text())
    for name in ("sdc-enablewhen", "sdc-phq9", "cirg-gad7", "lforms-initial-values", "hl7-bluebook")
]
NAMES = st.sampled_from([
    "linkId", "type", "item", "text", "enableWhen", "question", "operator", "answerOption", "url",
    "extension", "valueCoding", "valueDecimal", "valueDate", "answerBoolean", "code", "system",
    "required", "repeats", "maxLength", "initial", "answerValueSet", "contained", "compose",
])  # fmt: skip
WORDS = st.sampled_from(["group", "display", "choice", "date", "exists", "=", ">", "a", "", "#VS"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
ZONE = ZoneInfo("Europe/London")
FEW = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_or_refused(content: bytes) -> tuple[Questionnaire, ...]:
    """The forms in a file; none when it was refused, and then with a sentence for each reason."""
    problems: tuple[Notice, ...] = ()
    try:
        return read_questionnaires(content)
    except RefusedError as refused:
        problems = refused.problems
    assert problems
    assert all(str(problem) for problem in problems)
    return ()


def use(read: Questionnaire) -> None:
    """Everything the portal does with a form that it took."""
    rules = rules_for(read, shipped_instruments())
    pages_of(read, one_by_one=True)
    answers = {
        item.link_id: Answer(tuple(option.value for option in item.options[:1]))
        for item in read.questions
    }
    enabled_items(read, answers)
    rules.met_at_submit(answers)
    document = build_response(
        read, answers, response_id="x", authored="", subject="", author="", canonical=""
    )
    json.dumps(document)
    check_response(read, document)
    answers_in(document)
    for notice in (*read.warnings, *read.unsupported, *rules.warnings, *rules.blockers):
        assert str(notice)


@FEW
@given(st.binary(max_size=200) | JSON.map(lambda content: json.dumps(content).encode()))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    read_or_refused(content)


def places(node: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    if isinstance(node, dict):
        found += [(node, name) for name in node]
    if isinstance(node, list):
        found += [(node, number) for number in range(len(node))]
    for container, key in list(found):
        found += places(container[key])
    return found


@FEW
@given(st.data())
def test_a_real_form_with_anything_in_any_place_is_read_or_refused(data: st.DataObject) -> None:
    document = copy.deepcopy(data.draw(st.sampled_from(DOCUMENTS)))
    for _ in range(data.draw(st.integers(1, 3))):
        spots = places(document)
        if not spots:
            break
        container, key = spots[data.draw(st.integers(0, len(spots) - 1))]
        container[key] = data.draw(JSON)
    for read in read_or_refused(json.dumps(document).encode()):
        use(read)


ASKED = [
    item
    for name in ("sdc-enablewhen", "lforms-initial-values", "sdc-all-data-types", "sdc-framingham")
    for item in sample(name).questions
]


@FEW
@given(
    st.sampled_from(ASKED),
    st.lists(st.text(max_size=30) | st.sampled_from(["0", "1", "other", "yes"]), max_size=3),
    st.text(max_size=10),
)
def test_any_entry_is_an_answer_or_a_fault(item: Any, entered: list[str], other: str) -> None:
    faults: list[Fault] = []
    try:
        answer = read_entry(item, entered, other, ZONE)
    except EntryError as refused:
        faults, answer = [refused.fault], Answer()
    for fault in faults + answer_faults(item, answer):
        assert str(fault)
    assert read_entry(item, *shown_entry(item, answer, ZONE), ZONE) == answer
