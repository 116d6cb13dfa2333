"""Quiet hours by the provider's book: what it took, and what the patients' clock showed then."""

from __future__ import annotations

import datetime as dt

from portal import clock
from portal.practices.selectors import settings_of_practice
from tests.drill.drill import Drill
from tests.drill.provider import Faults
from tests.drill.scene import LONDON, NOON, Scene

_BEFORE = dt.timedelta(minutes=2, seconds=20)
"""So much before quiet hours the last dispatchers start: what they claim may leave in time."""
_LOOKS = (dt.timedelta(seconds=1), dt.timedelta(hours=2), dt.timedelta(hours=6))


def night(drill: Drill, scene: Scene) -> None:
    """Everything waits until shortly before quiet hours, and most of it is in doubt or refused."""
    size = len(scene.visits)
    drill.say(f"T-REM-10: {size} reminders as quiet hours begin")
    faults = Faults(taken_then_cut=0.1, cut=0.02, a_second=size / 15)
    drill.begin(scene, faults, latency=0.05)
    with scene.inside():
        settings = settings_of_practice()
    dusk = dt.datetime.combine(NOON.date(), settings.quiet_from, LONDON)
    dawn = dt.datetime.combine(NOON.date() + dt.timedelta(1), settings.quiet_until, LONDON)
    drill.move_to(dusk - _BEFORE)
    storm = drill.storm(seed=21, calls_between=max(2, size // 40))
    storm.blow(lambda: not drill.waiting(scene), seconds=30)
    for after in _LOOKS:
        drill.move_to(dusk + after)
        storm.blow(lambda: False, seconds=1.0)
    drill.move_to(dawn - dt.timedelta(seconds=2))
    storm.blow(lambda: False, seconds=4.0)
    drill.provider.faults = Faults(taken_then_cut=0.1)
    done = drill.settle(scene, storm.calm, seconds=120, step=dt.timedelta(minutes=1))
    drill.kills += storm.kills
    verdict, book = drill.judged(scene), drill.provider.taken_at.values()
    at_night = sum(_is_quiet(at, settings.quiet_from, settings.quiet_until) for at in book)
    evening = sum(at < dusk for at in book)
    drill.note(
        "T-REM-10",
        "as quiet hours begin, by the provider's book: 0 in them, 0 lost",
        f"{at_night} in them, {verdict.words()}",
        not at_night and verdict.clean and 0 < evening < len(book) and storm.kills > 0,
        f"{evening} before, {len(book) - evening} after; {storm.kills} kills; "
        f"rows: {drill.states(scene)}",
        done=done,
    )


def _is_quiet(at: dt.datetime, begins: dt.time, ends: dt.time) -> bool:
    """By the clock on the wall; told here anew, so that no rule of the portal judges itself."""
    wall = clock.local_time(at, "Europe/London").time()
    return wall >= begins or wall < ends
