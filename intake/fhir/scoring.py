"""The one scorer: values of an instrument's items in, total and band out.

Missing stays missing and is never 0: without the items that the instrument's rule asks for there is
no total. A prorated total is the mean of the answered items times their number, rounded half up,
and says that it is prorated. Source of each rule: the definition in `intake/instruments/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intake.fhir.instruments import PRORATE, Instrument


@dataclass(frozen=True, slots=True)
class Score:
    """What the answers add up to. `total` is None (`band` "") where the rules allow no total."""

    total: int | None
    band: str
    complete: bool
    prorated: bool
    answered: int

    def reaches(self, instrument: Instrument, cutoff: str) -> bool:
        """Whether the total is at or above a named cut-off; False without a total."""
        low = next(limit.low for limit in instrument.cutoffs if limit.name == cutoff)
        return self.total is not None and self.total >= low


def score(instrument: Instrument, values: Mapping[str, int]) -> Score:
    """Score the values (instrument item id to option value; a missing id was not answered)."""
    scored = instrument.scored
    given = [values[item.id] for item in scored if item.id in values]
    missing = len(scored) - len(given)
    if missing == 0:
        total = sum(given)
        return Score(total, instrument.band(total), True, False, len(given))
    if instrument.missing == PRORATE and given and missing <= instrument.max_missing:
        total = _half_up(sum(given) * len(scored), len(given))
        return Score(total, instrument.band(total), False, True, len(given))
    return Score(None, "", False, False, len(given))


def _half_up(numerator: int, denominator: int) -> int:
    """A quotient of numbers that are not negative, rounded half up, without a float in between."""
    return (2 * numerator + denominator) // (2 * denominator)
