"""Provider answers: T-REM-13. An unknown code is never tried again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from reminders.rules.answers import CODES, Meaning, back_off, meaning_of, meaning_of_code

TABLE = """
opted_out: 21610
bad_number: 21211 21614 21217 21265 21266 21635 30005 30006
later: 30003 30008 30001 30017 30009 30022 30410
filtered: 30007 30004 30034 21408 30032 30018 30023 30024
too_fast: 20429 21611
our_fault: 20003 21606 21212 21617 20005 20008 21601 21603 21608 21659 21660 21703 30002 30010
"""


def _rows() -> Iterator[tuple[int, Meaning]]:
    for line in TABLE.strip().splitlines():
        meaning, _, codes = line.partition(":")
        for code in codes.split():
            yield int(code), Meaning(meaning)


@pytest.mark.parametrize(("code", "meaning"), list(_rows()))
def test_a_known_code_has_its_class(code, meaning):
    assert meaning_of(400, code) is meaning
    assert meaning_of_code(code) is meaning


def test_the_table_holds_these_codes_and_no_others():
    assert dict(_rows()) == dict(CODES)


@pytest.mark.parametrize("code", [None, 1, 99999, 21602, 63038, 30011])
def test_an_unknown_code_goes_to_a_person(code):
    assert meaning_of(400, code) is Meaning.UNKNOWN
    assert meaning_of_code(code) is Meaning.UNKNOWN


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (201, Meaning.ACCEPTED),
        (200, Meaning.ACCEPTED),
        (400, Meaning.UNKNOWN),
        (401, Meaning.OUR_FAULT),
        (403, Meaning.OUR_FAULT),
        (404, Meaning.UNKNOWN),
        (408, Meaning.DOUBT),
        (429, Meaning.TOO_FAST),
        (500, Meaning.DOUBT),
        (502, Meaning.DOUBT),
        (503, Meaning.DOUBT),
    ],
)
def test_without_a_code_the_status_decides_and_5xx_is_doubt(status, meaning):
    assert meaning_of(status, None) is meaning


def test_backing_off_grows_is_bounded_and_spread():
    waits = [back_off(times, 0.0) for times in range(1, 20)]
    assert waits[0] == timedelta(seconds=5)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=5)
    assert back_off(1, 0.999) > timedelta(seconds=2.4)
    assert back_off(0, 0.5) == timedelta(seconds=3.75)
