"""The shipped Questionnaires are what the generator makes, word for word, and go through import."""

from __future__ import annotations

import json

import pytest

from intake.fhir.form import LOINC
from intake.fhir.instruments import Instrument
from intake.fhir.rules import rules_for
from intake.instruments import FOLDER, SHIPPED, shipped_instruments, shipped_questionnaire
from intake.instruments.write import rendered
from tests.intake.fhir.forms import shipped

BOTH = pytest.mark.parametrize("instrument", shipped_instruments(), ids=SHIPPED)


@BOTH
def test_the_committed_file_is_what_the_generator_makes(instrument: Instrument) -> None:
    assert shipped_questionnaire(instrument.id).decode() == rendered(instrument)


@BOTH
def test_wording_and_order_are_verbatim_and_every_code_is_there(instrument: Instrument) -> None:
    published = json.loads((FOLDER / f"{instrument.id}.json").read_text())
    read = shipped(instrument.id)
    assert [item.text for item in read.questions] == [item["text"] for item in published["items"]]
    for item, source in zip(read.questions, published["items"], strict=True):
        options = source.get("options", published["options"])
        assert item.loinc() == {source["loinc"]}
        assert [option.words for option in item.options] == [o["label"] for o in options]
        assert [option.score for option in item.options] == [o["value"] for o in options]
        for option, wanted in zip(item.options, options, strict=True):
            assert option.value.to_json()["valueCoding"] == {
                "system": LOINC,
                "code": wanted["loinc"],
                "display": wanted["label"],
            }
    assert read.by_id["stem"].text == published["stem"]
    assert published["licence"]["statement"] in read.copyright
    assert "LOINC" in read.copyright


@BOTH
def test_our_own_forms_raise_no_doubts(instrument: Instrument) -> None:
    read = shipped(instrument.id)
    rules = rules_for(read, shipped_instruments())
    assert read.warnings == read.unsupported == rules.warnings == rules.blockers == ()
    assert [binding.instrument.id for binding in rules.bindings] == [instrument.id]
