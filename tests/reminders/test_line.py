"""Jobs before threads: each comes back once, and none begins too late."""

from __future__ import annotations

import threading
import time

import pytest

from reminders.line import Line
from reminders.pace import FILLS_FOR, Pace
from reminders.transports.base import Route

TEN = Route("twilio", segments_a_second=10.0)
SLOW = Route("twilio", segments_a_second=0.5)


def _line(call: object = None, *, threads: int = 4, begin_within: float = 60.0) -> Line[int, int]:
    return Line(
        call or (lambda job: job * 2),  # type: ignore[arg-type]
        threads=threads,
        unbegun=-1,
        begin_within=begin_within,
    )


def _all(line: Line[int, int]) -> list[tuple[int, int]]:
    taken: list[tuple[int, int]] = []
    while line.in_flight:
        taken += line.take(0.5)
    return taken


@pytest.mark.parametrize("threads", [0, 1, 4])
def test_each_job_comes_back_once(threads: int):
    line = _line(threads=threads)
    line.put(range(100))
    taken = _all(line)
    assert sorted(taken) == [(n, n * 2) for n in range(100)]
    assert line.close() == []


def test_it_is_not_waited_for_more_where_as_few_are_out_as_asked():
    """Two calls never come back before the test lets them: waiting for them would take an hour."""
    go_on = threading.Event()

    def two_hang(job: int) -> int:
        return job if job > 2 else int(go_on.wait(10))

    line = _line(two_hang)
    line.put(range(1, 9))
    taken = line.take(3600, down_to=2)
    assert sorted(job for job, _ in taken) == [3, 4, 5, 6, 7, 8]
    assert line.take(3600, down_to=2) == []
    go_on.set()
    line.close()


def test_calls_run_beside_each_other():
    together = threading.Barrier(4, timeout=10)

    def meet(job: int) -> int:
        together.wait()
        return job

    line = _line(meet)
    line.put(range(4))
    assert len(_all(line)) == 4
    line.close()


def test_closing_waits_for_what_is_out_and_begins_nothing_more():
    started, go_on = threading.Event(), threading.Event()

    def wait(job: int) -> int:
        started.set()
        go_on.wait(10)
        return job

    line = _line(wait, threads=1)
    line.put([1, 2, 3])
    started.wait(10)
    threading.Timer(0.1, go_on.set).start()
    assert sorted(line.close()) == [(1, 1), (2, -1), (3, -1)]
    assert line.in_flight == 0


def test_a_job_that_waited_too_long_is_not_begun():
    def slow(job: int) -> int:
        time.sleep(0.2)
        return job

    line = _line(slow, threads=1, begin_within=0.1)
    line.put([1, 2])
    assert sorted(_all(line)) == [(1, 1), (2, -1)]
    line.close()


def test_taking_does_not_wait_where_nothing_is_out():
    began = time.monotonic()
    assert _line().take(5.0) == []
    assert time.monotonic() - began < 1.0


def test_a_sender_has_room_for_its_rate_and_no_more(monkeypatch: pytest.MonkeyPatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    pace = Pace()
    assert pace.room(TEN) == 10 * FILLS_FOR
    pace.spend(TEN, 20)
    assert pace.room(TEN) == 0
    now += 0.5
    assert pace.room(TEN) == 5
    now += 3600.0  # a bucket never holds more than it can
    assert pace.room(TEN) == 10 * FILLS_FOR


def test_a_text_longer_than_the_bucket_is_paid_back(monkeypatch: pytest.MonkeyPatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    pace = Pace()
    assert pace.room(SLOW) == 1
    pace.spend(SLOW, 4)
    now += 6.0
    assert pace.room(SLOW) == 0
    now += 2.0
    assert pace.room(SLOW) == 1


def test_a_sender_without_a_rate_is_never_kept_waiting():
    pace = Pace()
    pace.spend(Route("twilio"), 1_000_000)
    assert pace.room(Route("twilio")) is None
