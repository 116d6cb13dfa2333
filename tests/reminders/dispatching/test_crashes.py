"""Killed at any moment: nothing lost, nothing doubled (T-REM-01, -04, -06)."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db.utils import OperationalError
from pytest_django import Settings

from portal.tenancy.context import practice_scope
from reminders import bell, dispatcher, tasks
from reminders.dispatcher import Dispatcher
from reminders.models import Reminder
from reminders.rules.answers import GRACE, Answer
from reminders.rules.states import State
from reminders.services import claiming, recording, resolving
from reminders.transports.base import CannotLookError, Sought
from reminders.transports.practice_phone import PracticePhone
from tests.environment.fixtures import CommittedDatabase
from tests.reminders.conftest import NOON, Desk, ScriptedTransport
from tests.reminders.dispatching.conftest import here, next_turn, row

pytestmark = [pytest.mark.committed, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]


class _KilledError(BaseException):
    """The process is gone: nothing catches this."""


def test_a_dispatcher_killed_while_sending_loses_and_doubles_nothing(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    here(desk, desk.book)

    def die(*_: object) -> Answer:
        raise _KilledError

    monkeypatch.setattr(PracticePhone, "send", die)
    with pytest.raises(_KilledError):
        one.turn()
    assert row(desk).state == State.SENDING
    monkeypatch.undo()
    heir = Dispatcher(threads=0)
    assert heir.turn() == 0  # the lease still runs
    desk.go_to(NOON + claiming.LEASE + dt.timedelta(seconds=5))
    assert next_turn(heir) == 0  # in doubt: asked about, not sent again
    assert row(desk).state == State.AMBIGUOUS
    desk.go_to(NOON + GRACE + dt.timedelta(minutes=2))
    assert next_turn(heir) == 1
    assert row(desk).state == State.DELIVERED
    with practice_scope(desk.cast.alder.pk):
        assert len(desk.handset()) == 1


def test_a_dispatcher_killed_after_sending_finds_its_text_and_sends_no_second(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    here(desk, desk.book)

    def die(*_: object) -> None:
        raise _KilledError

    monkeypatch.setattr(recording, "record_answers", die)
    with pytest.raises(_KilledError):
        one.turn()
    monkeypatch.undo()
    desk.go_to(NOON + claiming.LEASE + dt.timedelta(seconds=5))
    assert next_turn(Dispatcher(threads=0)) == 0
    assert row(desk).state == State.DELIVERED
    with practice_scope(desk.cast.alder.pk):
        assert len(desk.handset()) == 1
        assert desk.row().attempts == 1


def test_an_answer_that_cannot_be_recorded_is_asked_for_later(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    here(desk, desk.book)

    def away(*_: object) -> int:
        raise OperationalError("the database is away")

    monkeypatch.setattr(recording, "record_answers", away)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    assert one.turn() == 1
    assert row(desk).state == State.SENDING
    monkeypatch.undo()
    desk.go_to(NOON + claiming.LEASE + dt.timedelta(seconds=5))
    next_turn(one)
    assert row(desk).state == State.DELIVERED


def test_one_answer_that_cannot_be_read_does_not_keep_the_others(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    with practice_scope(desk.cast.alder.pk):
        for hours in (21, 22):
            desk.book_another(NOON + dt.timedelta(hours=hours))
    whole, odd = recording.record_answers, list[UUID]()

    def record(answers: list[tuple[UUID, Answer]]) -> int:
        if not odd:
            odd.append(answers[0][0])
        if odd[0] in dict(answers):
            raise ValueError("nobody thought of this")
        return whole(answers)

    monkeypatch.setattr(recording, "record_answers", record)
    assert one.turn() == 2
    with practice_scope(desk.cast.alder.pk):
        states = sorted(Reminder.objects.values_list("state", flat=True))
    assert states == [State.DELIVERED, State.SENDING]


@pytest.fixture
def doubts(desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Five texts that left under a dispatcher which died before it could record that."""

    def die(*_: object) -> None:
        raise _KilledError

    for hours in range(18, 23):
        with practice_scope(desk.cast.alder.pk):
            desk.book_another(NOON + dt.timedelta(hours=hours))
    with monkeypatch.context() as patched:
        patched.setattr(recording, "record_answers", die)
        with pytest.raises(_KilledError):
            one.turn()
    desk.go_to(NOON + claiming.LEASE + dt.timedelta(seconds=5))
    monkeypatch.setattr(resolving, "BATCH", 2)
    return desk


