"""The stand-in of the provider as a drill needs it: with a book, faults by chance, and a limit.

The book is what the verdict believes. It notes of each message when it was taken, by the portal's
clock, because quiet hours are told by that.
"""

from __future__ import annotations

import collections
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.twilio import (
    TOO_FAST,
    Accept,
    AcceptThenHang,
    Behaviour,
    FakeTwilio,
    Garble,
    HangUp,
    Message,
    Refuse,
)

READ_SECONDS = 0.5
"""How long the drill's dispatchers wait for an answer; ten seconds outside."""
HANG_SECONDS = 1.5


@dataclass
class Faults:
    """Shares of calls, from 0 to 1."""

    taken_then_silence: float = 0.0
    """Taken, and the caller's time-out passes before there is an answer."""
    taken_then_cut: float = 0.0
    """Taken, and the connection breaks; or the answer is no JSON."""
    cut: float = 0.0
    """The connection breaks, and nothing was taken."""
    broken: float = 0.0
    """503: nothing was taken, but who calls cannot know."""
    too_fast: float = 0.0
    a_second: float | None = None
    """More messages a second than this get 429."""
    lagging: float = 0.0
    """Of the messages whose answer was lost, so many are listed only after `lag`."""
    lag: timedelta = timedelta()


@dataclass
class Provider(FakeTwilio):
    """A `FakeTwilio` with chance instead of a script."""

    faults: Faults = field(default_factory=Faults)
    chance: random.Random = field(default_factory=random.Random)
    ahead: timedelta = timedelta()
    """How far the portal's clock stands before the real one, as the drill has set it."""
    by_number: dict[str, list[Message]] = field(
        default_factory=lambda: collections.defaultdict(list)
    )
    taken_at: dict[str, datetime] = field(default_factory=dict)
    """By the provider's id, in the portal's time."""
    listed_from: dict[str, datetime] = field(default_factory=dict)
    """By the provider's id: messages that the list does not show before that."""
    counts: collections.Counter[str] = field(default_factory=collections.Counter)
    _unsure: dict[int, bool] = field(default_factory=dict)
    """By thread: whether the call in hand will get no clear answer."""
    _bucket: float = 0.0
    _bucket_at: float = 0.0
    _guard: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self, faults: Faults, seed: int) -> None:
        """An empty book, and other faults."""
        with self._guard:
            self.faults, self.chance = faults, random.Random(seed)
            self.messages.clear()
            self.by_number.clear()
            self.taken_at.clear()
            self.listed_from.clear()
            self.counts.clear()
            self.calls = 0
            self._bucket, self._bucket_at = 0.0, time.monotonic()

    def now(self) -> datetime:
        """The moment by the portal's clock."""
        return datetime.now(UTC) + self.ahead  # noqa: TID251 - the drill keeps its own clock

    def behaviour_for(self, number: str) -> Behaviour:
        """Draw one; the limit counts what comes, not what is taken."""
        with self._guard:
            behaviour = self._draw()
            self.counts[_name(behaviour)] += 1
            self._unsure[threading.get_ident()] = not isinstance(behaviour, Accept)
        return behaviour

    def _draw(self) -> Behaviour:
        faults = self.faults
        if faults.a_second is not None and not self._within(faults.a_second):
            return TOO_FAST
        drawn = self.chance.random()
        for share, behaviour in (
            (faults.taken_then_silence, AcceptThenHang(HANG_SECONDS)),
            (faults.taken_then_cut / 2, HangUp(taken=True)),
            (faults.taken_then_cut / 2, Garble()),
            (faults.cut, HangUp(taken=False)),
            (faults.broken, Refuse(503, html=True)),
            (faults.too_fast, TOO_FAST),
        ):
            if drawn < share:
                return behaviour
            drawn -= share
        return Accept()

    def _within(self, a_second: float) -> bool:
        """A bucket that holds one second's worth."""
        now = time.monotonic()
        self._bucket = min(a_second, self._bucket + (now - self._bucket_at) * a_second)
        self._bucket_at = now
        if self._bucket < 1:
            return False
        self._bucket -= 1
        return True

    def take(self, form: dict[str, str]) -> Message:
        """Write it into the book."""
        message = super().take(form)
        with self._guard:
            self.by_number[message.to].append(message)
            self.taken_at[message.sid] = self.now()
            unsure = self._unsure.pop(threading.get_ident(), False)
            if unsure and self.chance.random() < self.faults.lagging:
                self.listed_from[message.sid] = self.now() + self.faults.lag
        return message

    def listed(self, to: str, limit: int) -> list[dict[str, Any]]:
        """As `FakeTwilio.listed`, without reading the whole book for one number."""
        now = self.now()
        with self._guard:
            seen = [
                m for m in self.by_number.get(to, ()) if self.listed_from.get(m.sid, now) <= now
            ]
        return [m.as_json() for m in reversed(seen[-limit:])]


def _name(behaviour: Behaviour) -> str:
    if isinstance(behaviour, Refuse):
        return str(behaviour.status)
    if isinstance(behaviour, HangUp):
        return "cut after taking" if behaviour.taken else "cut"
    return {"AcceptThenHang": "silence after taking", "Garble": "garbled"}.get(
        type(behaviour).__name__, "taken"
    )
