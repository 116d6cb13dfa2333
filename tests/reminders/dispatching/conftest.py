"""The dispatcher with real commits: every test has a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from pytest_django import Settings

from portal.tenancy.context import practice_scope
from reminders.dispatcher import Dispatcher
from reminders.models import Reminder
from reminders.transports import twilio
from tests.cast import Cast
from tests.environment.fixtures import CommittedDatabase
from tests.fakes.accounts import give_account
from tests.fakes.twilio import FakeTwilio
from tests.reminders.conftest import BY, Desk, furnish


@pytest.fixture
def desk(committed_db: CommittedDatabase, cast: Cast) -> Iterator[Desk]:
    """Alder at noon, committed; no practice is ambient."""
    with practice_scope(cast.alder.pk):
        made = furnish(cast)
    yield made
    connections.close_all()


@pytest.fixture
def one(desk: Desk) -> Dispatcher:
    """A dispatcher that calls from its own thread."""
    return Dispatcher(threads=0)


@pytest.fixture
def fake(desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTwilio]:
    """Alder sends through the stand-in of Twilio."""
    monkeypatch.setattr(twilio, "READ_SECONDS", 0.5)
    with FakeTwilio().running() as running:
        settings.TWILIO_API_BASE = running.url
        with practice_scope(desk.cast.alder.pk):
            give_account(by=BY)
        yield running


def here(desk: Desk, act: Callable[[], object]) -> object:
    """Do something inside Alder and commit."""
    with practice_scope(desk.cast.alder.pk):
        return act()


def row(desk: Desk) -> Reminder:
    """Alder's only reminder."""
    with practice_scope(desk.cast.alder.pk):
        return desk.row()


def next_turn(dispatcher: Dispatcher) -> int:
    """A turn with its sweep, as fifteen seconds later."""
    dispatcher._next_plan = 0.0
    return dispatcher.turn()
