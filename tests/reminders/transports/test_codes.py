"""T-REM-13: every code of the table through the real client, and twenty that nobody knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from reminders.models import ChannelStop
from reminders.rules.answers import CODES, Answer, Meaning, meaning_of_code
from reminders.rules.states import State
from reminders.transports.twilio import Twilio, TwilioAccount
from tests.fakes.twilio import ACCOUNT, NUMBER, TOKEN, FakeTwilio, Refuse
from tests.reminders.conftest import NOON, Desk, hear

pytestmark = [pytest.mark.django_db, pytest.mark.allow_hosts(["127.0.0.1"])]

UNKNOWN = [99_000 + number for number in range(17)] + [21_999, 30_999, 63_001]
WAITS = {Meaning.TOO_FAST, Meaning.OUR_FAULT, Meaning.LATER}


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeTwilio]:
    with FakeTwilio().running() as running:
        yield running


def test_the_table_holds_forty_codes_and_twenty_are_strangers():
    assert len(CODES) >= 40
    assert len(UNKNOWN) == 20
    assert not CODES.keys() & set(UNKNOWN)


@pytest.mark.parametrize("code", [*CODES, *UNKNOWN])
def test_every_code_has_its_class_through_the_real_client(desk: Desk, fake: FakeTwilio, code: int):
    carrier = Twilio(TwilioAccount(ACCOUNT, TOKEN, sender=NUMBER, api=fake.url))
    text = desk.sent()
    fake.script(Refuse(429 if CODES.get(code) is Meaning.TOO_FAST else 400, code))
    calls = fake.calls
    answer = carrier.send(text)
    assert answer.meaning is CODES.get(code, Meaning.UNKNOWN)
    assert fake.calls == calls + 1  # no second try of the library's own
    desk.answer(text, answer)
    waits = desk.row().state == State.PLANNED
    assert waits == (answer.meaning in WAITS)
    assert ChannelStop.objects.exists() == (answer.meaning is Meaning.OUR_FAULT)
    desk.go_to(NOON + dt.timedelta(hours=1))
    if answer.meaning is Meaning.UNKNOWN:
        assert desk.claim() == []  # never again by itself


@pytest.mark.parametrize("code", UNKNOWN)
def test_an_unknown_code_of_a_receipt_is_never_tried_again(desk: Desk, code: int):
    desk.answer(desk.sent(), Answer(Meaning.ACCEPTED, sid="SM1"))
    hear(status="undelivered", sid="SM1", code=code)
    assert meaning_of_code(code) is Meaning.UNKNOWN
    assert desk.row().state == State.UNDELIVERED
    desk.go_to(NOON + dt.timedelta(hours=1))
    assert desk.claim() == []
