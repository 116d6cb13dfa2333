"""Through the real client over HTTP: time-outs, resets, limits (T-REM-02, -12)."""

from __future__ import annotations

import datetime as dt
import logging
from uuid import uuid4

import pytest
from django.conf import settings as django_settings

from portal.tenancy.context import practice_scope
from reminders import transports
from reminders.dispatcher import Dispatcher
from reminders.rules.answers import GRACE
from reminders.rules.states import State
from reminders.services import receiving
from reminders.transports.base import Route
from tests.fakes.accounts import give_account
from tests.fakes.twilio import TOKEN, TOO_FAST, AcceptThenHang, FakeTwilio, HangUp, Refuse
from tests.reminders.conftest import BY, LONDON, NOON, Desk
from tests.reminders.dispatching.conftest import here, next_turn, row

pytestmark = [pytest.mark.committed, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]


def test_a_text_goes_out_through_the_real_client(desk: Desk, fake: FakeTwilio):
    here(desk, desk.book)
    assert Dispatcher(threads=4).turn() == 1
    assert row(desk).state == State.SENT
    (message,) = fake.messages
    assert message.to == "+447700900101"
    assert message.status_callback.startswith(f"{django_settings.PUBLIC_URL}/alder/hooks/")


def test_a_time_out_after_accept_is_found_at_the_provider(
    desk: Desk, one: Dispatcher, fake: FakeTwilio
):
    here(desk, desk.book)
    fake.script(AcceptThenHang())
    one.turn()
    assert row(desk).state == State.AMBIGUOUS
    desk.go_to(NOON + dt.timedelta(minutes=2))
    next_turn(one)
    found = row(desk)
    assert (found.state, found.attempts) == (State.SENT, 1)
    assert len(fake.messages) == 1


def test_a_lost_call_is_made_once_more_after_the_grace_time(
    desk: Desk, one: Dispatcher, fake: FakeTwilio
):
    here(desk, desk.book)
    fake.script(HangUp(taken=False))
    one.turn()
    for minutes in (2, 8):
        desk.go_to(NOON + dt.timedelta(minutes=minutes))
        next_turn(one)
        assert row(desk).state == State.AMBIGUOUS
    desk.go_to(NOON + GRACE + dt.timedelta(minutes=2))
    next_turn(one)
    assert (row(desk).state, row(desk).attempts) == (State.SENT, 2)
    assert len(fake.messages) == 1


def test_a_list_that_cannot_be_read_settles_nothing(desk: Desk, one: Dispatcher, fake: FakeTwilio):
    here(desk, desk.book)
    fake.script(AcceptThenHang())
    one.turn()
    fake.list_broken = True
    desk.go_to(NOON + GRACE + dt.timedelta(minutes=2))
    next_turn(one)
    assert row(desk).state == State.AMBIGUOUS
    assert len(fake.messages) == 1


def test_too_fast_backs_off_and_loses_nothing(desk: Desk, one: Dispatcher, fake: FakeTwilio):
    with practice_scope(desk.cast.alder.pk):
        for hours in range(15, 24):
            desk.book_another(NOON + dt.timedelta(hours=hours))
    fake.script(*[TOO_FAST] * 5)
    moment = NOON
    for _ in range(8):
        next_turn(one)
        moment += dt.timedelta(seconds=30)
        desk.go_to(moment)
    with practice_scope(desk.cast.alder.pk):
        assert {r.state for r in desk.rows()} == {State.SENT}
        assert {r.attempts for r in desk.rows()} == {1}
    assert len(fake.messages) == 9


def test_a_wrong_password_stops_the_channel_and_asks_nobody_to_wait(
    desk: Desk, one: Dispatcher, fake: FakeTwilio
):
    here(desk, lambda: give_account(by=BY, token="wrong"))
    here(desk, desk.book)
    one.turn()
    assert row(desk).state == State.PLANNED
    desk.go_to(NOON + dt.timedelta(minutes=6))
    next_turn(one)
    assert fake.calls == 1  # stopped: nothing knocks at that door again


def test_no_log_line_of_a_whole_journey_names_a_patient(
    desk: Desk, one: Dispatcher, fake: FakeTwilio, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    with practice_scope(desk.cast.alder.pk):
        for hours in (15, 17, 19, 21):
            desk.book(NOON + dt.timedelta(hours=hours))
    fake.script(AcceptThenHang(), Refuse(400, 21211), TOO_FAST)
    one.turn()
    here(desk, lambda: receiving.receive(sid="IN1", number="+447700900101", body="my secret"))
    desk.go_to(NOON + dt.timedelta(minutes=3))
    next_turn(one)
    lines = [
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith("django.db")  # statements, written at debug level only
    ]
    said = "\n".join(lines)
    for secret in ("Ana", "Abbott", "7700900101", "my secret", "booked with", TOKEN):
        assert secret not in said


def test_quiet_hours_hold_in_the_practices_zone(desk: Desk, one: Dispatcher):
    here(desk, lambda: desk.book(NOON + dt.timedelta(hours=23)))
    desk.go_to(NOON.replace(hour=21))
    assert next_turn(one) == 0
    due = row(desk).due_at.astimezone(LONDON)
    assert due.strftime("%a %H:%M") == "Wed 08:00"


def test_an_unknown_transport_is_refused_by_name():
    with pytest.raises(ValueError, match="pigeon"):
        transports.transport_of(uuid4(), Route("pigeon"))
