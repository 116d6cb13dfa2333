"""The one process that sends: look, claim, commit, call, record.

Asks as the dispatcher's role which practices have a row to look at, enters each as the application
in turn, claims a batch, commits, has it called by a line of threads with no transaction open, and
records the answers together while the next calls are out. A planning sweep runs every fifteen
seconds. Killed at any moment it leaves rows whose lease ends; the next one asks the provider about
them before anything else.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import connections
from django.db.utils import DatabaseError, InterfaceError

from intake.services import left
from portal import clock
from portal.tenancy.context import practice_scope
from portal.work import ladder
from reminders import bell
from reminders.line import Line
from reminders.models import Reminder
from reminders.pace import Pace
from reminders.returned import record_all, record_looks
from reminders.rounds import Rounds
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from reminders.services import (
    claiming,
    notices,
    outcomes,
    planning,
    receiving,
    resolving,
)
from reminders.services.channels import beat
from reminders.services.due import practices_with_due_work
from reminders.services.resolving import Doubt
from reminders.transports import CONNECTIONS, transport_of
from reminders.transports.base import CannotLookError, Found, Outgoing, Route

logger = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
"""Seconds between looks at what is due; the bell shortens it."""
PLAN_EVERY = 15.0
_BEAT_EVERY = 5.0
_GATHER = 0.2
"""Seconds for which answers are gathered before they are recorded together."""
_BEGIN_WITHIN = claiming.LEASE.total_seconds() / 2
"""A text that waited longer in the line is not called any more: its lease could end meanwhile."""
_LOOKERS = 4
_PACED_LOOK = 0.5
"""Seconds until a sender that goes at a rate is looked at again, beside others that need none."""
_UNWORKED_AFTER = timedelta(seconds=10)


class Dispatcher:
    """The loop. `stop` ends it once what is out has come back and has been recorded."""

    def __init__(self, *, threads: int = CONNECTIONS, batch: int = claiming.BATCH) -> None:
        """`threads` calls are made at once; none means one after another in this thread.

        `batch` texts are claimed at once; at most that many and two for each thread are out, and
        can be in doubt after a crash.
        """
        self.stop = threading.Event()
        self.pace = Pace()
        self._threads, self._batch = threads, batch
        self._rounds = Rounds()
        self._next_plan = self._next_beat = 0.0

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
        """One look: the pulse, the sweeps if it is time, and every practice with due work.

        Returns how many texts were handed over. Where there is more than fits before the next
        sweep, the rest is for the next turn. What is due goes before what is planned: a dispatcher
        that dies while it plans, or whose plan the database refuses, has sent.
        """
        self._beat()
        if time.monotonic() < self._next_plan:
            return self._send_until(self._next_plan)
        return self._sweep(until=time.monotonic() + PLAN_EVERY)

    def once(self) -> int:
        """One sweep, and everything that is due, however long it takes; returns how many left."""
        self._beat()
        return self._sweep(until=float("inf"))

    def _sweep(self, *, until: float) -> int:
        """Everything that no request asks for: alerts that wait, what is due, texts to plan."""
        self._next_plan = time.monotonic() + PLAN_EVERY
        left.sweep(self.stop)
        ladder.sweep(self.stop)
        notices.sweep(self.stop)
        handed_over = self._send_until(until)
        sweep(self._rounds, self.stop)
        return handed_over + self._send_until(until)

    def _send_until(self, until: float) -> int:
        handed_over = 0
        while not self.stop.is_set() and time.monotonic() < until:
            handed_over += (sent := self.send(until=until))
            if not sent:
                break
        return handed_over

    def send(self, *, until: float = float("inf")) -> int:
        """Send what is due, every practice in its turn; begin nothing after `until` (monotonic).

        Returns how many texts were handed over.
        """
        due = deque(practices_with_due_work(clock.now()))
        if not due:
            return 0
        return _Round(self, due, until).whole()

    def _beat(self) -> None:
        if time.monotonic() >= self._next_beat:
            beat()
            self._next_beat = time.monotonic() + _BEAT_EVERY


class _Round:
    """Everything that is due at one look."""

    def __init__(self, dispatcher: Dispatcher, due: deque[UUID], until: float) -> None:
        self._dispatcher, self._due, self._until = dispatcher, due, until
        self._batch = dispatcher._batch
        self._entered: set[UUID] = set()
        self._told_to_wait: set[UUID] = set()
        self._handed_over = 0
        self._paced: dict[UUID, float] = {}
        threads = dispatcher._threads
        self._sends: Line[Outgoing, Answer] = Line(
            _send, threads=threads, unbegun=Answer(Meaning.UNSENT), begin_within=_BEGIN_WITHIN
        )
        self._looks: Line[Doubt, Found | CannotLookError | None] = Line(
            _look,
            threads=min(threads, _LOOKERS),
            unbegun=CannotLookError("not asked"),
            begin_within=_BEGIN_WITHIN,
        )
        # One that is called, and one behind it, which lasts while the next batch is claimed.
        self._most = 2 * threads

    def whole(self) -> int:
        """Claim, call and record until nothing is due and nothing is out.

        Told to stop, it begins nothing more: what still waits in the line goes back unsent.
        """
        stop = self._dispatcher.stop
        try:
            while not stop.is_set() and (
                self._due or self._sends.in_flight or self._looks.in_flight
            ):
                self._claim()
                self._record(_GATHER)
                self._dispatcher._beat()
        finally:
            record_all(self._sends.close())
            record_looks(self._looks.close())
        return self._handed_over

    def _claim(self) -> None:
        """Fill the line again; a practice with more due goes behind the others."""
        if time.monotonic() >= self._until:
            self._due.clear()
            self._paced.clear()
        self._call_back_paced()
        while self._due and self._sends.in_flight <= self._most:
            practice_id = self._due.popleft()
            try:
                if self._serve(practice_id):
                    self._due.append(practice_id)
            except DatabaseError:
                raise
            except Exception:  # its rows stay as they are, and the others are not kept waiting
                logger.exception("sending failed", practice=str(practice_id))

    def _call_back_paced(self) -> None:
        """Practices whose senders had no room are looked at again while the round goes on."""
        now = time.monotonic()
        ripe = [practice_id for practice_id, at in self._paced.items() if at <= now]
        for practice_id in ripe:
            del self._paced[practice_id]
        self._due.extend(ripe)

    def _serve(self, practice_id: UUID) -> bool:
        """Take a batch of one practice's texts; True where there may be more."""
        if practice_id in self._told_to_wait:
            return False
        if practice_id not in self._entered and self._looks.in_flight < resolving.BATCH:
            doubts = doubts_of(practice_id)
            self._looks.put(doubts)
            if len(doubts) < resolving.BATCH:  # else there may be more, when these have come back
                self._entered.add(practice_id)
        pace, full = self._dispatcher.pace, set[Route]()

        def room(route: Route) -> int | None:
            left = pace.room(route)
            if left == 0:
                full.add(route)
            return left

        with practice_scope(practice_id):
            rows, texts = claiming.claim_batch(limit=self._batch, room=room)
        for text in texts:
            pace.spend(text.route, text.segments)
        self._sends.put(texts)
        self._handed_over += len(texts)
        if full or any(text.route.segments_a_second is not None for text in texts):
            self._paced[practice_id] = time.monotonic() + _PACED_LOOK
            return False
        return len(rows) >= self._batch and _went_on(rows)

    def _record(self, seconds: float) -> None:
        results = self._sends.take(seconds, down_to=self._most if self._due else 0)
        self._told_to_wait |= {
            text.practice_id for text, answer in results if answer.meaning is Meaning.TOO_FAST
        }
        record_all(results)
        looks = self._looks.take(0 if self._sends.in_flight else seconds)
        record_looks(looks)
        # Where the list cannot be read now, more looks in this round would only wait for it again.
        self._entered |= {
            doubt.sought.practice_id for doubt, found in looks if isinstance(found, CannotLookError)
        }
        # What was not found may be tried once more, at once.
        self._due.extend({doubt.sought.practice_id for doubt, _ in looks} - set(self._due))


