"""When a mail to staff may leave."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.rules.staff_mail import APART, is_open, leaves_at, next_morning

LONDON = ZoneInfo("Europe/London")
WEEKDAYS = [{"day": day, "opens": "09:00", "closes": "17:00"} for day in range(5)]


def at(text: str) -> dt.datetime:
    """A moment in London, as an instant."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("after", "morning"),
    [
        ("2026-11-24T08:59", "2026-11-24T09:00"),
        ("2026-11-24T09:00", "2026-11-25T09:00"),
        ("2026-11-27T12:00", "2026-11-30T09:00"),  # Friday noon, Monday morning
        ("2026-10-23T18:00", "2026-10-26T09:00"),  # over the end of summer time
        ("2026-03-27T18:00", "2026-03-30T09:00"),  # and its beginning
    ],
)
def test_the_next_morning_of_a_practice_with_hours(after: str, morning: str) -> None:
    assert next_morning(at(after), WEEKDAYS, LONDON) == at(morning)


def test_a_day_with_two_spells_begins_once() -> None:
    hours = [
        {"day": 1, "opens": "14:00", "closes": "18:00"},
        {"day": 1, "opens": "09:00", "closes": "12:00"},
    ]
    assert next_morning(at("2026-11-24T09:30"), hours, LONDON) == at("2026-12-01T09:00")
    assert not is_open(at("2026-11-24T13:00"), hours, LONDON)


def test_without_hours_the_day_begins_at_eight_and_it_is_always_open() -> None:
    assert next_morning(at("2026-11-28T12:00"), [], LONDON) == at("2026-11-29T08:00")
    assert is_open(at("2026-11-28T03:00"), [], LONDON)


moments = st.datetimes(
    min_value=dt.datetime(2026, 1, 1),  # noqa: DTZ001 - made aware below
    max_value=dt.datetime(2030, 12, 31),  # noqa: DTZ001
).map(lambda moment: moment.replace(tzinfo=dt.UTC))


@given(
    now=moments,
    told=st.timedeltas(dt.timedelta(), dt.timedelta(days=3)),
    mail=st.sampled_from(["at_once", "digest"]),
)
def test_nothing_but_a_risk_leaves_while_the_practice_is_closed(
    now: dt.datetime, told: dt.timedelta, mail: str
) -> None:
    leaves = leaves_at(
        is_risk=False,
        mail=mail,
        told_at=now - told,
        now=now,
        last_mail_at=now - APART / 2,
        hours=WEEKDAYS,
        zone=LONDON,
    )
    assert leaves is not None
    if mail == "at_once":
        assert leaves >= now + APART / 2
    if leaves > now:
        assert is_open(leaves, WEEKDAYS, LONDON)


@given(now=moments)
def test_a_risk_leaves_now(now: dt.datetime) -> None:
    leaves = leaves_at(
        is_risk=True,
        mail="at_once",
        told_at=now,
        now=now,
        last_mail_at=now,
        hours=WEEKDAYS,
        zone=LONDON,
    )
    assert leaves == now
