"""The practice phone: every text of the demo, and a way to answer. Never where real people are."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from portal.appointments.models import Appointment, Status
from portal.people.models import ContactPoint, contact_token
from portal.tenancy.context import practice_scope
from reminders import tasks
from reminders.dispatcher import Dispatcher
from reminders.models import InboundMessage, PracticePhoneMessage, Reminder
from tests.cast import Cast
from tests.environment.broker import Broker
from tests.reminders.conftest import Desk, furnish

PHONES = "/demo/phone/"


@pytest.fixture
def alder(cast: Cast) -> Desk:
    """Alder at noon; the visitor stands outside every practice."""
    with practice_scope(cast.alder.pk):
        return furnish(cast)


def phone_path(desk: Desk, number: str = "+447700900101") -> str:
    with practice_scope(desk.cast.alder.pk):
        return f"{PHONES}alder/{ContactPoint.objects.get(value_token=contact_token(number)).pk}/"


@pytest.mark.django_db
def test_in_production_there_is_no_practice_phone(alder: Desk, settings: Settings):
    path = phone_path(alder)
    assert Client().get(PHONES).status_code == 200
    settings.PRODUCTION, settings.TESTING, settings.DEMO = True, False, False
    assert Client().get(PHONES).status_code == 404
    assert Client().get(path).status_code == 404
    assert Client().post(f"{path}reply/", {"body": "C"}).status_code == 404
    with practice_scope(alder.cast.alder.pk):
        assert not PracticePhoneMessage.objects.exists()


@pytest.mark.django_db
def test_a_phone_of_another_practice_is_not_found_below_this_one(alder: Desk):
    path = phone_path(alder)
    assert Client().get(path.replace("alder", "birch")).status_code == 404
    assert Client().get(path.replace("alder", "nowhere")).status_code == 404


@pytest.mark.django_db
def test_every_phone_of_every_practice_is_listed(alder: Desk):
    words = Client().get(PHONES).content.decode()
    for name in ("Ana Abbott", "Ben Bright", "Zoe Zeller"):
        assert name in words


@pytest.mark.django_db
def test_an_empty_phone_says_so(alder: Desk):
    words = Client().get(phone_path(alder)).content.decode()
    assert "No texts yet" in words
    assert "Nothing yet" in words


@pytest.mark.django_db
def test_the_words_behind_the_newest_text_stand_beside_the_phone(alder: Desk):
    path = phone_path(alder)
    assert "The words of" not in Client().get(path).content.decode()
    with practice_scope(alder.cast.alder.pk):
        alder.book()
        alder.plan()
        policy = Reminder.objects.get().policy
        assert policy is not None
    words = Client().get(path).content.decode()
    assert f"The words of “{policy.name}”" in words
    assert "left out, because some people share a phone" in words
    assert f"/alder/staff/reminders/policies/{policy.pk}/" in words


@pytest.mark.django_db
def test_a_reply_stands_on_the_phone_and_reaches_the_practice(alder: Desk):
    path = phone_path(alder)
    page = Client().post(f"{path}reply/", {"body": " is there parking "}, follow=True)
    assert page.redirect_chain[-1][0] == path
    assert "is there parking" in page.content.decode()
    with practice_scope(alder.cast.alder.pk):
        assert InboundMessage.objects.get().body == "is there parking"


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["", "   "])
def test_an_empty_reply_is_none(alder: Desk, body: str):
    Client().post(f"{phone_path(alder)}reply/", {"body": body})
    with practice_scope(alder.cast.alder.pk):
        assert not PracticePhoneMessage.objects.exists()


@pytest.mark.django_db
def test_what_is_typed_is_shown_as_words(alder: Desk):
    path = phone_path(alder)
    Client().post(f"{path}reply/", {"body": "<script>alert(1)</script>"})
    words = Client().get(path).content.decode()
    assert "<script>alert" not in words
    assert "&lt;script&gt;" in words


@pytest.mark.django_db
def test_a_waiting_page_redraws_only_what_changed(alder: Desk):
    path, client = phone_path(alder), Client()
    words = client.get(path).content.decode()
    mark = words.partition("?seen=")[2].partition('"')[0]
    assert mark
    ask = {"HX-Request": "true"}
    assert client.get(f"{path}?seen={mark}", headers=ask).status_code == 204
    client.post(f"{path}reply/", {"body": "C"})
    part = client.get(f"{path}?seen={mark}", headers=ask)
    assert part.status_code == 200
    words = part.content.decode()
    assert "sms-list" in words
    assert 'hx-swap-oob="true"' in words
    assert "<html" not in words


@pytest.mark.parametrize(
    ("reply", "look", "status"),
    [
        ("C", "You are confirmed", Status.CONFIRMED),
        ("X", "is cancelled", Status.CANCELLED_BY_PATIENT),
        ("STOP", "Texts to this number stopped at once", Status.BOOKED),
        ("is there parking", "not watched all the time", Status.BOOKED),
    ],
)
def test_the_whole_path_from_text_to_answer(
    committed_db: object, broker: Broker, cast: Cast, reply: str, look: str, status: Status
):
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        visit = desk.book()
    dispatcher, client = Dispatcher(threads=0), Client()
    path = phone_path(desk)
    dispatcher.turn()
    assert "Hello Ana" in client.get(path).content.decode()
    client.post(f"{path}reply/", {"body": reply})
    assert [task.name for task in broker.run()] == [tasks.work_inbound.name]
    dispatcher.turn()
    assert look in client.get(path).content.decode()
    with practice_scope(cast.alder.pk):
        assert Appointment.objects.get(pk=visit.pk).status == status
