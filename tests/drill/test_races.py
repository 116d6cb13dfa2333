"""The judge of the races sees each slip."""

import datetime as dt
from dataclasses import replace

import pytest

from tests.drill.commits import Change, Commits
from tests.drill.races import Claim, Found, compare

AT = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
BEFORE, AFTER = AT - dt.timedelta(microseconds=1), AT + dt.timedelta(microseconds=1)
CLAIM = Claim("row", "visit", "patient")


def judged(
    *bodies: str,
    change: Change | None = None,
    stop: dt.datetime | None = None,
    attempts: tuple[str, ...] = ("a", "a2"),
) -> Found:
    order = Commits(
        claims={"a": AT, "a2": AFTER},
        changes={"visit": [change]} if change else {},
        stops={"patient": stop} if stop else {},
        looks={},
    )
    book = list(zip(attempts, bodies, strict=False))
    return compare(book, {"a": CLAIM, "a2": CLAIM}, order, {"visit": "14:07"})


def test_a_text_that_was_true_when_it_was_claimed_is_clean():
    assert judged("at 14:07") == Found()
    assert judged("at 20:07", change=Change(BEFORE, "20:07", "booked")) == Found()
    assert judged("at 14:07", change=Change(AFTER, "14:07", "cancelled_by_patient")) == Found()
    assert judged("at 14:07", stop=AFTER) == Found()


def test_only_a_correction_may_tell_of_a_cancelled_visit():
    order = Commits(
        claims={"a": AT},
        changes={"visit": [Change(BEFORE, "14:07", "cancelled_by_patient")]},
        stops={},
        looks={},
    )
    correction = replace(CLAIM, step="correction")
    told = [("a", "Please ignore our last reminder: 14:07 was cancelled")]
    assert compare(told, {"a": correction}, order, {"visit": "14:07"}) == Found()
    assert compare([("a", "at 14:07")], {"a": correction}, order, {"visit": "14:07"}).after_cancel
    assert compare(told, {"a": CLAIM}, order, {"visit": "14:07"}).after_cancel


@pytest.mark.parametrize(
    ("found", "slip"),
    [
        (judged("at 14:07", change=Change(BEFORE, "20:07", "booked")), "disagree"),
        (
            judged("at 14:07", change=Change(BEFORE, "14:07", "cancelled_by_patient")),
            "after_cancel",
        ),
        (judged("at 14:07", stop=BEFORE), "after_stop"),
        (judged("at 14:07", "at 14:07"), "doubled"),
        (judged("at 14:07", attempts=("nobody",)), "unknown"),
        (judged("at 14:07", change=Change(AFTER, "20:07", "booked")), "left_behind"),
    ],
)
def test_each_slip_of_a_race_is_seen(found: Found, slip: str):
    assert getattr(found, slip)
