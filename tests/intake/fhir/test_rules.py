"""Rules find their items by LOINC; a danger question without a rule is not published."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from intake.fhir.answers import Answer
from intake.fhir.form import LOINC, Questionnaire
from intake.fhir.generate import questionnaire_of
from intake.fhir.parse import parse
from intake.fhir.rules import Rules, rules_for
from intake.fhir.values import Value
from intake.instruments import shipped_instruments
from tests.intake.fhir.forms import form, question, sample, shipped

PHQ9 = shipped_instruments()[0]


def rules(read: Questionnaire) -> Rules:
    return rules_for(read, shipped_instruments())


def phq9_document() -> dict[str, Any]:
    return copy.deepcopy(questionnaire_of(PHQ9))


def danger(document: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = document["item"][0]["item"][8]
    return item


def answer(read: Questionnaire, link_id: str, place: int) -> Answer:
    return Answer((read.by_id[link_id].options[place].value,))


def test_the_browser_is_told_which_answers_open_the_help_panel() -> None:
    found = rules(shipped("phq-9"))
    assert found.risk_links == {"q9"}
    assert found.risky_places("q9") == {1, 2, 3}
    assert found.risky_places("q1") == frozenset()
    assert rules(shipped("gad-7")).risk_links == frozenset()


def test_one_answer_meets_its_rule_at_once() -> None:
    read = shipped("phq-9")
    found = rules(read)
    [met] = found.met_by_answer("q9", {"q9": answer(read, "q9", 1)})
    assert (met.rule.code, met.link_id, met.value) == ("suicide-item", "q9", 1)
    assert found.met_by_answer("q9", {"q9": answer(read, "q9", 0)}) == ()
    assert found.met_by_answer("q9", {}) == ()
    assert [met.rule.code for met in found.met_at_submit({})] == ["risk-item-unanswered"]


def test_renamed_link_ids_and_reordered_options_change_nothing() -> None:
    document = phq9_document()
    for number, item in enumerate(document["item"][0]["item"]):
        item["linkId"] = f"renamed-{number}"
        item["answerOption"].reverse()
    read = parse(document)
    found = rules(read)
    given = {item.link_id: answer(read, item.link_id, 0) for item in read.questions[:9]}
    [(instrument, score)] = found.scores(given)
    assert (instrument.id, score.total) == ("phq-9", 27)
    assert found.risky_places("renamed-8") == {0, 1, 2}


def test_scores_that_contradict_the_instrument_are_not_used() -> None:
    document = phq9_document()
    item = document["item"][0]["item"][0]
    item["answerOption"][1]["extension"][0]["valueDecimal"] = 2
    found = rules(parse(document))
    assert found.bindings == ()
    assert any("do not fit" in str(warning) for warning in found.warnings)
    assert found.risk_links == {"q9"}, "the danger question keeps its rule"


def test_a_danger_question_alone_keeps_its_rule() -> None:
    document = phq9_document()
    document["item"] = [danger(document)]
    found = rules(parse(document))
    assert found.bindings == ()
    assert found.risk_links == {"q9"}
    assert any("part of" in str(warning) for warning in found.warnings)


def test_a_danger_question_without_a_code_cannot_be_published() -> None:
    document = phq9_document()
    del danger(document)["code"]
    [blocker] = rules(parse(document)).blockers
    assert blocker.link_id == "q9"
    assert "Nobody would be told" in str(blocker)


def test_the_sample_phq9_without_codes_is_held_back_for_its_ninth_item() -> None:
    [blocker] = rules(sample("sdc-phq9")).blockers
    assert blocker.link_id == "H1/T1/Q9"


def test_the_sample_phq9_without_its_answers_is_held_back() -> None:
    assert len(rules(sample("hl7-phq9")).blockers) == 9


def test_a_misprinted_answer_is_named() -> None:
    warnings = [str(warning) for warning in rules(sample("cirg-gad7")).warnings]
    assert any("More days than not" in warning for warning in warnings)
    assert any("names no system" in warning for warning in warnings)


def test_a_form_that_only_reads_like_an_instrument_gets_no_score() -> None:
    found = rules(sample("beda-gad7-en-es"))
    assert found.bindings == ()
    assert any("reads like" in str(warning) for warning in found.warnings)


def test_a_code_on_two_questions_binds_neither() -> None:
    document = phq9_document()
    twin = copy.deepcopy(danger(document))
    twin["linkId"] = "twin"
    document["item"].append(twin)
    found = rules(parse(document))
    assert found.risks == ()
    assert {blocker.link_id for blocker in found.blockers} == {"q9", "twin"}


def test_a_required_question_that_cannot_be_answered_holds_a_form_back() -> None:
    held = form(question("a", "attachment", required=True), question("b", "attachment"))
    assert [blocker.link_id for blocker in rules(held).blockers] == ["a"]


def test_a_danger_question_that_is_not_asked_is_not_missed() -> None:
    document = phq9_document()
    gate = {"linkId": "gate", "type": "boolean", "text": "Shall we ask?"}
    danger(document)["enableWhen"] = [{"question": "gate", "operator": "=", "answerBoolean": True}]
    document["item"].insert(0, gate)
    read = parse(document)
    assert rules(read).met_at_submit({}) == ()
    yes = {"gate": Answer((Value("Boolean", True),))}
    assert [met.rule.code for met in rules(read).met_at_submit(yes)] == ["risk-item-unanswered"]


def test_other_code_systems_do_not_bind() -> None:
    document = phq9_document()
    for item in document["item"][0]["item"]:
        item["code"][0]["system"] = "urn:other"
    assert rules(parse(document)).bindings == ()


@pytest.mark.parametrize("missing", range(3))
def test_a_score_counts_only_enabled_and_answered_items(missing: int) -> None:
    read = shipped("phq-9")
    given = {f"q{n}": answer(read, f"q{n}", 2) for n in range(1, 10 - missing)}
    [(_, score)] = rules(read).scores(given)
    assert score.answered == 9 - missing
    assert score.total == 18
    assert score.prorated is bool(missing)


def test_loinc_is_the_one_system() -> None:
    assert shipped("phq-9").codes[0].system == LOINC
