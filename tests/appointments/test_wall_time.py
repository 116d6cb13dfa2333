"""Both changes of the clock: what the wall shows twice, and what it leaves out."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.appointments.wall_time import NoSuchTime, happens_twice, instant, skipped_around
from portal.appointments.words import which_run

wall = dt.datetime.fromisoformat
LONDON, LORD_HOWE, CHICAGO = "Europe/London", "Australia/Lord_Howe", "America/Chicago"


@pytest.mark.parametrize(
    ("zone_name", "local", "first", "last"),
    [
        (LONDON, wall("2027-03-28T01:30"), "01:00", "02:00"),
        (LONDON, wall("2027-03-28T01:00"), "01:00", "02:00"),
        (LONDON, wall("2027-03-28T01:59"), "01:00", "02:00"),
        (CHICAGO, wall("2027-03-14T02:15"), "02:00", "03:00"),
        (LORD_HOWE, wall("2026-10-04T02:10"), "02:00", "02:30"),
    ],
)
def test_a_skipped_time_is_refused_with_what_it_lies_between(
    zone_name: str, local: dt.datetime, first: str, last: str
) -> None:
    with pytest.raises(NoSuchTime):
        instant(local, zone_name)
    around = skipped_around(local, zone_name)
    assert [f"{each:%H:%M}" for each in around] == [first, last]


@pytest.mark.parametrize(
    ("zone_name", "local", "apart"),
    [
        (LONDON, wall("2027-10-31T01:30"), 60),
        (LONDON, wall("2027-10-31T01:00"), 60),
        (LONDON, wall("2027-10-31T02:00"), 0),
        (LONDON, wall("2027-10-31T00:59"), 0),
        (CHICAGO, wall("2027-11-07T01:45"), 60),
        (LORD_HOWE, wall("2027-04-04T01:45"), 30),
        (LORD_HOWE, wall("2027-04-04T01:15"), 0),
    ],
)
def test_of_a_doubled_time_there_are_two(zone_name: str, local: dt.datetime, apart: int) -> None:
    first, second = (instant(local.replace(fold=fold), zone_name) for fold in (0, 1))
    assert second - first == dt.timedelta(minutes=apart)
    assert happens_twice(local, zone_name) is bool(apart)
    assert bool(which_run(first, zone_name)) is bool(apart)
    if apart:
        assert which_run(first, zone_name) != which_run(second, zone_name)


def test_a_skipped_time_does_not_happen_twice() -> None:
    assert not happens_twice(wall("2027-03-28T01:30"), LONDON)
