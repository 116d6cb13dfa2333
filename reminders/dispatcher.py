"""The one process that sends: look, claim, commit, call, record.

Asks as the dispatcher's role which practices have a row to look at, enters each as the application,
claims up to a hundred, commits, calls the provider from a pool of threads with no transaction
open, and records the answers. A planning sweep runs every fifteen seconds. Killed at any moment it
leaves rows whose lease ends; the next one asks the provider about them before anything else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import connections
from django.db.utils import DatabaseError, InterfaceError

from portal import clock
from portal.practices.models import PracticeStatus
from portal.practices.selectors import active_practices
from portal.tenancy.context import practice_scope
from portal.work import ladder
from reminders import bell
from reminders.rules.answers import Answer, Meaning
from reminders.selectors import practices_with_due_work
from reminders.services import claiming, outcomes, planning, receiving, resolving
from reminders.services.channels import beat
from reminders.transports import CONNECTIONS, transport_named
from reminders.transports.base import CannotLookError, Outgoing, Transport

logger = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
"""Seconds between looks at what is due; the bell shortens it."""
PLAN_EVERY = 15.0
_UNWORKED_AFTER = timedelta(seconds=10)
_RECORD_TRIES = 3

Send = Callable[[list[Outgoing], Transport], list[tuple[UUID, Answer]]]


class Dispatcher:
    """The loop. `stop` ends it after the batch in hand has been recorded."""

    def __init__(self, *, threads: int = CONNECTIONS, batch: int = claiming.BATCH) -> None:
        """`threads` calls are made at once; none means one after another in this thread.

        `batch` texts are claimed at once: as many as can be in doubt after a crash.
        """
        self.stop = threading.Event()
        self._threads, self._batch = threads, batch
        self._next_plan = 0.0

    def run(self) -> None:
        """Work until `stop` is set. A database that goes away is waited for."""
        while not self.stop.is_set():
            try:
                self.turn()
                pause = LOOK_EVERY
            except (DatabaseError, InterfaceError) as error:
                logger.warning("dispatcher cannot reach the database", error=type(error).__name__)
                connections.close_all()
                pause = LOOK_EVERY * 2
            bell.wait(pause, self.stop)
        connections.close_all()

    def turn(self) -> int:
        """One look: the pulse, the sweep if it is time, and every practice with due work.

        Returns how many texts were handed over.
        """
        beat()
        if time.monotonic() >= self._next_plan:
            ladder.sweep(self.stop)
            sweep(self.stop)
            self._next_plan = time.monotonic() + PLAN_EVERY
        handed_over = 0
        for practice_id in practices_with_due_work(clock.now()):
            if self.stop.is_set():
                break
            try:
                handed_over += self.serve(practice_id)
            except DatabaseError:
                raise
            except Exception:  # its rows stay as they are, and the others are not kept waiting
                logger.exception("sending failed", practice=str(practice_id))
        return handed_over

    def serve(self, practice_id: UUID) -> int:
        """Settle one practice's doubts, then send its due texts. Returns how many were sent."""
        settle_doubts(practice_id)
        total = 0
        while not self.stop.is_set():
            with practice_scope(practice_id):
                texts = claiming.claim(limit=self._batch)
                transport = _transport_here() if texts else None
            if transport is None:
                break
            results = self._send_all(texts, transport)
            record(practice_id, results)
            total += len(texts)
            beat()
            if len(texts) < self._batch or _told_to_wait(results):
                break
        return total

    def _send_all(self, texts: list[Outgoing], transport: Transport) -> list[tuple[UUID, Answer]]:
        if not self._threads:
            return [(text.attempt_id, _send(text, transport)) for text in texts]
        with ThreadPoolExecutor(self._threads, thread_name_prefix="sender") as pool:
            answers = pool.map(lambda text: _send_in_thread(text, transport), texts)
            return [(text.attempt_id, answer) for text, answer in zip(texts, answers, strict=True)]


def sweep(stop: threading.Event | None = None) -> None:
    """Plan every active practice's texts, and work messages whose task was lost.

    One practice's trouble does not keep the others waiting.
    """
    for practice in active_practices().filter(status=PracticeStatus.ACTIVE):
        if stop is not None and stop.is_set():
            return
        try:
            with practice_scope(practice.pk):
                planning.plan()
            _work_forgotten(practice.pk)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("planning failed", practice=str(practice.pk))


def settle_doubts(practice_id: UUID) -> None:
    """End old leases and ask the provider about attempts in doubt."""
    with practice_scope(practice_id):
        resolving.end_leases()
        doubts = resolving.pick_doubts()
    for doubt in doubts:
        try:
            found = transport_named(doubt.transport).find(doubt.sought)
        except CannotLookError:
            with practice_scope(practice_id):
                resolving.record_unreadable(doubt.sought.attempt_id)
            continue
        with practice_scope(practice_id):
            resolving.record_lookup(doubt.sought.attempt_id, found)


def record(practice_id: UUID, results: Iterable[tuple[UUID, Answer]]) -> None:
    """Record a batch; if that fails as a whole, each answer by itself.

    What cannot be recorded is not lost: its lease ends and the provider is asked.
    """
    kept = list(results)
    try:
        with practice_scope(practice_id):
            outcomes.record_answers(kept)
        return
    except DatabaseError:
        logger.warning("a batch could not be recorded at once", size=len(kept))
    for result in kept:
        _record_one(practice_id, result)


def _record_one(practice_id: UUID, result: tuple[UUID, Answer]) -> None:
    for _ in range(_RECORD_TRIES):
        try:
            with practice_scope(practice_id):
                outcomes.record_answers([result])
            return
        except DatabaseError:
            connections["default"].close()
            time.sleep(0.2)
    logger.error("an answer could not be recorded", attempt=str(result[0]))


def _work_forgotten(practice_id: UUID) -> None:
    with practice_scope(practice_id):
        forgotten = receiving.unworked(clock.now() - _UNWORKED_AFTER)
    for message_id in forgotten:
        with practice_scope(practice_id):
            receiving.work(message_id)


def _transport_here() -> Transport:
    from portal.practices.selectors import settings_of_practice

    return transport_named(settings_of_practice().sms_transport)


def _send(text: Outgoing, transport: Transport) -> Answer:
    """One call; a transport that breaks its promise and raises leaves doubt, never silence."""
    try:
        return transport.send(text)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the text may have left
        logger.error("sending failed", attempt=str(text.attempt_id), error=type(error).__name__)
        return Answer(Meaning.DOUBT)


def _send_in_thread(text: Outgoing, transport: Transport) -> Answer:
    try:
        return _send(text, transport)
    finally:
        connections.close_all()


def _told_to_wait(results: Iterable[tuple[UUID, Answer]]) -> bool:
    return any(answer.meaning is Meaning.TOO_FAST for _, answer in results)
