"""An account of the practice's own: told wrong at set-up, kept secret, replaced and forgotten."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client
from pytest_django import Settings

from portal import clock
from portal.audit.models import AuditEvent
from portal.practices.links import practice_url
from portal.practices.models import PracticeSettings
from portal.tenancy.context import practice_scope
from reminders import tasks
from reminders.models import Attempt, ChannelStop, Reminder, TransportAccount
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from reminders.services import accounts, channels
from reminders.transports import TWILIO, forget_accounts, transport_of
from reminders.transports.base import CannotLookError, Route, Sought
from reminders.transports.twilio import Twilio
from tests.cast import Cast
from tests.fakes.accounts import give_account
from tests.fakes.twilio import ACCOUNT, NUMBER, SERVICE, TOKEN, FakeTwilio
from tests.reminders.conftest import BY, NOON, Desk, furnish

pytestmark = [pytest.mark.django_db, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]

WAYS = "/alder/staff/reminders/ways/"
PAGE = "/alder/staff/reminders/ways/twilio/"
GOOD = {"account_sid": ACCOUNT, "token": TOKEN, "sender": NUMBER, "segments_a_second": ""}


@pytest.fixture
def fake(settings: Settings) -> Iterator[FakeTwilio]:
    with FakeTwilio().running() as running:
        settings.TWILIO_API_BASE = running.url
        forget_accounts()
        yield running
    forget_accounts()


def eve(cast: Cast) -> Client:
    return cast.people["eve"].client()


def account(cast: Cast) -> TransportAccount | None:
    with practice_scope(cast.alder.pk):
        return TransportAccount.objects.filter(retired_at=None).first()


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ana", "fay", "nat", "dee", "cole"])
@pytest.mark.parametrize("path", [WAYS, PAGE])
def test_only_a_manager_sees_how_it_leaves(cast: Cast, name: str, path: str):
    assert cast.people[name].client().get(path).status_code == 403
    assert cast.people[name].client().post(path, GOOD).status_code in {403, 405}
    assert account(cast) is None


def test_another_practices_manager_finds_nothing(cast: Cast):
    assert cast.people["yan"].client().get(WAYS).status_code == 404


def test_another_practices_account_carries_nothing_of_ours(cast: Cast):
    with practice_scope(cast.birch.pk):
        theirs = give_account(by=BY)
    route = Route(TWILIO, theirs.pk)
    assert transport_of(cast.alder.pk, route).name == "nobody"
    forget_accounts()
    assert isinstance(transport_of(cast.birch.pk, route), Twilio)


def test_an_old_proof_of_who_is_there_is_not_enough(cast: Cast):
    client = eve(cast)
    session = client.session
    proofs = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**p, "at": time.time() - 360} for p in proofs]
    session.save()
    for answer in (client.get(PAGE), client.post(PAGE, GOOD)):
        assert answer.status_code == 302
        assert "/accounts/" in answer["Location"]
    assert account(cast) is None


# --- Set-up --------------------------------------------------------------------------------------


def test_an_account_that_twilio_confirms_is_used_from_then_on(cast: Cast, fake: FakeTwilio):
    page = eve(cast).post(PAGE, {**GOOD, "segments_a_second": "3"}, follow=True)
    assert page.redirect_chain[-1][0] == WAYS
    kept = account(cast)
    assert kept is not None
    with practice_scope(cast.alder.pk):
        assert (kept.account_sid, kept.token, kept.sender) == (ACCOUNT, TOKEN, NUMBER)
        assert kept.segments_a_second == 3
        assert kept.created_by_id == cast.eve.membership.pk
        assert PracticeSettings.objects.get().sms_transport == TWILIO
        event = AuditEvent.objects.get(action="texts.account")
        assert TOKEN not in str(event.details)
    assert not fake.messages  # asked, and nothing sent
    assert "0113 496 0142" in page.content.decode()


def test_a_messaging_service_is_confirmed_too(cast: Cast, fake: FakeTwilio):
    eve(cast).post(PAGE, {**GOOD, "sender": SERVICE})
    kept = account(cast)
    assert kept is not None
    assert (kept.sender, kept.messaging_service) == ("", SERVICE)


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "a wrong token": ({"token": "wrong"}, "Twilio does not accept this account id"),
    "another account's id": (
        {"account_sid": "AC" + "2" * 32},
        "Twilio does not accept this account id",
    ),
    "a number that is not theirs": ({"sender": "+441134960199"}, "not in that Twilio account"),
    "a service that is not theirs": ({"sender": "MG" + "9" * 32}, "not in that Twilio account"),
    "no id": ({"account_sid": ""}, "Write something for"),
    "an id that leads elsewhere": ({"account_sid": "AC/../../evil"}, "An account SID is AC"),
    "an address for an id": ({"account_sid": "https://evil.example/"}, "An account SID is AC"),
    "a service of no shape": ({"sender": "MG/../x"}, "A messaging service is MG"),
    "a number of no shape": ({"sender": "12"}, ""),
    "a limit of nothing": ({"segments_a_second": "0"}, "The number must be"),
    "a token of two lines": ({"token": "a\r\nX-Header: b"}, "A token is letters and digits"),
}


def beside_the_token(page: str) -> str:
    """What stands between the label of the token and its empty field."""
    return page[page.index('for="id_token"') : page.index('name="token"')]


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_kept(
    cast: Cast, fake: FakeTwilio, name: str
):
    change, words = WRONG[name]
    typed = {**GOOD, **change}
    page = eve(cast).post(PAGE, typed)
    said = page.content.decode()
    assert page.status_code == 422
    assert words in said
    assert account(cast) is None
    if typed["token"]:
        assert f'value="{typed["token"]}"' not in said  # never shown again
        assert "Enter the token again: we do not show it." in beside_the_token(said)
    if typed["account_sid"] == ACCOUNT:
        assert ACCOUNT in said  # what is no secret is still there
    if typed["sender"] == NUMBER:
        assert f'value="{NUMBER}"' in said


def test_a_token_that_was_not_written_is_not_asked_for_again(cast: Cast, fake: FakeTwilio):
    said = eve(cast).post(PAGE, {**GOOD, "token": ""}).content.decode()
    assert "Write something for" in said
    assert "Enter the token again" not in said


def test_a_number_without_texts_and_a_closed_account_are_told(cast: Cast, fake: FakeTwilio):
    fake.numbers[NUMBER]["sms"] = False
    assert "cannot send texts" in eve(cast).post(PAGE, GOOD).content.decode()
    fake.status = "suspended"
    assert "suspended or closed" in eve(cast).post(PAGE, GOOD).content.decode()
    assert account(cast) is None


def test_a_provider_that_is_away_changes_nothing(cast: Cast, settings: Settings):
    settings.TWILIO_API_BASE = "http://127.0.0.1:9"
    page = eve(cast).post(PAGE, GOOD)
    assert page.status_code == 422
    assert "could not be asked" in page.content.decode()
    assert account(cast) is None


def test_no_transaction_is_open_while_twilio_is_asked(
    cast: Cast, fake: FakeTwilio, monkeypatch: pytest.MonkeyPatch
):
    from reminders.transports import twilio_checks

    asked = twilio_checks.check
    open_then: list[bool] = []

    def check(account):
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT current_setting('app.practice_id', true)")
            open_then.append(bool((cursor.fetchone() or ("",))[0]))
        return asked(account)

    monkeypatch.setattr(twilio_checks, "check", check)
    eve(cast).post(PAGE, GOOD)
    assert open_then == [False]


def test_a_form_cannot_say_where_the_provider_is(cast: Cast, fake: FakeTwilio):
    eve(cast).post(PAGE, {**GOOD, "api": "https://evil.example", "TWILIO_API_BASE": "https://e.x"})
    assert fake.asked
    with practice_scope(cast.alder.pk):
        assert {field.name for field in TransportAccount._meta.fields}.isdisjoint(
            {"api", "url", "host", "base"}
        )


def test_the_page_says_whether_replies_arrive(cast: Cast, fake: FakeTwilio):
    assert "Replies do not come in yet" in eve(cast).post(PAGE, GOOD, follow=True).content.decode()
    fake.numbers[NUMBER]["sms_url"] = practice_url(cast.alder, "reminders:twilio_inbound")
    page = eve(cast).post(PAGE, GOOD, follow=True).content.decode()
    assert "Replies do not come in yet" not in page


def test_the_token_is_on_no_page_and_not_plain_in_the_database(cast: Cast, fake: FakeTwilio):
    eve(cast).post(PAGE, GOOD)
    for path in (WAYS, PAGE, "/alder/staff/reminders/", "/alder/staff/settings/"):
        assert TOKEN not in eve(cast).get(path).content.decode()
    with practice_scope(cast.alder.pk), connections["default"].cursor() as cursor:
        cursor.execute("SELECT token FROM reminders_transportaccount")
        ((stored,),) = cursor.fetchall()
    assert TOKEN.encode() not in bytes(stored)


# --- Replacing and going back --------------------------------------------------------------------


def test_a_new_account_lets_stopped_texts_go_out_again(cast: Cast, fake: FakeTwilio):
    with practice_scope(cast.alder.pk):
        give_account(by=BY, token="wrong")
        channels.stop(cause=ChannelStop.Cause.OUR_FAULT, code=20003)
    eve(cast).post(PAGE, GOOD)
    with practice_scope(cast.alder.pk):
        assert not ChannelStop.objects.filter(resumed_at=None).exists()
        assert TransportAccount.objects.filter(retired_at=None).count() == 1
        assert TransportAccount.objects.count() == 2


def test_a_manager_goes_back_to_the_practice_phone(cast: Cast, fake: FakeTwilio):
    eve(cast).post(PAGE, GOOD)
    for _ in range(2):
        page = eve(cast).post(f"{WAYS}phone/", follow=True)
        assert page.status_code == 200
    with practice_scope(cast.alder.pk):
        assert PracticeSettings.objects.get().sms_transport == "practice_phone"
    assert account(cast) is None


def test_the_secret_of_an_old_account_is_emptied_after_three_days(cast: Cast):
    with practice_scope(cast.alder.pk):
        furnish(cast)
        give_account(by=BY)
        accounts.use_practice_phone(by=BY)
    clock.move_to(NOON + dt.timedelta(days=2))
    tasks.forget_old_accounts()
    with practice_scope(cast.alder.pk):
        assert TransportAccount.objects.get().token == TOKEN
    clock.move_to(NOON + dt.timedelta(days=3, minutes=1))
    tasks.forget_old_accounts()
    with practice_scope(cast.alder.pk):
        assert TransportAccount.objects.get().token == ""
        assert AuditEvent.objects.filter(action="texts.account_forgotten").count() == 1


# --- Sending -------------------------------------------------------------------------------------


def test_a_text_names_its_account_and_its_limit(desk: Desk):
    row = give_account(by=BY, segments_a_second=5)
    outgoing = desk.sent()
    assert outgoing.route == Route(TWILIO, row.pk, 5)
    assert outgoing.segments >= 1
    assert Attempt.objects.get().account_id == row.pk


def test_a_practice_on_twilio_without_an_account_is_stopped_and_loses_nothing(desk: Desk):
    PracticeSettings.objects.update(sms_transport=TWILIO)
    desk.book()
    desk.plan()
    assert desk.claim() == []
    assert ChannelStop.objects.get().cause == "no_account"
    assert desk.row().state == State.PLANNED
    accounts.use_twilio(account_sid=ACCOUNT, token=TOKEN, sender=NUMBER, by=desk.cast.eve.viewer)
    desk.go_to(NOON + dt.timedelta(minutes=6))
    assert len(desk.claim()) == 1


def test_a_doubt_is_looked_for_with_the_new_token_of_the_same_account(desk: Desk, fake: FakeTwilio):
    old = give_account(by=BY, token="old-token")
    outgoing = desk.sent()
    desk.answer(outgoing, Answer(Meaning.DOUBT))
    give_account(by=BY)
    carrier = transport_of(desk.cast.alder.pk, Route(TWILIO, old.pk))
    sought = Sought(outgoing.practice_id, outgoing.attempt_id, outgoing.to, "", NOON)
    assert carrier.find(sought) is None  # it could be read


def test_a_doubt_about_a_forgotten_account_is_nobodys_to_look_up(desk: Desk):
    old = give_account(by=BY)
    accounts.use_practice_phone(by=BY)
    TransportAccount.objects.update(
        created_at=NOON - dt.timedelta(days=9), retired_at=NOON - dt.timedelta(days=5)
    )
    forget_accounts()
    carrier = transport_of(desk.cast.alder.pk, Route(TWILIO, old.pk))
    with pytest.raises(CannotLookError):
        carrier.find(Sought(desk.cast.alder.pk, old.pk, "+447700900101", "", NOON))
    assert not Reminder.objects.exists()
