"""T-REM-01, -02 and -12: killed again and again, doubts, and a provider that says "too fast"."""

from __future__ import annotations

import datetime as dt
import time

from reminders.models import Attempt, Reminder
from reminders.rules.answers import GRACE
from reminders.rules.states import Outcome
from tests.drill.drill import Drill
from tests.drill.provider import Faults
from tests.drill.scene import Scene

# As in the prototype of the design: 2 % time-outs after accepting, 1 % before, 2 % "too fast".
USUAL = Faults(
    taken_then_silence=0.002, taken_then_cut=0.018, cut=0.005, broken=0.005, too_fast=0.02
)
_SETTLED_WITHIN = GRACE + dt.timedelta(seconds=60)


def kill_storm(
    drill: Drill,
    scene: Scene,
    *,
    seed: int,
    kills: int,
    calls_between: int,
    handed_over: float = 1.0,
) -> None:
    """T-REM-01. Of at most the share `handed_over` both attempts are killed, and a person looks.

    About so many calls lie between two kills; few enough, that all are made before the last row was
    claimed. What is owed then falls on the few rows that wait for their second attempt, and sends
    dozens of them to a person.
    """
    size = len(scene.visits)
    drill.say(f"T-REM-01: {size} reminders, at least {kills} kills, seed {seed}")
    started = time.monotonic()
    drill.begin(scene, USUAL, seed=seed)
    storm = drill.storm(seed=seed, calls_between=calls_between)
    storm.blow(lambda: not drill.unclaimed(scene), seconds=180)
    among_all = storm.kills
    storm.blow(lambda: not drill.waiting(scene), seconds=10)  # and while doubts are looked up
    done = drill.settle(scene, storm, seconds=300, step=dt.timedelta(minutes=8), kills=kills)
    while done and storm.kills < kills:  # what is left dies over idle dispatchers
        storm.calls_between, storm.at_most = 1, 0.7
        done = storm.blow(lambda: False, seconds=60, kills=kills - storm.kills)
    drill.kills += storm.kills
    verdict = drill.judged(scene)
    drill.note(
        "T-REM-01",
        f"{size} reminders, >= {kills} kill -9: 0 lost, 0 doubled",
        f"{verdict.words()}, {len(verdict.doubled)} doubled, {storm.kills} kills",
        verdict.clean
        and storm.kills >= kills
        and not storm.unasked
        and len(verdict.handed_to_a_person) <= size * handed_over,
        f"seed {seed}, {time.monotonic() - started:.0f} s, rows: {drill.states(scene)}",
        f"{among_all} kills before every row had been claimed",
        f"calls: {dict(drill.provider.counts)}",
        *([f"{storm.unasked} dispatchers ended by themselves"] if storm.unasked else []),
        done=done,
    )


def doubts(drill: Drill, scene: Scene, *, share: float) -> None:
    """T-REM-02: the provider takes the text and the answer is lost."""
    drill.say(f"T-REM-02: {len(scene.visits)} reminders, {share:.0%} lost answers")
    drill.begin(scene, Faults(taken_then_silence=share / 10, taken_then_cut=share * 9 / 10))
    storm = drill.storm()
    done = drill.settle(scene, storm, seconds=120, step=dt.timedelta(seconds=15))
    verdict = drill.judged(scene)
    slowest = _slowest_to_settle(scene)
    drill.note(
        "T-REM-02",
        f"{share:.0%} time-outs after accept: 0 doubled, settled <= {_minutes(_SETTLED_WITHIN)}",
        f"{verdict.words()}, {len(verdict.doubled)} doubled, settled in {_minutes(slowest)}",
        verdict.clean and slowest <= _SETTLED_WITHIN,
        f"rows: {drill.states(scene)}, calls: {dict(drill.provider.counts)}",
        done=done,
    )


def seen_red(drill: Drill, scene: Scene) -> None:
    """Dispatchers that are broken on purpose: a verdict that was never red proves nothing."""
    drill.say("dispatchers broken on purpose")
    drill.begin(scene, Faults(taken_then_cut=0.2))
    step = dt.timedelta(minutes=8)
    done = drill.settle(scene, drill.storm(), seconds=120, step=step, broken=True)
    verdict = drill.judged(scene)
    drill.note(
        "seen red",
        "dispatchers broken on purpose are caught",
        f"{len(verdict.lost)} lost, {len(verdict.unmarked)} doubled and not marked: caught",
        bool(verdict.lost and verdict.unmarked and verdict.rows_say_otherwise),
        f"rows: {drill.states(scene)}",
        done=done,
    )


def rate_limit(drill: Drill, scene: Scene, *, a_second: float) -> None:
    """T-REM-12: everything is due at once, and more than so many a second get 429."""
    size = len(scene.visits)
    drill.say(f"T-REM-12: {size} reminders at {a_second:g} a second")
    drill.begin(scene, Faults(a_second=a_second))
    storm = drill.storm(slots=1, batch=100, threads=16).calm
    done = storm.blow(lambda: not drill.open(scene), seconds=size / a_second + 150)
    verdict = drill.judged(scene)
    with scene.inside():
        pairs = Reminder.objects.exclude(sent_at=None).values_list("sent_at", "wanted_at")
        late = sorted((sent - wanted).total_seconds() for sent, wanted in pairs if sent)
    p99 = late[int(len(late) * 0.99)] if late else float("inf")
    drill.note(
        "T-REM-12",
        f"{size} at {a_second:g}/s with 429s: 0 lost, p99 late <= 120 s",
        f"{verdict.words()}, p99 {p99:.0f} s, {drill.provider.counts['429']} times 429",
        verdict.clean and p99 <= 120 and drill.provider.counts["429"] > 0,
        f"rows: {drill.states(scene)}; the clock was not moved after noon",
        done=done,
    )


def _slowest_to_settle(scene: Scene) -> dt.timedelta:
    """From the attempt to the moment at which the row knew what became of it."""
    with scene.inside():
        attempts = Attempt.objects.filter(number=1, outcome=Outcome.ACCEPTED).values_list(
            "created_at", "reminder__sent_at"
        )
        waits = [sent - created for created, sent in attempts if sent is not None]
    return max(waits, default=dt.timedelta())


def _minutes(length: dt.timedelta) -> str:
    seconds = int(length.total_seconds())
    return f"{seconds // 60} min {seconds % 60:02} s"