def sweep(rounds: Rounds, stop: threading.Event | None = None) -> None:
    """Plan the texts of every practice that is due, and work messages whose task was lost.

    One practice's trouble does not keep the others waiting.
    """
    now = clock.now()
    for practice_id in rounds.due(now):
        if stop is not None and stop.is_set():
            return
        try:
            with practice_scope(practice_id):
                planning.plan()
            if _work_forgotten(practice_id):
                rounds.look_again(practice_id, now)
            else:
                rounds.planned(practice_id, now)
        except Exception as error:
            # A statement that took too long is this practice's trouble; a lost server everybody's.
            if isinstance(error, DatabaseError) and not connections["default"].is_usable():
                raise
            logger.exception("planning failed", practice=str(practice_id))


def doubts_of(practice_id: UUID) -> list[Doubt]:
    """End old leases; the attempts in doubt to ask the provider about now."""
    with practice_scope(practice_id):
        resolving.end_leases()
        return resolving.pick_doubts()


def _work_forgotten(practice_id: UUID) -> bool:
    """Work what has waited too long for its task; True where there may be more than was read."""
    before = clock.now() - _UNWORKED_AFTER
    with practice_scope(practice_id):
        forgotten, news = receiving.unworked(before), outcomes.unworked_news(before)
    for message_id in forgotten:
        _work_one(practice_id, receiving.work, message_id)
    for event_id in news:
        _work_one(practice_id, outcomes.work_news, event_id)
    return bool(forgotten or news)


