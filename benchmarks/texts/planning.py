"""What a sweep costs that finds nothing to plan."""

from __future__ import annotations

import datetime as dt
import time

from portal import clock
from portal.tenancy.context import practice_scope
from reminders.rounds import Rounds
from reminders.services import planning
from reminders.services.due import practices_with_news

_EVERY = dt.timedelta(seconds=15)


def idle_sweep_ms(times: int = 100) -> list[float]:
    """Milliseconds on the clock of each of `times` sweeps, as if fifteen seconds apart.

    Every practice was planned at the beginning, and nothing has changed since. One sweep in four
    reads the list of practices again, as it does each minute; at most a hundred, so that nobody's
    hour is over.
    """
    for practice in practices_with_news(clock.now()):
        with practice_scope(practice):
            planning.plan()
    rounds, now = Rounds(), clock.now()
    for practice in rounds.due(now, most=1_000_000):
        rounds.planned(practice, now)
    samples = []
    for number in range(min(times, 100)):
        started = time.perf_counter()
        due = rounds.due(now + number * _EVERY)
        samples.append((time.perf_counter() - started) * 1000)
        if due:
            message = f"{len(due)} practices had something to plan, and nothing has changed."
            raise RuntimeError(message)
    return samples
