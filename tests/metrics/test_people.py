"""The words of the list of people."""

import datetime as dt

import pytest

from metrics.people import notice_words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (dt.timedelta(days=3, hours=5), "3 days before"),
        (dt.timedelta(hours=47, minutes=59), "47 hours before"),
        (dt.timedelta(hours=1), "1 hour before"),
        (dt.timedelta(minutes=59, seconds=59), "59 minutes before"),
        (dt.timedelta(seconds=30), "0 minutes before"),
        (dt.timedelta(0), "0 minutes after the start"),
        (dt.timedelta(minutes=-10), "10 minutes after the start"),
    ],
)
def test_notice_is_said_in_the_largest_unit_that_fits(given, words):
    assert notice_words(given) == words