def _work_one(practice_id: UUID, work: Callable[[UUID], object], pk: UUID) -> None:
    """One that cannot be worked is tried again at the next sweep, and holds up none behind it."""
    try:
        with practice_scope(practice_id):
            work(pk)
    except DatabaseError:
        raise
    except Exception:
        logger.exception(
            "a message could not be worked", practice=str(practice_id), message=str(pk)
        )


def _went_on(rows: Iterable[Reminder]) -> bool:
    """Whether any of these is not due any more: what somebody is changing just now stays due."""
    now = clock.now()
    return any(row.state != State.PLANNED or row.due_at > now for row in rows)


def _send(text: Outgoing) -> Answer:
    """One call; a transport that breaks its promise and raises leaves doubt, never silence."""
    may_have_left = False
    try:
        transport = transport_of(text.practice_id, text.route)  # may have to read credentials
        may_have_left = True
        return transport.send(text)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the text may have left
        logger.error("sending failed", attempt=str(text.attempt_id), error=type(error).__name__)
        return Answer(Meaning.DOUBT if may_have_left else Meaning.UNSENT)
    finally:
        _leave_database()


def _look(doubt: Doubt) -> Found | CannotLookError | None:
    """Ask the provider about one attempt; whatever goes wrong, nothing is known and it comes back.

    A look that never came back would keep its round from ending.
    """
    try:
        return transport_of(doubt.sought.practice_id, doubt.route).find(doubt.sought)
    except CannotLookError as error:
        return error
    except Exception as error:  # noqa: BLE001 - as `_send`: a thread that ends takes its job along
        attempt = str(doubt.sought.attempt_id)
        logger.error("looking failed", attempt=attempt, error=type(error).__name__)
        return CannotLookError(type(error).__name__)
    finally:
        _leave_database()


def _leave_database() -> None:
    """Many threads, few connections: one that has read or written gives its own back at once."""
    if threading.current_thread() is not threading.main_thread():
        connections.close_all()
