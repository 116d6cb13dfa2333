"""Calls to the outside that run beside each other, and what came back.

One thread puts jobs in and takes results out; others call. Nothing here knows what a job is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from django.db import connections

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")

_NAP = 0.02
"""Seconds between looks at what has come back."""


class Line(Generic[_Job, _Result]):
    """A line of jobs before a few threads; used from one thread.

    `begin_within` is in seconds: a job that had to wait longer, or that had not begun when the line
    was closed, is not called at all and comes back as `unbegun`. With no threads each job is called
    at once, in the caller's.
    """

    def __init__(
        self,
        call: Callable[[_Job], _Result],
        *,
        threads: int,
        unbegun: _Result,
        begin_within: float,
    ) -> None:
        """Prepare the line; threads start when the first jobs come."""
        self._call, self._unbegun, self._begin_within = call, unbegun, begin_within
        self._size = threads
        self._threads: list[threading.Thread] = []
        self._jobs: SimpleQueue[tuple[_Job, float] | None] = SimpleQueue()
        self._results: SimpleQueue[tuple[_Job, _Result]] = SimpleQueue()
        self._closed = False
        self.in_flight = 0

    def put(self, jobs: Iterable[_Job]) -> None:
        """Have these called; each comes back from `take` once."""
        until = time.monotonic() + self._begin_within
        for job in jobs:
            self.in_flight += 1
            if self._size:
                self._jobs.put((job, until))
            else:
                self._results.put((job, self._call(job)))
        while self.in_flight > len(self._threads) < self._size:
            thread = threading.Thread(target=self._work, name="caller", daemon=True)
            self._threads.append(thread)
            thread.start()

    def take(self, seconds: float = 0.0, *, down_to: int = 0) -> list[tuple[_Job, _Result]]:
        """What has come back, after gathering for at most `seconds` while more than that are out.

        What is there already is taken in any case.
        """
        taken: list[tuple[_Job, _Result]] = []
        until = time.monotonic() + seconds
        while self.in_flight:
            try:
                taken.append(self._results.get_nowait())
            except Empty:
                left = until - time.monotonic() if self.in_flight > down_to else 0
                if left <= 0:
                    break
                # To wait for each would wake this thread, and stop another, for every answer.
                time.sleep(min(left, _NAP))
            else:
                self.in_flight -= 1
        return taken

    def close(self) -> list[tuple[_Job, _Result]]:
        """Begin nothing more, wait for what is out, and return all that had not been taken."""
        self._closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        return self.take(seconds=1.0)

    def _work(self) -> None:
        try:
            while (waiting := self._jobs.get()) is not None:
                job, until = waiting
                too_late = self._closed or time.monotonic() > until
                self._results.put((job, self._unbegun if too_late else self._call(job)))
        finally:
            connections.close_all()
