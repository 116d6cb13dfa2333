"""Pages in turn on several servers, and what each cost the processes of the portal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import processes
from benchmarks.load import Ask, ask_all
from benchmarks.servers import Server

LEAST_ROUNDS = 5


@dataclass(frozen=True)
class Side:
    """What one server is asked in each round."""

    server: Server
    asks: Callable[[], Sequence[Ask]]


@dataclass(frozen=True)
class Meter:
    """Reads CPU of a server's processes and of the database's, finished children included."""

    postmaster: int

    def cost(self, side: Side) -> float:
        """CPU milliseconds a request of one batch, application and database together."""
        asks = side.asks()
        pid = side.server.process.pid
        before = processes.cpu_seconds(pid) + processes.cpu_seconds(self.postmaster)
        ask_all(side.server.port, asks)
        after = processes.cpu_seconds(pid) + processes.cpu_seconds(self.postmaster)
        return (after - before) * 1000 / len(asks)


def in_turn(meter: Meter, sides: Sequence[Side], rounds: int) -> list[list[float]]:
    """One list of samples for each side. The order turns round, so that none is always first."""
    samples: list[list[float]] = [[] for _ in sides]
    for number in range(rounds):
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for place in order:
            samples[place].append(meter.cost(sides[place]))
    return samples


def repeated(ask: Ask, times: int) -> Callable[[], Sequence[Ask]]:
    """The same request again and again."""
    return lambda: [ask] * times
