"""Webhooks: forged, altered, replayed, twice (T-HOOK); kept and answered at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from portal import clock
from portal.people.models import ContactPoint, contact_token
from portal.tenancy.context import practice_scope
from reminders import tasks
from reminders.models import DeliveryEvent, InboundMessage, Reminder
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from reminders.services import accounts
from tests.cast import Cast
from tests.fakes.accounts import give_account
from tests.fakes.twilio import ACCOUNT, sign
from tests.reminders.conftest import BY, NOON, Desk, furnish

pytestmark = pytest.mark.django_db

HOST = "https://portal.example"
INBOUND, STATUS = "/alder/hooks/twilio/inbound", "/alder/hooks/twilio/status"
ANA = "+447700900101"


@pytest.fixture(autouse=True)
def account(settings: Settings) -> None:
    settings.PUBLIC_URL = HOST


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """As elsewhere, but the practice is left again: the provider calls from outside."""
    with practice_scope(cast.alder.pk):
        give_account(by=BY)
        return furnish(cast)


def text(body: str = "C", sid: str = "SM1", **more: str) -> dict[str, str]:
    return {"MessageSid": sid, "From": ANA, "Body": body, "AccountSid": ACCOUNT, **more}


def call(path: str, fields: dict[str, str], signature: str | None = None):
    signed = sign(HOST + path, fields) if signature is None else signature
    return Client().post(path, fields, headers={"X-Twilio-Signature": signed})


def unsigned_body(query: str) -> Any:
    """A JSON body behind an address that is signed, and says nothing of the body."""
    address = f"{INBOUND}?{query}"
    return Client().post(
        address,
        data='{"MessageSid": "SM1"}',
        content_type="application/json",
        headers={"X-Twilio-Signature": sign(HOST + address, {})},
    )


def kept(cast: Cast) -> list[str]:
    with practice_scope(cast.alder.pk):
        return [row.body for row in InboundMessage.objects.all()]


FORGERIES: dict[str, Callable[[], Any]] = {
    "no signature": lambda: call(INBOUND, text(), ""),
    "a made-up signature": lambda: call(INBOUND, text(), "c2lnbmVkIGJ5IG1l"),
    "signed for other words": lambda: call(INBOUND, text("X"), sign(HOST + INBOUND, text("C"))),
    "signed for another practice": lambda: call(
        INBOUND, text(), sign(HOST + INBOUND.replace("alder", "birch"), text())
    ),
    "signed for another host": lambda: call(
        INBOUND, text(), sign("https://evil.example" + INBOUND, text())
    ),
    "signed for the other hook": lambda: call(INBOUND, text(), sign(HOST + STATUS, text())),
    "a query added": lambda: Client().post(
        INBOUND + "?a=1", text(), headers={"X-Twilio-Signature": sign(HOST + INBOUND, text())}
    ),
    "a field added": lambda: call(INBOUND, text(Extra="1"), sign(HOST + INBOUND, text())),
    "another account": lambda: call(INBOUND, text(AccountSid="AC9")),
    "an unsigned body": lambda: Client().post(
        INBOUND,
        data='{"MessageSid": "SM1"}',
        content_type="application/json",
        headers={"X-Twilio-Signature": sign(HOST + INBOUND, {})},
    ),
    **{
        f"a body that {query} does not cover": partial(unsigned_body, query)
        for query in ("bodySHA256=", "xbodySHA256=1", "a=bodySHA256=", "bodySHA256=1")
    },
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_call_changes_nothing(desk: Desk, name: str):
    assert FORGERIES[name]().status_code == 403
    assert kept(desk.cast) == []


def test_without_an_account_every_call_is_refused(desk: Desk):
    with practice_scope(desk.cast.alder.pk):
        accounts.use_practice_phone(by=BY)
    clock.move_to(NOON + dt.timedelta(days=4))
    assert call(INBOUND, text()).status_code == 403


def test_another_practices_token_opens_nothing_here(desk: Desk):
    with practice_scope(desk.cast.birch.pk):
        give_account(by=BY, sid="AC" + "1" * 32, token="birchs-token")
    signed = RequestValidator("birchs-token").compute_signature(HOST + INBOUND, text())
    assert call(INBOUND, text(), signed).status_code == 403
    theirs = INBOUND.replace("alder", "birch")
    assert call(theirs, text()).status_code == 403
    assert kept(desk.cast) == []


def test_news_about_texts_of_the_account_before_still_counts_for_three_days(desk: Desk):
    with practice_scope(desk.cast.alder.pk):
        outgoing = desk.sent()
        give_account(by=BY, sid="AC" + "1" * 32, token="another-token")
    path = outgoing.callback_url.removeprefix(HOST)
    fields = {"MessageSid": "SM7", "MessageStatus": "delivered", "AccountSid": ACCOUNT}
    assert call(path, fields).status_code == 204
    with practice_scope(desk.cast.alder.pk):
        assert desk.row().state == State.DELIVERED
    clock.move_to(NOON + dt.timedelta(days=3, minutes=1))
    assert call(path, fields).status_code == 403


def test_looking_at_a_hook_is_not_calling_it(desk: Desk):
    assert Client().get(INBOUND).status_code == 405


def test_a_signed_text_is_kept_once_however_often_it_comes(desk: Desk):
    for _ in range(5):
        answer = call(INBOUND, text("is there parking"))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/xml"
        assert b"<Response/>" in answer.content
    assert kept(desk.cast) == ["is there parking"]


def test_what_no_column_takes_is_left_out_of_a_signed_text(desk: Desk):
    assert call(INBOUND, text("a\x00b", sid="SM\x001")).status_code == 200
    assert call(INBOUND, {**text(sid="SM2"), "From": "+44\x00" * 20}).status_code == 200
    assert sorted(kept(desk.cast)) == ["C", "ab"]
    news = {"MessageSid": "S\x00", "MessageStatus": "sent\x00", "ErrorCode": "1\x00"}
    assert call(STATUS + "?attempt=%00", news).status_code == 204


def test_a_signed_text_goes_through_the_real_broker(
    desk: Desk, broker, django_capture_on_commit_callbacks
):
    with practice_scope(desk.cast.alder.pk):
        text_ = desk.sent()
        desk.answer(text_, Answer(Meaning.ACCEPTED, sid="SM0"))
    with django_capture_on_commit_callbacks(execute=True):
        call(INBOUND, text("C"))
    queued = broker.take()
    assert [task.name for task in queued] == ["reminders.work_inbound"]
    with practice_scope(desk.cast.alder.pk):
        message = InboundMessage.objects.get()
        assert queued[0].args == (str(desk.cast.alder.pk), str(message.pk))
    tasks.work_inbound._run(*queued[0].args)
    with practice_scope(desk.cast.alder.pk):
        assert Reminder.objects.filter(policy_step="reply:confirmed").exists()


def test_stop_is_obeyed_before_any_task_runs(desk: Desk):
    call(INBOUND, text("STOP"))
    with practice_scope(desk.cast.alder.pk):
        assert ContactPoint.objects.get(value_token=contact_token(ANA)).stopped_at is not None


def test_a_broker_that_is_away_loses_nothing(
    desk: Desk, monkeypatch, django_capture_on_commit_callbacks
):
    def away(*args: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(tasks.work_inbound, "dispatch", away)
    assert call(INBOUND, text("STOP")).status_code == 200


def test_a_call_without_number_or_id_is_answered_and_kept_nowhere(desk: Desk):
    assert call(INBOUND, {"AccountSid": ACCOUNT}).status_code == 200
    assert kept(desk.cast) == []


def test_a_json_call_counts_with_its_hash_in_the_address(desk: Desk):
    import hashlib
    import json

    body = json.dumps(text("hello"))
    path = f"{INBOUND}?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    answer = Client().post(
        path,
        data=body,
        content_type="application/json",
        headers={"X-Twilio-Signature": sign(HOST + path, {})},
    )
    assert answer.status_code == 200
    assert kept(desk.cast) == ["hello"]


# --- News about texts -----------------------------------------------------------------------


def test_a_receipt_finds_its_attempt_by_the_address(desk: Desk):
    with practice_scope(desk.cast.alder.pk):
        outgoing = desk.sent()
        desk.answer(outgoing, Answer(Meaning.DOUBT))
    path = outgoing.callback_url.removeprefix(HOST)
    fields = {"MessageSid": "SM7", "MessageStatus": "delivered", "AccountSid": ACCOUNT}
    for _ in range(3):
        assert call(path, fields).status_code == 204
    with practice_scope(desk.cast.alder.pk):
        assert desk.row().state == State.DELIVERED
        assert DeliveryEvent.objects.count() == 1


def test_a_forged_receipt_changes_nothing(desk: Desk):
    with practice_scope(desk.cast.alder.pk):
        outgoing = desk.sent()
    path = outgoing.callback_url.removeprefix(HOST)
    fields = {"MessageSid": "SM7", "MessageStatus": "delivered", "AccountSid": ACCOUNT}
    assert call(path, fields, "forged").status_code == 403
    assert call(STATUS, fields, sign(HOST + path, fields)).status_code == 403
    with practice_scope(desk.cast.alder.pk):
        assert desk.row().state == State.SENDING
        assert not DeliveryEvent.objects.exists()


@pytest.mark.parametrize("attempt", ["", "nonsense", "00000000-0000-0000-0000-000000000001"])
@pytest.mark.parametrize("code", ["", "x", "99999999999999", "٣"])
def test_a_strange_receipt_is_kept_and_harms_nobody(desk: Desk, attempt: str, code: str):
    path = f"{STATUS}?attempt={attempt}"
    fields = {"MessageSid": "SM8", "MessageStatus": "failed", "AccountSid": ACCOUNT}
    assert call(path, {**fields, "ErrorCode": code}).status_code == 204