def test_doubts_of_more_than_a_batch_are_settled_in_one_round(doubts: Desk):
    Dispatcher(threads=0).send()
    states = here(doubts, lambda: {row.state for row in doubts.rows()})
    assert states == {State.DELIVERED}


def test_a_list_that_cannot_be_read_is_asked_for_one_batch_in_a_round(
    doubts: Desk, monkeypatch: pytest.MonkeyPatch
):
    asked = []

    def away(_self: PracticePhone, sought: Sought) -> None:
        asked.append(sought.attempt_id)
        raise CannotLookError("away")

    monkeypatch.setattr(PracticePhone, "find", away)
    Dispatcher(threads=0).send()
    assert len(asked) == 2


def test_a_transport_that_breaks_its_promise_leaves_doubt(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    here(desk, desk.book)
    broken = ScriptedTransport(answers=[RuntimeError("surprise")])
    monkeypatch.setattr(dispatcher, "transport_of", lambda *_: broken)
    one.turn()
    assert row(desk).state == State.AMBIGUOUS


def test_the_loop_waits_for_a_database_that_goes_away(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    turns = iter([OperationalError("away"), None])

    def turn() -> int:
        error = next(turns)
        if error is not None:
            raise error
        one.stop.set()
        return 0

    monkeypatch.setattr(one, "turn", turn)
    monkeypatch.setattr(bell, "wait", lambda *_: None)
    one.run()
    assert list(turns) == []


def test_told_to_stop_it_finishes_the_batch_and_starts_no_other(desk: Desk, one: Dispatcher):
    with practice_scope(desk.cast.alder.pk):
        desk.book()
        desk.plan()
    one.stop.set()
    assert one.send() == 0
    assert row(desk).state == State.PLANNED


def test_the_command_sends_with_threads_and_ends_cleanly_on_sigterm(
    desk: Desk, committed_db: CommittedDatabase
):
    with practice_scope(desk.cast.alder.pk):
        for hours in range(15, 24):
            desk.book(NOON + dt.timedelta(hours=hours))
    environment = {**os.environ, **committed_db.environment}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "dispatch"],
        cwd=django_settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until(lambda: _delivered(desk) == 9, seconds=60)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0, said
    assert "Ana" not in said
    assert "7700900101" not in said


def _delivered(desk: Desk) -> int:
    with practice_scope(desk.cast.alder.pk):
        return Reminder.objects.filter(state=State.DELIVERED).count()


def _wait_until(look: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def test_the_bell_wakes_at_once_and_its_silence_costs_only_the_wait(broker):
    stop = threading.Event()
    tasks.ring()
    began = time.monotonic()
    bell.wait(5.0, stop)
    assert time.monotonic() - began < 1.0
    began = time.monotonic()
    bell.wait(0.3, stop)
    assert 0.2 < time.monotonic() - began < 2.0


def test_beat_rings_the_bell_through_the_real_broker(broker):
    tasks.ring.celery_task.apply_async()
    assert [task.name for task in broker.run()] == ["reminders.ring"]
    began = time.monotonic()
    bell.wait(5.0, threading.Event())
    assert time.monotonic() - began < 1.0


def test_without_redis_nothing_is_lost_but_the_hurry(
    desk: Desk, one: Dispatcher, settings: Settings
):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    bell._client.cache_clear()
    try:
        bell.ring()
        began = time.monotonic()
        bell.wait(0.3, threading.Event())
        assert time.monotonic() - began >= 0.3
        here(desk, desk.book)
        assert one.turn() == 1
    finally:
        bell._client.cache_clear()
