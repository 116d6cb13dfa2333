"""Dispatchers that are killed at every kind of moment, and started again at once."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.drill.nursery import Nursery
from tests.drill.provider import Provider

COLD_EVERY = 40
"""One start in so many goes through the program itself, imports and all."""
_TICK = 0.004


@dataclass
class _Slot:
    """A place where one dispatcher runs at a time."""

    pid: int | None = None
    calls: int = 0
    """Die once the provider has had so many calls in all."""
    at: float = 0.0
    """Die at this moment, by the monotonic clock."""
    latest: float = 0.0
    """Die by then, whether the calls have come or not."""


@dataclass
class Storm:
    """So many dispatchers at once, killed again and again."""

    nursery: Nursery
    provider: Provider
    chance: random.Random
    slots: int = 2
    threads: int = 5
    batch: int = 10
    calls_between: int = 30
    """About so many calls of the provider lie between two kills."""
    at_most: float = 20.0
    """Seconds after which one dies that has nothing to call; a busy machine needs some to start."""
    signal: signal.Signals = signal.SIGKILL
    kills: int = 0
    unasked: int = 0
    """Dispatchers that ended by themselves: none should."""
    _starts: int = 0
    _slots: list[_Slot] = field(default_factory=list)

    @property
    def calm(self) -> Storm:
        """The same dispatchers, and nobody kills them."""
        self.calls_between, self.at_most = 10**9, float("inf")
        return self

    def blow(self, until: Callable[[], bool], *, seconds: float, kills: int | None = None) -> bool:
        """Kill until that holds, or so many kills were made; then stop all. False if time ran out.

        `until` is asked a few times a second.
        """
        self._slots = [_Slot() for _ in range(self.slots)]
        deadline, next_look = time.monotonic() + seconds, 0.0
        limit = None if kills is None else self.kills + kills
        try:
            while time.monotonic() < deadline:
                if limit is not None and self.kills >= limit:
                    return True
                if time.monotonic() >= next_look:
                    if until():
                        return True
                    next_look = time.monotonic() + 0.3
                for slot in self._slots:
                    self._tend(slot)
                time.sleep(_TICK)
            return False
        finally:
            self.still()

    def still(self) -> None:
        """Kill what runs, and wait until no call can be in the air."""
        for slot in self._slots:
            if slot.pid is not None:
                self.nursery.end(slot.pid, signal.SIGKILL)
                slot.pid = None
        time.sleep(self.provider.latency + 0.2)

    def _tend(self, slot: _Slot) -> None:
        if slot.pid is None:
            self._start(slot)
            return
        now = time.monotonic()
        if slot.calls and self.provider.calls >= slot.calls:
            # Into the middle of a call, of an answer, of the recording.
            slot.calls, slot.at = 0, now + self.chance.choice((0, 0.01, 0.03, 0.08, 0.2))
            slot.latest = slot.at
        if now >= slot.latest or (not slot.calls and now >= slot.at):
            self._end(slot)

    def _start(self, slot: _Slot) -> None:
        self._starts += 1
        slot.pid = self.nursery.start(
            *("dispatch", "--threads", str(self.threads), "--batch", str(self.batch)),
            cold=self._starts % COLD_EVERY == 0,
        )
        slot.latest = time.monotonic() + self.at_most
        if (
            self.at_most < float("inf") and self.chance.random() < 0.15
        ):  # while it starts, plans or claims
            slot.calls, slot.at = 0, time.monotonic() + self.chance.uniform(0, 0.8)
        else:
            more = self.chance.randrange(1, 2 * self.calls_between * self.slots)
            slot.calls = self.provider.calls + more

    def _end(self, slot: _Slot) -> None:
        assert slot.pid is not None
        code = self.nursery.end(slot.pid, self.signal)
        if code is None or code > 0:
            self.unasked += 1
        self.kills += 1
        slot.pid = None


@dataclass
class Workers:
    """Celery workers, one at a time, each killed after a while; `look` is asked now and then."""

    nursery: Nursery
    chance: random.Random
    life: float = 3.0
    kills: int = 0
    _pid: int | None = None
    _dies: float = 0.0

    def look(self) -> None:
        """Start one, or end its life when its time has come."""
        now = time.monotonic()
        if self._pid is None:
            self._pid = self.nursery.start("worker", *_ALONE)
            self._dies = now + self.chance.uniform(self.life / 2, self.life * 2)
        elif now >= self._dies:
            self.stop()
            self.kills += 1

    def stop(self) -> None:
        """Kill the one that runs."""
        if self._pid is not None:
            self.nursery.end(self._pid, signal.SIGKILL)
            self._pid = None


_ALONE = (
    *("--pool", "solo", "--loglevel", "ERROR"),
    *("--without-heartbeat", "--without-gossip", "--without-mingle"),
)
