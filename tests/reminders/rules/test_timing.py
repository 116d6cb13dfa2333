# ruff: noqa: DTZ001 - wall-clock times are naive by nature
"""When a text is due: T-REM-10 (clocks), without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminders.rules.timing import (
    Moved,
    OffsetKind,
    QuietHours,
    Step,
    Visit,
    expiry,
    is_hushed,
    last_decent,
    next_decent,
    outside,
    place,
    resolve_local,
    wanted_moment,
)

NEW_YORK = ZoneInfo("America/New_York")
LONDON = ZoneInfo("Europe/London")
EVENING = (QuietHours(time(20), time(9)),)


def visit(wall: datetime, zone: ZoneInfo) -> Visit:
    return Visit(wall, zone, resolve_local(wall, zone))


def test_a_day_before_keeps_the_hour_on_the_wall_when_clocks_go_forward():
    sunday = visit(datetime(2027, 3, 14, 9), NEW_YORK)
    due = wanted_moment(Step(OffsetKind.DAYS_BEFORE, 1), sunday, NEW_YORK)
    assert due.astimezone(NEW_YORK).replace(tzinfo=None) == datetime(2027, 3, 13, 9)


def test_24_hours_before_keeps_the_hours_that_pass_when_clocks_go_forward():
    sunday = visit(datetime(2027, 3, 14, 9), NEW_YORK)
    due = wanted_moment(Step(OffsetKind.HOURS_BEFORE, 24), sunday, NEW_YORK)
    assert due.astimezone(NEW_YORK).replace(tzinfo=None) == datetime(2027, 3, 13, 8)


def test_two_hours_before_half_past_two_on_the_night_clocks_go_back_is_true_time():
    night = visit(datetime(2026, 11, 1, 2, 30), NEW_YORK)
    due = wanted_moment(Step(OffsetKind.HOURS_BEFORE, 2), night, NEW_YORK)
    assert night.starts_at - due == timedelta(hours=2)
    assert due.astimezone(NEW_YORK).strftime("%H:%M %Z") == "01:30 EDT"


def test_a_day_before_a_visit_is_on_the_wall_in_autumn_too():
    sunday = visit(datetime(2026, 10, 25, 14, 30), LONDON)
    due = wanted_moment(Step(OffsetKind.DAYS_BEFORE, 1), sunday, LONDON)
    assert due == datetime(2026, 10, 24, 13, 30, tzinfo=UTC)
    assert sunday.starts_at - due == timedelta(hours=25)


def test_an_hour_of_the_day_counts_where_the_patient_is():
    call = visit(datetime(2026, 11, 26, 9), LONDON)
    step = Step(OffsetKind.DAYS_BEFORE, 1, time(10))
    due = wanted_moment(step, call, NEW_YORK)
    # 09:00 in London is 04:00 on the same day in New York.
    assert due.astimezone(NEW_YORK).replace(tzinfo=None) == datetime(2026, 11, 25, 10)


def test_a_time_that_clocks_jump_over_becomes_the_next_real_time():
    moment = resolve_local(datetime(2027, 3, 14, 2, 30), NEW_YORK)
    assert moment.astimezone(NEW_YORK).strftime("%H:%M %Z") == "03:30 EDT"


def test_a_time_that_clocks_show_twice_means_the_first():
    moment = resolve_local(datetime(2026, 11, 1, 1, 30), NEW_YORK)
    assert moment.astimezone(NEW_YORK).strftime("%H:%M %Z") == "01:30 EDT"


@pytest.mark.parametrize(
    ("step", "key"),
    [
        (Step(OffsetKind.HOURS_BEFORE, 24), "hours_before:24"),
        (Step(OffsetKind.DAYS_BEFORE, 2), "days_before:2"),
        (Step(OffsetKind.DAYS_BEFORE, 2, time(9)), "days_before:2@09:00"),
    ],
)
def test_steps_that_mean_the_same_share_a_key(step, key):
    assert step.key == key


def test_a_text_wanted_by_day_goes_when_it_is_wanted():
    wanted = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
    placed = place(
        wanted,
        now=wanted - timedelta(days=1),
        expires_at=wanted + timedelta(hours=23),
        hush=EVENING,
        zone=LONDON,
    )
    assert (placed.due_at, placed.moved) == (wanted, Moved.NOT)


def test_a_text_wanted_at_night_is_moved_to_the_evening_before():
    wanted = datetime(2026, 11, 26, 7, tzinfo=UTC)
    placed = place(
        wanted,
        now=wanted - timedelta(days=1),
        expires_at=wanted + timedelta(hours=2),
        hush=EVENING,
        zone=LONDON,
    )
    assert placed.moved is Moved.EARLIER
    assert placed.due_at == datetime(2026, 11, 25, 19, 52, tzinfo=UTC)


def test_a_visit_booked_at_night_gets_its_text_in_the_morning_if_that_still_helps():
    now = datetime(2026, 11, 25, 22, tzinfo=UTC)
    placed = place(
        now - timedelta(hours=1),
        now=now,
        expires_at=datetime(2026, 11, 26, 14, tzinfo=UTC),
        hush=EVENING,
        zone=LONDON,
    )
    assert placed.moved is Moved.LATER
    assert placed.due_at == datetime(2026, 11, 26, 9, tzinfo=UTC)


def test_a_visit_booked_at_night_for_the_early_morning_gets_no_text():
    now = datetime(2026, 11, 25, 22, tzinfo=UTC)
    placed = place(
        now,
        now=now,
        expires_at=datetime(2026, 11, 26, 8, 30, tzinfo=UTC),
        hush=EVENING,
        zone=LONDON,
    )
    assert (placed.due_at, placed.moved) == (None, Moved.DROPPED)


def test_a_late_text_goes_at_once_while_it_helps_and_not_after():
    starts = visit(datetime(2026, 11, 26, 14), LONDON)
    wanted = starts.starts_at - timedelta(hours=24)
    for now, moved in (
        (wanted + timedelta(hours=22), Moved.LATE),
        (expiry(starts) - timedelta(seconds=1), Moved.LATE),
        (expiry(starts), Moved.DROPPED),
        (starts.starts_at + timedelta(hours=1), Moved.DROPPED),
    ):
        placed = place(wanted, now=now, expires_at=expiry(starts), hush=EVENING, zone=LONDON)
        assert placed.moved is moved
        assert placed.due_at == (now if moved is Moved.LATE else None)


def test_equal_times_mean_no_quiet_hours():
    none = QuietHours(time(0), time(0))
    assert not any(
        none.covers(datetime(2026, 11, 25, hour, tzinfo=UTC), LONDON) for hour in range(24)
    )


def test_quiet_hours_by_day_do_not_cross_midnight():
    siesta = QuietHours(time(13), time(15))
    at = datetime(2026, 11, 25, 14, tzinfo=UTC)
    assert siesta.covers(at, LONDON)
    assert not siesta.covers(at + timedelta(hours=1), LONDON)
    assert next_decent(at, [siesta], LONDON) == at + timedelta(hours=1)
    assert last_decent(at, [siesta], LONDON) == at - timedelta(hours=1, minutes=8)


def _changes(zone: ZoneInfo, first: date, last: date) -> list[datetime]:
    """The hours, in UTC, before which `zone` changes its offset."""
    hours = []
    day = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC)
    while day < end:
        nxt = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != nxt.astimezone(zone).utcoffset():
            hours.append(day)
        day = nxt
    return hours


STEPS = (
    Step(OffsetKind.DAYS_BEFORE, 1),
    Step(OffsetKind.DAYS_BEFORE, 2, time(10)),
    Step(OffsetKind.HOURS_BEFORE, 24),
    Step(OffsetKind.HOURS_BEFORE, 2),
)


def _zones_that_change() -> list[tuple[ZoneInfo, datetime]]:
    found: dict[tuple[object, ...], tuple[ZoneInfo, datetime]] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for change in _changes(zone, date(2026, 1, 1), date(2027, 1, 1)):
            offsets = (change, change.astimezone(zone).utcoffset(), zone.key.split("/")[0])
            found.setdefault(offsets, (zone, change))
    return list(found.values())


def test_no_zone_and_no_clock_change_of_a_year_gives_a_wrong_hour_or_a_text_in_quiet_hours():
    checked = 0
    for zone, change in _zones_that_change():
        for hours in range(0, 72, 3):
            wall = (change + timedelta(hours=hours)).astimezone(zone).replace(tzinfo=None)
            meeting = visit(wall, zone)
            for step in STEPS:
                wanted = wanted_moment(step, meeting, zone)
                _assert_right_hour(step, meeting, wanted, zone)
                placed = place(
                    wanted,
                    now=wanted - timedelta(days=3),
                    expires_at=expiry(meeting),
                    hush=EVENING,
                    zone=zone,
                )
                checked += 1
                if placed.due_at is not None:
                    assert not is_hushed(placed.due_at, EVENING, zone)
                    assert placed.due_at < meeting.starts_at
    assert checked > 5_000


def _assert_right_hour(step: Step, meeting: Visit, wanted: datetime, zone: ZoneInfo) -> None:
    wall = wanted.astimezone(zone).replace(tzinfo=None)
    if step.kind is OffsetKind.HOURS_BEFORE:
        assert meeting.starts_at - wanted == timedelta(hours=step.offset)
        return
    start = meeting.local_start
    asked = datetime.combine(start.date() - timedelta(days=step.offset), step.at or start.time())
    # Equal, or the clocks jumped over the wanted time and it is later by the jump.
    exists = asked.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    assert wall == exists
    assert exists == asked or timedelta() < exists - asked <= timedelta(hours=24)


@settings(deadline=None)
@given(
    moment=st.datetimes(
        min_value=datetime(2026, 1, 1), max_value=datetime(2030, 12, 31), timezones=st.just(UTC)
    ),
    zone=st.sampled_from(
        ["America/New_York", "Africa/Cairo", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Beirut"]
    ),
    begins=st.times(),
    ends=st.times(),
)
def test_moving_out_of_quiet_hours_always_ends_and_never_lands_in_them(moment, zone, begins, ends):
    begins, ends = begins.replace(microsecond=0), ends.replace(microsecond=0)
    hush, where = [QuietHours(begins, ends)], ZoneInfo(zone)
    later = next_decent(moment, hush, where)
    earlier = last_decent(moment, hush, where)
    if begins == ends or _awake(begins, ends) > timedelta(hours=2):
        assert later is not None
        assert earlier is not None
    if later is not None:
        assert moment <= later
        assert not is_hushed(later, hush, where)
    if earlier is not None:
        assert earlier <= moment
        assert not is_hushed(earlier, hush, where)


def test_safe_hours_narrow_the_day_further():
    hush = [*EVENING, outside(time(12), time(14))]
    morning = datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert next_decent(morning, hush, LONDON) == morning.replace(hour=12)
    assert last_decent(morning, hush, LONDON) == datetime(2026, 11, 24, 13, 52, tzinfo=UTC)
    assert not is_hushed(morning.replace(hour=13), hush, LONDON)


def test_when_every_hour_is_quiet_nothing_is_sent():
    hush = [*EVENING, outside(time(22), time(23))]
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert next_decent(noon, hush, LONDON) is None
    assert last_decent(noon, hush, LONDON) is None
    placed = place(noon, now=noon, expires_at=noon + timedelta(days=2), hush=hush, zone=LONDON)
    assert placed.moved is Moved.DROPPED


def _awake(begins: time, ends: time) -> timedelta:
    first = datetime.combine(date(2026, 1, 1), ends)
    last = datetime.combine(date(2026, 1, 1), begins)
    return (last - first) % timedelta(days=1)


@pytest.mark.parametrize(
    ("begins", "ends", "claimed_until"),
    [
        (time(20), time(8), time(19, 58)),
        (time(0), time(8), time(23, 58)),
        (time(0, 1), time(8), time(23, 59)),
        (time(12), time(12), time(12)),  # no quiet hours
        (time(8, 2), time(8), time(8, 2)),  # two minutes are open, and stay open
        (time(8, 3), time(8), time(8, 1)),
    ],
)
def test_what_is_claimed_may_leave_before_it_is_quiet(begins, ends, claimed_until):
    assert QuietHours(begins, ends).with_the_way == QuietHours(claimed_until, ends)
