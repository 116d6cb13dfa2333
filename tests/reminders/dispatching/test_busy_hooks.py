"""A call from outside never waits for a claim: news is kept, and worked when the row is free."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.db import connections
from django.test import Client
from pytest_django import Settings

from portal.tenancy.context import practice_scope
from reminders.dispatcher import Dispatcher
from reminders.models import DeliveryEvent, Reminder
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from tests.fakes.accounts import give_account
from tests.fakes.twilio import ACCOUNT, sign
from tests.reminders.conftest import BY, NOON, Desk
from tests.reminders.dispatching.conftest import here, next_turn, row

pytestmark = [pytest.mark.committed, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]

HOST = "https://portal.example"


def test_news_about_a_row_that_somebody_holds_is_answered_at_once_and_worked_later(
    desk: Desk, one: Dispatcher, settings: Settings, broker
):
    settings.PUBLIC_URL = HOST
    here(desk, lambda: give_account(by=BY))
    outgoing = here(desk, desk.sent)
    here(desk, lambda: desk.answer(outgoing, Answer(Meaning.ACCEPTED, sid="SM0")))  # type: ignore[arg-type]
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with practice_scope(desk.cast.alder.pk):
                list(Reminder.objects.select_for_update())
                held.set()
                let_go.wait(20)
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(10)
        path = outgoing.callback_url.removeprefix(HOST)  # type: ignore[attr-defined]
        fields = {"MessageSid": "SM0", "MessageStatus": "delivered", "AccountSid": ACCOUNT}
        signed = {"X-Twilio-Signature": sign(HOST + path, fields)}
        began = time.monotonic()
        assert Client().post(path, fields, headers=signed).status_code == 204
        assert time.monotonic() - began < 5  # nobody let go meanwhile
        with practice_scope(desk.cast.alder.pk):
            assert DeliveryEvent.objects.get().waits
        assert row(desk).state == State.SENT
    finally:
        let_go.set()
        holder.join()
    assert [task.name for task in broker.take()] == ["reminders.work_news"]  # and it gets lost
    desk.go_to(NOON + dt.timedelta(minutes=1))
    next_turn(one)
    assert row(desk).state == State.DELIVERED
    with practice_scope(desk.cast.alder.pk):
        assert not DeliveryEvent.objects.get().waits
