"""Shares, Wilson's interval and Newcombe's difference, against published values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.rollups.shares import Difference, Interval, Share, difference, wilson


def interval(share: Share) -> Interval:
    assert share.interval is not None
    return share.interval


def between(first: Share, second: Share) -> Difference:
    found = difference(first, second)
    assert found is not None
    return found


SHARES = st.integers(1, 5_000).flatmap(
    lambda total: st.integers(0, total).map(lambda count: Share(count, total))
)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        # Newcombe (1998) Stat Med 17:857, table I, method 3: the score interval.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(count, total, low, high):
    found = wilson(count, total)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe (1998) Stat Med 17:873, table II, method 10.
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(10, 10), Share(0, 10), 0.6075, 1.0),
    ],
)
def test_the_difference_is_the_published_one(first, second, low, high):
    found = between(first, second)
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (low, high)


def test_nothing_counted_is_no_data_and_never_zero_percent():
    none = Share(0, 0)
    assert none.value is None
    assert none.interval is None
    assert difference(none, Share(1, 2)) is None
    assert difference(Share(1, 2), none) is None
    with pytest.raises(ValueError, match="at least one"):
        wilson(0, 0)


@pytest.mark.parametrize(("count", "total"), [(-1, 3), (4, 3), (1, 0)])
def test_a_count_outside_its_total_is_refused(count, total):
    with pytest.raises(ValueError, match="not a share"):
        Share(count, total)


def test_twenty_nine_are_not_enough_and_thirty_are():
    assert not Share(3, 29).is_enough
    assert Share(3, 30).is_enough


def test_an_interval_that_holds_zero_says_so():
    unclear = between(Share(5, 56), Share(0, 29))
    clear = between(Share(56, 70), Share(48, 80))
    assert unclear.interval.holds_zero
    assert not clear.interval.holds_zero


@given(SHARES)
def test_the_interval_holds_the_share_and_stays_between_nothing_and_everything(share):
    found = share.interval
    assert 0 <= found.low <= share.value <= found.high <= 1
    assert found.low < found.high


@given(SHARES)
def test_the_interval_of_the_others_is_the_mirror_image(share):
    other = interval(Share(share.total - share.count, share.total))
    assert share.interval.low == pytest.approx(1 - other.high)
    assert share.interval.high == pytest.approx(1 - other.low)


@given(SHARES, SHARES)
def test_the_difference_turns_its_sign_when_the_two_change_places(first, second):
    one, two = between(first, second), between(second, first)
    assert one.value == pytest.approx(-two.value)
    assert one.interval.low == pytest.approx(-two.interval.high)
    assert -1 - 1e-9 <= one.interval.low <= one.value <= one.interval.high <= 1 + 1e-9
