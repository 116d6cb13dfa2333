"""What came back from the provider, recorded in one batch for each practice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import groupby
from operator import itemgetter
from typing import TypeVar
from uuid import UUID

import structlog
from django.db import connections
from django.db.utils import DatabaseError, InterfaceError

from portal.tenancy.context import practice_scope
from reminders.rules.answers import Answer
from reminders.services import recording, resolving
from reminders.services.resolving import Doubt
from reminders.transports.base import CannotLookError, Found, Outgoing

logger = structlog.get_logger(__name__)

_RECORD_TRIES = 3
_Result = TypeVar("_Result")
_Record = Callable[[list[tuple[UUID, _Result]]], object]


def record_looks(results: Iterable[tuple[Doubt, Found | CannotLookError | None]]) -> None:
    """Record what the provider's list showed, one batch for each practice."""
    looks = ((doubt.sought.practice_id, doubt.sought.attempt_id, found) for doubt, found in results)
    _record_by_practice(looks, resolving.record_looks)


def record_all(results: Iterable[tuple[Outgoing, Answer]]) -> None:
    """Record answers, one batch for each practice."""
    answers = ((text.practice_id, text.attempt_id, answer) for text, answer in results)
    _record_by_practice(answers, recording.record_answers)


def _record_by_practice(
    results: Iterable[tuple[UUID, UUID, _Result]],
    record: _Record[_Result],
) -> None:
    """`results` are (practice, attempt, what came back).

    If a batch fails as a whole, each by itself. What cannot be recorded is not lost: its lease
    ends, or its next look comes, and the provider is asked.
    """
    by_practice = sorted(results, key=itemgetter(0))
    for practice_id, batch in groupby(by_practice, key=itemgetter(0)):
        kept = [(attempt_id, result) for _, attempt_id, result in batch]
        try:
            with practice_scope(practice_id):
                record(kept)
        except Exception as error:  # noqa: BLE001 - one of them must not end the round of all
            why = type(error).__name__
            logger.warning("a batch could not be recorded at once", size=len(kept), error=why)
            for each in kept:
                _record_one(practice_id, each, record)


def _record_one(practice_id: UUID, result: tuple[UUID, _Result], record: _Record[_Result]) -> None:
    """A database that is away is tried again; any other trouble would only come again."""
    for _ in range(_RECORD_TRIES):
        try:
            with practice_scope(practice_id):
                record([result])
            return
        except (DatabaseError, InterfaceError):
            connections["default"].close()
            time.sleep(0.2)
        except Exception:
            logger.exception("what came back could not be recorded", attempt=str(result[0]))
            return
    logger.error("what came back could not be recorded", attempt=str(result[0]))
