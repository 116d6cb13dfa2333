"""The scorer against worked examples and, for PHQ-9, every combination there is (T-IN-05)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest

from intake.fhir.instruments import Instrument, InstrumentError, instrument_of
from intake.fhir.scoring import score
from intake.instruments import FOLDER, shipped_instruments
from tests.intake.fhir.forms import SAMPLES

INSTRUMENTS = {instrument.id: instrument for instrument in shipped_instruments()}
EXAMPLES = [
    case
    for case in json.loads((SAMPLES / "scoring-examples.json").read_text())["cases"]
    if case["instrument"] in INSTRUMENTS
]
CUTOFFS = {"screen_positive": "screen-positive", "case": "caseness"}


def flags_of(instrument: Instrument, values: Mapping[str, int]) -> list[str]:
    return [rule.code for rule in instrument.risk_rules if rule.is_met_by(values.get(rule.item))]


@pytest.mark.parametrize("case", EXAMPLES, ids=[case["id"] for case in EXAMPLES])
def test_a_worked_example_comes_out_as_written(case: dict[str, Any]) -> None:
    instrument, expected = INSTRUMENTS[case["instrument"]], case["expected"]
    result = score(instrument, case["responses"])
    assert result.total == expected["total"]
    assert (result.band or None) == expected["band"]
    assert result.complete is expected["complete"]
    assert result.prorated is expected["prorated"]
    assert flags_of(instrument, case["responses"]) == expected["flags"]
    for name, cutoff in CUTOFFS.items():
        if name in expected:
            assert result.reaches(instrument, cutoff) is expected[name]


def test_every_phq9_there_is_equals_an_independent_scorer() -> None:
    """T-IN-05: all 4^9 combinations; the other scorer is a running sum and a row of limits."""
    phq9 = INSTRUMENTS["phq-9"]
    names = [str(n) for n in range(1, 10)]
    words = (
        ["minimal"] * 5 + ["mild"] * 5 + ["moderate"] * 5 + ["moderately severe"] * 5
        + ["severe"] * 8
    )  # fmt: skip
    wrong = 0
    for combination in itertools.product(range(4), repeat=9):
        result = score(phq9, dict(zip(names, combination, strict=True)))
        total = 0
        for value in combination:
            total += value
        wrong += result.total != total or result.band != words[total] or result.prorated
    assert wrong == 0


def test_every_gad7_total_has_its_band() -> None:
    gad7 = INSTRUMENTS["gad-7"]
    expected = ["minimal"] * 5 + ["mild"] * 5 + ["moderate"] * 5 + ["severe"] * 7
    assert [gad7.band(total) for total in range(22)] == expected


@pytest.mark.parametrize("missing", [1, 2])
def test_proration_rounds_half_up_for_every_sum(missing: int) -> None:
    phq9 = INSTRUMENTS["phq-9"]
    given = 9 - missing
    for total in range(3 * given + 1):
        whole, rest = divmod(total, given)
        values = {str(n + 1): whole + (n < rest) for n in range(given)}
        exact = total * 9 / given
        expected = int(exact) + (exact - int(exact) >= 0.5)
        result = score(phq9, values)
        assert (result.total, result.prorated) == (expected, True)


def test_nothing_answered_has_no_total() -> None:
    for instrument in INSTRUMENTS.values():
        assert score(instrument, {}).total is None


def test_the_risk_item_flags_whatever_the_rest_says() -> None:
    """T-RISK: item 9 positive with the rest empty still flags."""
    phq9 = INSTRUMENTS["phq-9"]
    for value in (1, 2, 3):
        assert flags_of(phq9, {"9": value}) == ["suicide-item"]
    assert flags_of(phq9, {"8": 3, "9": 0}) == []
    assert flags_of(phq9, {}) == ["risk-item-unanswered"]


def definition(**changes: Any) -> dict[str, Any]:
    read = json.loads((FOLDER / "phq-9.json").read_text())
    read["scoring"] = {**read["scoring"], **changes}
    return dict(read)


@pytest.mark.parametrize(
    "changes",
    [{"method": "mean x 10"}, {"missing": {"rule": "guess"}}, {"reverse": ["1"]}],
)
def test_a_scoring_rule_that_is_not_known_is_an_error_and_no_guess(changes: dict[str, Any]) -> None:
    with pytest.raises(InstrumentError):
        instrument_of(definition(**changes))


def test_a_risk_rule_that_is_not_known_is_an_error() -> None:
    broken = definition()
    broken["risk_flags"][0]["when"] = {"sometimes": True}
    with pytest.raises(InstrumentError):
        instrument_of(broken)
