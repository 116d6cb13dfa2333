"""How long somebody who gets a text may still choose another time."""

from __future__ import annotations

import datetime as dt

import pytest

from reminders.rules.notice import time_to_choose
from reminders.rules.timing import OffsetKind, Step

DAYS, HOURS = OffsetKind.DAYS_BEFORE, OffsetKind.HOURS_BEFORE


@pytest.mark.parametrize(
    ("step", "notice", "left"),
    [
        (Step(HOURS, 24), 24, 0),
        (Step(HOURS, 24), 12, 12),
        (Step(HOURS, 2), 12, -10),
        (Step(DAYS, 1), 24, 0),
        (Step(DAYS, 3), 24, 48),
        # For the first visit of the day a text of the evening comes latest.
        (Step(DAYS, 1, dt.time(18)), 12, 3),
        (Step(DAYS, 2, dt.time(8)), 48, 1),
    ],
)
def test_the_time_from_a_text_to_the_end_of_choosing(step: Step, notice: int, left: int) -> None:
    found = time_to_choose(step, notice=dt.timedelta(hours=notice), earliest=dt.time(9))
    assert found == dt.timedelta(hours=left)
