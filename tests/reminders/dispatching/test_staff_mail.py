"""Mail to staff with real commits: from the alert to the mailbox, once, whoever dies on the way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connections

from portal.tenancy.context import practice_scope
from portal.work import services as work
from portal.work.models import WorkItem
from reminders.dispatcher import Dispatcher
from reminders.models import Reminder
from reminders.services import notices
from tests.cast import SET_UP
from tests.reminders.conftest import Desk
from tests.reminders.dispatching.conftest import next_turn

pytestmark = pytest.mark.committed


class _KilledError(BaseException):
    """The process is gone: nothing catches this."""


def alert(desk: Desk, code: str = "t") -> WorkItem:
    ana = desk.cast.patient("ana")
    with practice_scope(desk.cast.alder.pk):
        return work.raise_alert(code=code, title="T", patient_id=ana.pk, source=ana, by=SET_UP)


def mail_rows(desk: Desk) -> int:
    with practice_scope(desk.cast.alder.pk):
        return Reminder.objects.filter(member=desk.cast.cole.membership).count()


def test_an_alert_is_in_the_mailbox_after_one_turn_and_only_once(desk: Desk, one: Dispatcher):
    alert(desk)
    next_turn(one)
    next_turn(one)
    (sent,) = mail.outbox
    assert sent.to == ["cole@example.org"]
    assert "Ana" not in f"{sent.body} {sent.subject}"


def test_two_sweeps_at_once_make_one_mail(desk: Desk):
    for number in range(8):
        alert(desk, f"t{number}")
    gate = threading.Barrier(2)

    def sweep(_: int) -> int:
        try:
            gate.wait(timeout=10)
            return notices.sweep()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(sweep, range(2)))
    notices.sweep()
    assert mail_rows(desk) == 1


def test_killed_while_gathering_nothing_is_lost_and_nothing_doubled(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    alert(desk)

    def die(*_: object) -> None:
        raise _KilledError

    monkeypatch.setattr(notices, "_settle", die)
    with pytest.raises(_KilledError):
        notices.sweep()
    monkeypatch.undo()
    assert mail_rows(desk) == 0
    next_turn(one)
    next_turn(one)
    assert len(mail.outbox) == 1


def test_news_that_cannot_be_gathered_keeps_no_other_practice_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    zoe = desk.cast.patient("zoe")
    with practice_scope(desk.cast.birch.pk):
        work.raise_alert(code="t", title="T", patient_id=zoe.pk, source=zoe, by=SET_UP)
    alert(desk)
    gather = notices.gather
    calls = iter((True, False))

    def fail_first() -> int:
        if next(calls):
            raise RuntimeError
        return gather()

    monkeypatch.setattr(notices, "gather", fail_first)
    assert notices.sweep() == 1
