"""What is due in many practices, each piece apart: one that fails keeps no other waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import structlog

from portal.tenancy.context import practice_scope

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sweep:
    """What is `due` in the ambient practice, and how one of it is worked.

    Each piece has a transaction of its own. `trouble` is what the log says of one that failed; it
    stays due, so the next sweep tries it again. `work` returns how much it did. A practice in which
    nobody can say what is due keeps no other waiting either.
    """

    due: Callable[[], Iterable[UUID]]
    work: Callable[[UUID], int]
    trouble: str

    def over(self, practices: Iterable[UUID], stop: threading.Event | None = None) -> int:
        """Work on all of it, until `stop` is set. Returns how much was done."""
        done = 0
        for practice_id in practices:
            if stop is not None and stop.is_set():
                break
            done += self.inside(practice_id)
        return done

    def inside(self, practice_id: UUID) -> int:
        """The same for one practice."""
        try:
            with practice_scope(practice_id):
                waiting = list(self.due())
        except Exception:
            logger.exception(self.trouble, practice=str(practice_id))
            return 0
        done = 0
        for each in waiting:
            try:
                with practice_scope(practice_id):
                    done += self.work(each)
            except Exception:
                logger.exception(self.trouble, subject=str(each))
        return done
