"""`enableWhen` as the text of R4 has it, and disabled things that do not count."""

from __future__ import annotations

from typing import Any

import pytest

from intake.fhir.answers import Answer, Reason
from intake.fhir.enablement import counting, enabled_items
from intake.fhir.values import Coding, Value
from tests.intake.fhir.forms import choice, form, question, sample

KINDS = {
    "Boolean": "boolean",
    "Integer": "integer",
    "Decimal": "decimal",
    "Date": "date",
    "DateTime": "dateTime",
    "Time": "time",
    "String": "string",
}

CASES: list[tuple[str, str, Any, list[Any], bool]] = [
    ("exists", "Boolean", True, [True], True),
    ("exists", "Boolean", True, [], False),
    ("exists", "Boolean", False, [], True),
    ("exists", "Boolean", False, [True], False),
    ("=", "Integer", 3, [3], True),
    ("=", "Integer", 3, [2, 3], True),
    ("=", "Integer", 3, [], False),
    ("!=", "Integer", 3, [], True),
    ("!=", "Integer", 3, [2], True),
    ("!=", "Integer", 3, [2, 3], False),
    (">", "Integer", 3, [4], True),
    (">", "Integer", 3, [3], False),
    (">=", "Integer", 3, [3], True),
    ("<", "Integer", 3, [], False),
    ("<=", "Decimal", 0.5, [0.5], True),
    ("=", "Date", "2026", ["2026"], True),
    ("=", "Date", "2026", ["2026-03-01"], False),
    ("!=", "Date", "2026", ["2026-03-01"], False),
    ("!=", "Date", "2026", ["2025-03-01"], True),
    (">", "Date", "2025", ["2026-03-01"], True),
    (">=", "Date", "2026", ["2026-03"], False),
    ("<", "DateTime", "2026-03-01T12:00:00Z", ["2026-03-01T12:30:00+01:00"], True),
    (">", "Time", "08:00:00", ["08:00:00.5"], True),
    ("=", "String", "yes", ["Yes"], False),
    ("=", "Boolean", False, [False], True),
]


@pytest.mark.parametrize(("operator", "kind", "wanted", "given", "met"), CASES)
def test_a_condition_holds_as_the_text_of_r4_says(
    operator: str, kind: str, wanted: Any, given: list[Any], met: bool
) -> None:
    answered = "String" if operator == "exists" else kind
    asked = form(
        question("a", KINDS[kind]),
        question(
            "b",
            enableWhen=[{"question": "a", "operator": operator, f"answer{kind}": wanted}],
        ),
    )
    values = tuple(Value(answered, value) for value in given)
    assert ("b" in enabled_items(asked, {"a": Answer(values)})) is met


def test_codings_are_equal_by_system_and_code() -> None:
    wanted = {"system": "urn:x", "code": "yes"}
    asked = form(
        choice("a", "yes", "no"),
        question("b", enableWhen=[{"question": "a", "operator": "=", "answerCoding": wanted}]),
    )

    def is_asked(coding: Coding) -> bool:
        return "b" in enabled_items(asked, {"a": Answer((Value("Coding", coding),))})

    assert is_asked(Coding("yes", "urn:x"))
    assert is_asked(Coding("yes"))
    assert not is_asked(Coding("yes", "urn:y"))
    assert not is_asked(Coding("no", "urn:x"))


def test_declining_is_no_answer() -> None:
    asked = form(
        question("a"),
        question("b", enableWhen=[{"question": "a", "operator": "exists", "answerBoolean": True}]),
    )
    assert "b" not in enabled_items(asked, {"a": Answer(reason=Reason.DECLINED)})


def test_a_disabled_question_disables_what_waits_for_it_whatever_was_answered_before() -> None:
    def when(target: str) -> dict[str, Any]:
        return {"enableWhen": [{"question": target, "operator": "=", "answerString": "x"}]}

    asked = form(question("c", **when("b")), question("b", **when("a")), question("a"))
    given = {name: Answer((Value("String", "x"),)) for name in "bc"}
    assert enabled_items(asked, given) == {"a"}
    assert counting(asked, given) == {}
    everything = {**given, "a": Answer((Value("String", "x"),))}
    assert enabled_items(asked, everything) == {"a", "b", "c"}
    assert list(counting(asked, everything)) == ["c", "b", "a"]


def test_a_disabled_group_disables_everything_under_it() -> None:
    gate = {"question": "a", "operator": "=", "answerBoolean": True}
    asked = form(
        question("a", "boolean"),
        {
            "linkId": "g",
            "type": "group",
            "enableWhen": [gate],
            "item": [question("b", item=[question("c")])],
        },
    )
    assert enabled_items(asked, {}) == {"a"}
    yes = {"a": Answer((Value("Boolean", True),))}
    assert enabled_items(asked, yes) == {"a", "g", "b", "c"}


def test_any_and_all_differ() -> None:
    both = [{"question": name, "operator": "=", "answerBoolean": True} for name in ("a", "b")]
    asked = form(
        question("a", "boolean"),
        question("b", "boolean"),
        question("any", enableWhen=both, enableBehavior="any"),
        question("all", enableWhen=both, enableBehavior="all"),
    )
    assert enabled_items(asked, {"b": Answer((Value("Boolean", True),))}) == {"a", "b", "any"}


def test_a_chain_of_ten_thousand_conditions_needs_no_deep_recursion() -> None:
    items = [question("q0")] + [
        question(
            f"q{n}",
            enableWhen=[{"question": f"q{n - 1}", "operator": "exists", "answerBoolean": True}],
        )
        for n in range(1, 10_000)
    ]
    given = {f"q{n}": Answer((Value("String", "x"),)) for n in range(9_999)}
    assert len(enabled_items(form(*items), given)) == 10_000


def test_the_sample_that_compares_words_with_options_works() -> None:
    asked = sample("sdc-enablewhen")
    two = Value("Coding", Coding("2", "http://example.org", "Two"))
    enabled = enabled_items(asked, {"s1-radio": Answer((two,))})
    assert "e5da17a7-7546-45c5-9bcd-d0b09a74ty76" in enabled
    assert "e5da17a7-7546-45c5-9bcd-d0b09a74ty76" not in enabled_items(asked, {})
