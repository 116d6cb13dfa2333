"""A text that somebody sends to themselves."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from portal.audit.models import AuditEvent
from portal.people import services as people
from portal.practices.models import PracticeStatus
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from reminders.models import Channel, Reason, Reminder, Subject, TestSend
from reminders.rules.states import State
from reminders.rules.timing import OffsetKind
from reminders.rules.usual_words import usual
from reminders.selectors import policies_in_force
from reminders.services import test_sends
from reminders.wordings import Words
from tests.cast import Cast
from tests.reminders.conftest import BY, NOON, Desk, furnish
from tests.reminders.test_policy_pages import PAGE, posted

pytestmark = pytest.mark.django_db

USUAL = usual(OffsetKind.DAYS_BEFORE).template
NUMBER, ANA = "+447700900199", "+447700900101"


def send(desk: Desk, *, channel: Channel = Channel.SMS, number: str = NUMBER) -> Reminder:
    words = usual(OffsetKind.DAYS_BEFORE, by_mail=channel is Channel.EMAIL)
    return test_sends.send_test(
        words=Words(words.template, words.discreet_template, words.subject_line, "en-gb"),
        kind=OffsetKind.DAYS_BEFORE,
        channel=channel,
        discreet=True,
        number=number,
        by=desk.cast.eve.viewer,
    )


def test_it_leaves_at_once_even_at_night_and_names_no_patient(desk: Desk):
    desk.go_to(NOON + dt.timedelta(hours=12))
    send(desk)
    (text,) = desk.claim()
    assert text.to == NUMBER
    assert text.body.startswith("Hello Nadia. A reminder for Thu 26 Nov, 14:30.")
    row = Reminder.objects.get(subject_type=Subject.TEST)
    assert (row.state, row.patient_id, row.member_id) == (
        State.SENDING,
        None,
        desk.cast.eve.membership.pk,
    )


def test_mail_goes_to_ones_own_account_and_nowhere_else(desk: Desk):
    send(desk, channel=Channel.EMAIL)
    (mail,) = desk.claim()
    assert (mail.to, mail.channel) == (desk.cast.eve.user.email, "email")
    assert mail.subject_line == "A reminder for Wed 25 Nov, 14:30"


def test_a_test_about_a_form_leads_where_a_text_about_a_form_leads(desk: Desk):
    words = usual(OffsetKind.FORM_UNFINISHED)
    test_sends.send_test(
        words=Words(words.template, words.discreet_template, "", "en-gb"),
        kind=OffsetKind.FORM_UNFINISHED,
        channel=Channel.SMS,
        discreet=False,
        number=NUMBER,
        by=desk.cast.eve.viewer,
    )
    (text,) = desk.claim()
    assert "/alder/me/forms/ " in text.body


def test_without_a_number_nothing_is_made(desk: Desk):
    with pytest.raises(DomainError, match="mobile number"):
        send(desk, number="")
    assert not TestSend.objects.exists()


def test_ten_within_an_hour_are_enough(desk: Desk):
    for _ in range(10):
        send(desk)
    with pytest.raises(DomainError, match="Ten tests"):
        send(desk)
    desk.go_to(NOON + dt.timedelta(minutes=61))
    send(desk)


def test_a_number_that_wants_no_texts_gets_no_test_either(desk: Desk):
    send(desk, number=ANA)
    people.stop_texts(value=ANA, by=BY)
    assert desk.claim() == []
    assert Reminder.objects.get().reason == Reason.STOPPED
    with pytest.raises(DomainError, match="wants no texts"):
        send(desk, number=ANA)
    people.start_texts(value=ANA, by=BY)
    send(desk, number=ANA)
    assert len(desk.claim()) == 1


def test_who_has_left_gets_nothing(desk: Desk):
    send(desk)
    member = desk.cast.eve.membership
    member.status, member.left_at = "left", NOON
    member.save(update_fields=["status", "left_at"])
    assert desk.claim() == []


def test_the_number_is_no_plain_text_in_the_database(desk: Desk):
    row = TestSend.objects.get(pk=send(desk).subject_id)
    stored = TestSend.objects.filter(pk=row.pk).extra(select={"raw": "address"}).get()
    assert NUMBER.encode() not in bytes(stored.raw)


def test_the_page_sends_what_is_typed_and_says_what_became_of_it(cast: Cast):
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
    eve = cast.eve.client()
    typed = posted(desk.policy, template="Now: " + desk.policy.template, test_number="07700 900199")
    page = eve.post(f"{PAGE}test/", {**typed, "go": "test_full"})
    assert "On its way to you." in page.content.decode()
    assert "hx-get" in page.content.decode()
    with practice_scope(cast.alder.pk):
        (text,) = desk.claim()
        assert text.body.startswith("Now: Hello Nadia.")
        assert policies_in_force().get() == desk.policy
        assert AuditEvent.objects.filter(action="reminder_policy.test").count() == 1
    assert "Is going out now." in eve.get(f"{PAGE}tests/").content.decode()
    editor = eve.get(f"{PAGE}{desk.policy.pk}/").content.decode()
    assert re.search(r'name="test_number"[^>]*value="07700 900199"', editor)
    assert (
        "Is going out now." not in cast.eve.client().get("/alder/staff/reminders/").content.decode()
    )


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"test_number": "abc"}, "not a phone number"),
        ({"test_number": ""}, "mobile number"),
        ({"template": "Hello"}, "does not say"),
        ({"channel": "email", "subject_line": "Your therapy"}, "tell too much"),
        ({"channel": "email", "subject_line": "Hello " * 30}, "at most 120 characters"),
        (
            {"template": USUAL + "x" * 600},
            "at most 600 characters",
        ),
        ({"template": USUAL + "x\x00y"}, "no text can have"),
    ],
)
def test_what_cannot_be_sent_is_said(cast: Cast, fields: dict[str, str], complaint: str):
    with practice_scope(cast.alder.pk):
        policy = furnish(cast).policy
    typed = {**posted(policy, test_number="07700 900199", go="test_full"), **fields}
    page = cast.eve.client().post(f"{PAGE}test/", typed)
    assert page.status_code == 200
    assert complaint in page.content.decode()
    with practice_scope(cast.alder.pk):
        assert not TestSend.objects.exists()


@pytest.mark.parametrize("name", ["dee", "cole", "ana"])
def test_only_managers_send_tests(cast: Cast, name: str):
    client = cast.people[name].client()
    assert client.post(f"{PAGE}test/", {"go": "test_full"}).status_code == 403
    assert client.get(f"{PAGE}tests/").status_code == 403


def test_a_practice_in_set_up_tries_its_words_and_a_closed_one_sends_nothing(desk: Desk):
    practice = desk.cast.alder
    practice.status = PracticeStatus.SETTING_UP
    practice.save(update_fields=["status"])
    send(desk)
    assert [text.to for text in desk.claim()] == [NUMBER]
    practice.status = PracticeStatus.CLOSED
    practice.save(update_fields=["status"])
    row = send(desk)
    assert desk.claim() == []
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.SUPPRESSED, Reason.TEXTS_OFF)


def test_a_practice_in_set_up_writes_to_no_patient(desk: Desk):
    desk.book()
    desk.plan()
    practice = desk.cast.alder
    practice.status = PracticeStatus.SETTING_UP
    practice.save(update_fields=["status"])
    assert desk.claim() == []
    assert desk.row().reason == Reason.TEXTS_OFF
