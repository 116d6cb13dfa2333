"""Numbers in words: what is said, and what is left unsaid."""

import datetime as dt

import pytest

from metrics.rollups.attendance import RATES
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Period
from metrics.rollups.shares import Share
from metrics.words import OUTCOME_WORDS, RATE_WORDS, figure, late_hours, period_words


def test_every_rate_and_every_past_outcome_has_words():
    assert RATE_WORDS.keys() == RATES.keys()
    assert OUTCOME_WORDS.keys() == set(Outcome) - {Outcome.UPCOMING}


def test_a_figure_says_its_share_its_interval_and_its_count():
    found = figure(Share(7, 49))
    assert found.percent == "14.3\N{NO-BREAK SPACE}%"
    assert found.interval == "7.1 to 26.7\N{NO-BREAK SPACE}%"
    assert found.counts == "7 of 49"


def test_large_counts_are_grouped():
    assert figure(Share(255, 1312)).counts == "255 of 1,312"


@pytest.mark.parametrize("share", [Share(0, 0), Share(4, 29)])
def test_under_thirty_there_is_a_count_and_no_percentage(share):
    found = figure(share)
    assert found.percent == found.interval == ""
    assert found.counts == f"{share.count} of {share.total}"


def test_nobody_missing_is_a_figure_when_there_are_enough():
    assert figure(Share(0, 40), digits=0).percent == "0\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((2026, 7, 6), (2026, 7, 6), "6 July 2026"),
        ((2026, 7, 6), (2026, 7, 12), "6 to 12 July 2026"),
        ((2026, 6, 29), (2026, 7, 5), "29 June to 5 July 2026"),
        ((2025, 12, 29), (2026, 1, 4), "29 December 2025 to 4 January 2026"),
    ],
)
def test_a_period_says_nothing_twice(first, last, words):
    assert period_words(Period(dt.date(*first), dt.date(*last))) == words


def test_the_limit_is_said_in_hours():
    assert late_hours(dt.timedelta(days=2)) == "48"
