"""T-REM-03: the provider's list shows a message only after the grace time.

This is the one place where a text may go out twice: nothing tells that the first was taken until
it is too late. Then the row says so.
"""

from __future__ import annotations

import datetime as dt
import random

from reminders.rules.answers import GRACE
from tests.drill.drill import Drill
from tests.drill.provider import Faults
from tests.drill.scene import Scene

LAG = GRACE + dt.timedelta(minutes=10)


def lag(drill: Drill, scene: Scene, *, share: float, lagging: float, at_most: float | None) -> None:
    """`share` of the answers are lost; so many of those messages are listed late.

    Their news comes late too, twice and in any order. `at_most` is the share that may be doubled.
    """
    drill.say(f"T-REM-03: {share:.0%} lost answers, {lagging:.0%} of them listed late")
    faults = Faults(taken_then_cut=share, lagging=lagging, lag=LAG)
    drill.begin(scene, faults, seed=3)
    storm = drill.storm(seed=3)
    done = drill.settle(scene, storm, seconds=120, step=dt.timedelta(minutes=6))
    before = drill.judged(scene)
    with drill.web() as web:
        calls = [
            call
            for number in before.doubled
            for message in drill.provider.by_number[number]
            for call in drill.provider.callbacks(message, "delivered") * 2
        ]
        random.Random(3).shuffle(calls)
        taken = web.post_all(calls)
    drill.work_what_waits(scene)
    verdict = drill.judged(scene)
    size = len(scene.visits)
    doubled = len(verdict.doubled) / size
    within = at_most is None or doubled <= at_most
    drill.note(
        "T-REM-03",
        "list late by more than the grace: "
        + (f"doubled <= {at_most:.1%}, " if at_most is not None else "")
        + "each marked",
        f"{len(verdict.lost)} lost, {doubled:.2%} doubled, {len(verdict.unmarked)} not marked",
        within
        and taken == len(calls)
        and not verdict.lost + verdict.unmarked + verdict.wrong_words,
        f"{share:.0%} of {size} answers lost, {lagging:.0%} of those listed {LAG} late; "
        f"{taken} of {len(calls)} late callbacks taken",
        done=done,
    )
