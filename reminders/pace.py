"""How fast each sender may go: a bucket of segments that fills again as time passes.

A provider takes one number's texts at a rate (long codes: one segment a second) and queues or
refuses the rest. What waits here is still ours to drop when a visit is moved.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from reminders.transports.base import Route

FILLS_FOR = 2.0
"""Seconds of a sender's rate that a full bucket holds: as long as the dispatcher rests."""


@dataclass
class _Bucket:
    segments: float
    filled_at: float


class Pace:
    """The buckets of all senders with a rate; a sender without one has always room."""

    def __init__(self) -> None:
        """All are full."""
        self._buckets: dict[Route, _Bucket] = {}

    def room(self, route: Route) -> int | None:
        """How many segments may leave now; None for any number.

        A text longer than the bucket may take it below zero, so at least one can always leave.
        """
        if route.segments_a_second is None:
            return None
        return max(0, int(self._filled(route, route.segments_a_second).segments))

    def spend(self, route: Route, segments: int) -> None:
        """That many leave now."""
        if route.segments_a_second is not None:
            self._filled(route, route.segments_a_second).segments -= segments

    def _filled(self, route: Route, rate: float) -> _Bucket:
        now, most = time.monotonic(), max(1.0, rate * FILLS_FOR)
        bucket = self._buckets.setdefault(route, _Bucket(most, now))
        bucket.segments = min(most, bucket.segments + (now - bucket.filled_at) * rate)
        bucket.filled_at = now
        return bucket
