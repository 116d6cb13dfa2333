"""The Twilio transport: the real client over HTTP against the stand-in."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from twilio.request_validator import RequestValidator

from reminders.rules.answers import Meaning
from reminders.rules.states import Receipt
from reminders.transports import twilio as transport
from reminders.transports.base import CannotLookError, Outgoing, Route, Sought, digest
from reminders.transports.twilio import Twilio, TwilioAccount, signature_is_right
from tests.fakes.twilio import (
    ACCOUNT,
    TOKEN,
    TOO_FAST,
    Accept,
    AcceptThenHang,
    FakeTwilio,
    Garble,
    HangUp,
    Refuse,
    sign,
)

NUMBER = "+447700900142"

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def fake() -> Iterator[FakeTwilio]:
    with FakeTwilio().running() as running:
        yield running


@pytest.fixture
def twilio(fake: FakeTwilio, monkeypatch: pytest.MonkeyPatch) -> Twilio:
    monkeypatch.setattr(transport, "READ_SECONDS", 0.3)
    return Twilio(TwilioAccount(ACCOUNT, TOKEN, sender="+441134960142", api=fake.url))


def text(body: str = "Hello Nadia.") -> Outgoing:
    callback = "https://portal.example/alder/hooks/s"
    return Outgoing(uuid4(), uuid4(), NUMBER, body, callback, Route("twilio"))


def sought(of: Outgoing, since: datetime | None = None) -> Sought:
    now = datetime.now(UTC)  # noqa: TID251 - the provider's clock
    return Sought(of.practice_id, of.attempt_id, of.to, digest(of.body), since or now)


def test_wrong_credentials_are_our_fault_and_nothing_is_taken(fake):
    outsider = Twilio(TwilioAccount(ACCOUNT, "wrong", sender="+441134960142", api=fake.url))
    answer = outsider.send(text())
    assert (answer.meaning, answer.code) == (Meaning.OUR_FAULT, 20003)
    assert not fake.messages


def test_a_taken_text_has_an_id_and_names_its_callback(fake, twilio):
    answer = twilio.send(text())
    assert answer.meaning is Meaning.ACCEPTED
    assert answer.sid == fake.messages[0].sid
    assert fake.messages[0].status_callback == "https://portal.example/alder/hooks/s"


@pytest.mark.parametrize("sid", [None, "", "SM\x00", "S" * 65, 7])
def test_an_id_that_can_be_none_is_doubt(twilio, monkeypatch, sid):
    """The ledger could not keep it, and with it no other answer of its batch."""
    monkeypatch.setattr(
        type(twilio._client.messages), "create", lambda _self, **_more: SimpleNamespace(sid=sid)
    )
    assert twilio.send(text()).meaning is Meaning.DOUBT


def test_a_messaging_service_is_used_where_there_is_one(fake):
    account = TwilioAccount(ACCOUNT, TOKEN, messaging_service="MG1", api=fake.url)
    assert Twilio(account).send(text()).meaning is Meaning.ACCEPTED


@pytest.mark.parametrize(
    ("behaviour", "meaning", "taken"),
    [
        (AcceptThenHang(), Meaning.DOUBT, 1),
        (HangUp(taken=True), Meaning.DOUBT, 1),
        (HangUp(taken=False), Meaning.DOUBT, 0),
        (Garble(), Meaning.DOUBT, 1),
        (Refuse(500), Meaning.DOUBT, 0),
        (Refuse(502, html=True), Meaning.DOUBT, 0),
        (TOO_FAST, Meaning.TOO_FAST, 0),
        (Refuse(429), Meaning.TOO_FAST, 0),
        (Refuse(400, 21610), Meaning.OPTED_OUT, 0),
        (Refuse(400, 21211), Meaning.BAD_NUMBER, 0),
        (Refuse(400, 21408), Meaning.FILTERED, 0),
        (Refuse(400, 21606), Meaning.OUR_FAULT, 0),
        (Refuse(400, 99999), Meaning.UNKNOWN, 0),
        (Refuse(400), Meaning.UNKNOWN, 0),
        (Refuse(307), Meaning.UNKNOWN, 0),
    ],
)
def test_every_end_of_a_call_is_one_answer_and_one_call(fake, twilio, behaviour, meaning, taken):
    fake.script(behaviour)
    assert twilio.send(text()).meaning is meaning
    assert len(fake.messages) == taken
    assert fake.calls == 1


def test_a_closed_door_means_that_nothing_left(fake):
    account = TwilioAccount(ACCOUNT, TOKEN, sender="+441134960142", api="http://127.0.0.1:9")
    assert Twilio(account).send(text()).meaning is Meaning.UNSENT


def test_a_text_in_doubt_is_found_by_its_words(fake, twilio):
    fake.script(Accept(), AcceptThenHang())
    twilio.send(text("Another text"))
    lost = text("Hello Nadia. You are booked.")
    assert twilio.send(lost).meaning is Meaning.DOUBT
    fake.callbacks(fake.messages[1], "delivered")
    found = twilio.find(sought(lost))
    assert found is not None
    assert (found.sid, found.receipt) == (fake.messages[1].sid, Receipt.DELIVERED)


def test_a_text_that_never_arrived_is_not_found(fake, twilio):
    fake.script(Accept(), HangUp(taken=False))
    twilio.send(text("Another text"))
    lost = text("Hello Nadia. You are booked.")
    twilio.send(lost)
    assert twilio.find(sought(lost)) is None


def test_a_list_without_words_is_matched_by_time(fake, twilio):
    fake.redacts = True
    lost = text()
    twilio.send(lost)
    assert twilio.find(sought(lost)) is not None
    hours_ago = datetime.now(UTC) - timedelta(hours=3)  # noqa: TID251 - the provider's clock
    assert twilio.find(sought(lost, since=hours_ago)) is None


def test_a_reply_in_the_list_is_never_taken_for_our_text(fake, twilio):
    said = text("C")
    twilio.send(said)
    fake.messages[0].direction = "inbound"
    assert twilio.find(sought(said)) is None


def test_a_list_that_cannot_be_read_concludes_nothing(fake, twilio):
    fake.list_broken = True
    with pytest.raises(CannotLookError):
        twilio.find(sought(text()))


def test_nothing_of_a_text_reaches_the_log_or_a_traceback(fake, twilio, caplog):
    caplog.set_level(logging.DEBUG)
    outgoing = text("Hello Nadia Rahman")
    fake.script(Accept(), Refuse(400, 21211), AcceptThenHang())
    for _ in range(3):
        twilio.send(outgoing)
    twilio.find(sought(outgoing))
    said = caplog.text + repr(outgoing) + repr(sought(outgoing))
    for secret in ("Nadia", "7700900142", TOKEN):
        assert secret not in said
    assert TOKEN not in repr(TwilioAccount(ACCOUNT, TOKEN))


URL = "https://portal.example/alder/hooks/twilio/status?attempt=1"


def test_a_forged_altered_or_unsigned_call_is_refused():
    params = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    right = sign(URL, params)
    many = {k: [v] for k, v in params.items()}
    assert signature_is_right(TOKEN, URL, many, right)
    assert not signature_is_right(TOKEN, URL, many, "")
    assert not signature_is_right(TOKEN, URL, many, right[:-2] + "x=")
    assert not signature_is_right(TOKEN, URL.replace("alder", "birch"), many, right)
    assert not signature_is_right(TOKEN, URL, {**many, "MessageStatus": ["failed"]}, right)
    assert not signature_is_right(TOKEN, URL, {**many, "Extra": ["1"]}, right)
    assert not signature_is_right(
        "", URL, many, RequestValidator("").compute_signature(URL, params)
    )


def test_every_value_of_a_repeated_name_is_signed():
    params = {"MediaUrl": ["a", "b"]}
    validator = RequestValidator(TOKEN)
    signature = validator.compute_signature(URL, transport._MultiValue(params))
    assert signature_is_right(TOKEN, URL, params, signature)
    assert not signature_is_right(TOKEN, URL, {"MediaUrl": ["a"]}, signature)


def test_a_json_body_counts_only_with_its_hash_in_the_address():
    body = '{"MessageSid": "SM1"}'
    plain = RequestValidator(TOKEN).compute_signature(URL, {})
    assert not signature_is_right(TOKEN, URL, body, plain)
    hashed = f"{URL}&bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(hashed, {})
    assert signature_is_right(TOKEN, hashed, body, signature)
    assert not signature_is_right(TOKEN, hashed, body + " ", signature)
