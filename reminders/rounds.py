"""Which practices a sweep has to enter: those with news, and each one every hour or so.

Why nothing is missed: `docs/decisions/0142-a-sweep-enters-where-there-is-news.md`.
"""

from __future__ import annotations

import datetime as dt
import random
from uuid import UUID

from portal.practices.models import PracticeStatus
from portal.practices.selectors import active_practices
from reminders.services.due import practices_with_news

EVERY = dt.timedelta(hours=1)
"""How long a practice without news may stay unvisited; the horizon is two days."""

_LIST_EVERY = dt.timedelta(minutes=1)


class Rounds:
    """The dispatcher's memory of when each practice is to be planned next.

    A new one knows nothing, so its first sweeps plan every practice: whatever happened while no
    dispatcher ran, new zone data among it, is found then.
    """

    def __init__(self) -> None:
        self._next: dict[UUID, dt.datetime] = {}
        self._listed_at: dt.datetime | None = None

    def due(self, now: dt.datetime, *, most: int = 200) -> list[UUID]:
        """The practices to plan now: all that have news, then at most `most` whose hour is over."""
        self._list(now)
        news = [practice for practice in practices_with_news(now) if practice in self._next]
        kept = set(news)
        # A clock that was put back must not leave anybody waiting for the time it showed before.
        latest = now + 2 * EVERY
        over = sorted(
            (at, practice)
            for practice, at in self._next.items()
            if not now < at <= latest and practice not in kept
        )
        return [*news, *(practice for _, practice in over[:most])]

    def planned(self, practice_id: UUID, now: dt.datetime) -> None:
        """That practice was planned; not called where planning failed, so that it is tried again.

        The next time is spread, so that a thousand practices do not fall due together.
        """
        self._next[practice_id] = now + EVERY * random.uniform(0.5, 1)  # noqa: S311 - spreads load

    def look_again(self, practice_id: UUID, now: dt.datetime) -> None:
        """There is more to do in that practice than was done: it is due at the next sweep."""
        self._next[practice_id] = now

    def _list(self, now: dt.datetime) -> None:
        """Learn which practices are active; one that is new or open again is due at once."""
        if self._listed_at is not None and abs(now - self._listed_at) < _LIST_EVERY:
            return
        active = active_practices().filter(status=PracticeStatus.ACTIVE)
        ids = active.order_by().values_list("pk", flat=True)
        self._next = {practice: self._next.get(practice, now) for practice in ids}
        self._listed_at = now
