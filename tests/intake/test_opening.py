"""What somebody who needs help reads about when the practice is there."""

import datetime as dt
import uuid

import pytest

from intake.opening import opening_of
from portal.practices.models import PracticeSettings

WEDNESDAY = dt.date(2026, 11, 25)


@pytest.mark.parametrize(
    ("days", "time", "words"),
    [
        (0, dt.time(8, 50), "It opens today at 09:00."),
        (0, dt.time(9), "The practice is open until 17:00."),
        (0, dt.time(17), "It opens tomorrow at 09:00."),
        (2, dt.time(17), "It opens on Monday at 09:00."),
        (4, dt.time(10), "It opens tomorrow at 09:00."),
    ],
)
def test_it_says_the_day_as_people_do(days: int, time: dt.time, words: str) -> None:
    hours = [{"day": day, "opens": "09:00", "closes": "17:00"} for day in range(5)]
    local = dt.datetime.combine(WEDNESDAY + dt.timedelta(days=days), time)
    assert opening_of(
        PracticeSettings(practice_id=uuid.uuid4(), hours=hours), local
    ).words.endswith(words)
