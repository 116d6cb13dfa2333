"""T-REM-10: every zone, every change of its clocks from 2026 to 2030, every kind of offset.

The rules are held against an oracle that knows only one thing, which it can trust: what a clock on
a wall shows at a moment in UTC. And a dispatcher whose machine has a wrong clock is never early.
"""

from __future__ import annotations

import datetime as dt
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from reminders.rules.timing import OffsetKind, QuietHours, Step, Visit, expiry, place, wanted_moment
from tests.drill.drill import Drill, Size
from tests.drill.provider import Faults
from tests.drill.scene import NOON, Scene

FIRST, LAST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2031, 1, 1, tzinfo=dt.UTC)
STEPS = (
    Step(OffsetKind.DAYS_BEFORE, 1, dt.time(18)),
    Step(OffsetKind.DAYS_BEFORE, 1),
    Step(OffsetKind.HOURS_BEFORE, 24),
    Step(OffsetKind.HOURS_BEFORE, 2),
)
QUIET = QuietHours(dt.time(20), dt.time(8))
_DAY = dt.timedelta(days=1)


@dataclass
class Clocks:
    """What was found."""

    zones: int = 0
    changes: int = 0
    placed: int = 0
    wrong: int = 0
    at_night: int = 0


def all_zones(every: int = 1) -> Clocks:
    """Hold the rules against the oracle, in each zone or each so-manieth.

    Many names stand for the same clocks: each change of an offset at a moment is tried once.
    """
    found = Clocks()
    tried = set()
    for name in sorted(available_timezones())[::every]:
        zone = ZoneInfo(name)
        found.zones += 1
        for change, before, after in _changes(zone):
            found.changes += 1
            if (change, before, after) in tried:
                continue
            tried.add((change, before, after))
            for wall in _walls_near(change + before):
                start = _oracle(wall, zone, before, after)
                visit = Visit(wall, zone, start)
                for step in STEPS:
                    _check(found, step, visit, before, after)
    return found


def _check(
    found: Clocks, step: Step, visit: Visit, before: dt.timedelta, after: dt.timedelta
) -> None:
    found.placed += 1
    wanted = wanted_moment(step, visit, visit.zone)
    if wanted != _expected(step, visit, before, after):
        found.wrong += 1
    placed = place(
        wanted,
        now=visit.starts_at - 9 * _DAY,
        expires_at=expiry(visit),
        hush=[QUIET],
        zone=visit.zone,
    )
    if placed.due_at is None or placed.due_at >= visit.starts_at:
        found.wrong += 1
    elif _is_night(placed.due_at.astimezone(visit.zone).time()):
        found.at_night += 1


def _expected(step: Step, visit: Visit, before: dt.timedelta, after: dt.timedelta) -> dt.datetime:
    if step.kind is OffsetKind.HOURS_BEFORE:
        return visit.starts_at - dt.timedelta(hours=step.offset)
    shown = _shown(visit.starts_at, visit.zone)
    hour = step.at or visit.local_start.time()
    day = (shown if step.at else visit.local_start).date() - step.offset * _DAY
    return _oracle(dt.datetime.combine(day, hour), visit.zone, before, after)


def _oracle(
    wall: dt.datetime, zone: ZoneInfo, before: dt.timedelta, after: dt.timedelta
) -> dt.datetime:
    """The first moment at which clocks show that; where none does, as if they had not changed.

    Near a change the zone has one of two offsets: both are tried, and the wall is looked at.
    """
    tried = sorted((wall - offset).replace(tzinfo=dt.UTC) for offset in (before, after))
    right = [moment for moment in tried if _shown(moment, zone) == wall]
    return right[0] if right else (wall - before).replace(tzinfo=dt.UTC)


def _shown(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _is_night(wall: dt.time) -> bool:
    return wall >= QUIET.begins or wall < QUIET.ends


def _changes(zone: ZoneInfo) -> Iterator[tuple[dt.datetime, dt.timedelta, dt.timedelta]]:
    """Each change of the offset: its moment, the offsets before and after."""
    moment, before = FIRST, _offset(FIRST, zone)
    while moment < LAST:
        following = moment + _DAY
        after = _offset(following, zone)
        if after != before:
            yield _between(moment, following, zone), before, after
        moment, before = following, after


def _between(early: dt.datetime, late: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first minute with the later offset."""
    there = _offset(late, zone)
    while late - early > dt.timedelta(minutes=1):
        middle = early + dt.timedelta(minutes=(late - early) // dt.timedelta(minutes=2))
        early, late = (early, middle) if _offset(middle, zone) == there else (middle, late)
    return late


def _offset(moment: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or dt.timedelta()


def _walls_near(change: dt.datetime) -> Iterator[dt.datetime]:
    """Naive: around the change itself, its morning and evening, and the days after."""
    wall = change.replace(tzinfo=None)
    for minutes in (-90, -30, 0, 15, 45, 75):
        yield wall + dt.timedelta(minutes=minutes)
    for days in (0, 1, 2):
        for hour in (9, 14):
            yield dt.datetime.combine(wall.date() + days * _DAY, dt.time(hour))


# --- In the table -----------------------------------------------------------------------------


def clocks(drill: Drill, scene: Scene) -> None:
    """T-REM-10."""
    drill.say("T-REM-10: clocks of the world, and wrong ones")
    found = all_zones(every=12 if drill.size is Size.SHORT else 1)
    early = sum(_early(drill, scene, skew) for skew in (600, -600))
    drill.note(
        "T-REM-10",
        "all zones x changes 2026-2030 x 4 kinds: 0 wrong, 0 at night",
        f"{found.wrong} wrong, {found.at_night} at night, {early} early with a clock 10 min off",
        not (found.wrong or found.at_night or early) and found.changes > 0,
        f"{found.zones} zones, {found.changes} changes, {found.placed} texts placed",
    )


def _early(drill: Drill, scene: Scene, skew: int) -> int:
    """Texts that a dispatcher sends before they are due whose machine is so many seconds ahead."""
    drill.begin(scene, Faults(), latency=0)
    drill.move_to(NOON - dt.timedelta(seconds=60))
    pid = drill.nursery.start("dispatch", "--batch", "100", skew=skew)
    time.sleep(3)
    early = len(drill.provider.messages)
    drill.nursery.end(pid, signal.SIGKILL)
    drill.move_to(NOON + dt.timedelta(seconds=1))
    pid = drill.nursery.start("dispatch", "--once", skew=skew)
    while not drill.nursery.ended(pid):
        time.sleep(0.02)
    return early + (len(drill.provider.messages) == 0)  # it must know when the hour has come
