"""A round ends whatever breaks in it, ends soon when told to, and forgets no slow sender."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import deque

import pytest
from django.db import OperationalError, connections

from portal.tenancy.context import practice_scope
from reminders import dispatcher as module
from reminders.dispatcher import Dispatcher
from reminders.models import Attempt
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import Outcome, State
from reminders.transports.base import Outgoing
from tests.fakes.accounts import give_account
from tests.reminders.conftest import BY, NOON, Desk
from tests.reminders.dispatching.conftest import here, row

pytestmark = pytest.mark.committed


def test_a_look_that_breaks_comes_back_as_nothing_known(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    """The credentials for the look could not be read: the database was away for a moment."""
    here(desk, desk.book)
    here(desk, desk.plan)
    here(desk, desk.claim)
    desk.go_to(NOON + dt.timedelta(minutes=3))  # its sender never came back

    def away(*_: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(module, "transport_of", away)

    def send() -> None:
        try:
            Dispatcher(threads=2).send()
        finally:
            connections.close_all()

    sending = threading.Thread(target=send, daemon=True)
    sending.start()
    sending.join(20)
    assert not sending.is_alive()
    assert row(desk).state == State.AMBIGUOUS


def test_told_to_stop_it_calls_nothing_more_and_what_waited_goes_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    for patient, clinician in (("ana", "cole"), ("ben", "cleo")):
        here(desk, lambda p=patient, c=clinician: desk.book(patient=p, clinician=c))  # type: ignore[misc]
    here(desk, desk.plan)
    ending = Dispatcher(threads=1)
    called: list[Outgoing] = []

    def slow(text: Outgoing) -> Answer:
        called.append(text)
        ending.stop.set()
        time.sleep(0.5)
        return Answer(Meaning.ACCEPTED, sid=f"SM{len(called)}")

    monkeypatch.setattr(module, "_send", slow)
    ending.send()
    assert len(called) == 1
    with practice_scope(desk.cast.alder.pk):
        assert sorted(row.state for row in desk.rows()) == [State.PLANNED, State.SENT]
        outcomes = Attempt.objects.values_list("outcome", flat=True)
        assert sorted(outcomes) == [Outcome.ACCEPTED, Outcome.UNSENT]


def test_a_sender_without_room_is_looked_at_again_in_the_same_round(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    here(desk, lambda: give_account(by=BY, segments_a_second=1))
    monkeypatch.setattr(one.pace, "room", lambda route: 0 if route.segments_a_second else None)
    alder = desk.cast.alder.pk
    round_ = module._Round(one, deque([alder]), float("inf"))
    assert not round_._serve(alder)
    assert alder in round_._paced
