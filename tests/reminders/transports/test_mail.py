"""The e-mail transport, against a real socket; and what doubt means where nobody can look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core import mail
from pytest_django import Settings

from portal.people import services as people
from portal.people.models import ContactPoint, ContactSystem
from portal.tenancy.context import practice_scope
from portal.work.models import WorkItem
from reminders.models import Attempt, Channel, ChannelStop, Reason
from reminders.rules.answers import GRACE, Answer, Meaning
from reminders.rules.states import Outcome, State
from reminders.services import claiming, resolving
from reminders.transports import mail as transport
from reminders.transports import transport_of
from reminders.transports.base import CannotLookError, Outgoing, Route, Sought
from reminders.transports.mail import Mail
from tests.fakes.smtp import FakeMailServer, Hang, HangUp, Say
from tests.reminders.conftest import BY, NOON, Desk

pytestmark = [pytest.mark.django_db, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMailServer]:
    monkeypatch.setattr(transport, "SECONDS", 0.3)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with FakeMailServer().running() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


@pytest.fixture
def carrier() -> Iterator[Mail]:
    made = Mail()
    yield made
    made.close()


@pytest.fixture
def waiting(desk: Desk) -> Outgoing:
    """An attempt that is on its way to Ana by mail."""
    return _by_mail(desk.sent(), desk)


def _by_mail(text: Outgoing, desk: Desk) -> Outgoing:
    """The same attempt as one of e-mail: its row, its point and what is handed over."""
    patient = desk.cast.patient("ana")
    point = ContactPoint.objects.filter(patient=patient, system="email").first()
    if point is None:
        point = people.add_contact_point(
            patient=patient, system=ContactSystem.EMAIL, value="ana@example.org", by=BY
        )
    attempt = Attempt.objects.get(pk=text.attempt_id)
    attempt.contact_point, attempt.transport = point, "email"
    attempt.save(update_fields=["contact_point", "transport"])
    row = attempt.reminder
    row.channel = Channel.EMAIL
    row.save(update_fields=["channel"])
    return replace(
        text,
        to="ana@example.org",
        channel="email",
        subject_line="Your appointment",
        route=Route("email"),
    )


def _sought(text: Outgoing) -> Sought:
    return Sought(text.practice_id, text.attempt_id, text.to, "", NOON)


def test_another_practices_attempt_is_not_sent_and_not_marked(
    desk: Desk, waiting: Outgoing, server: FakeMailServer, carrier: Mail
):
    answer = carrier.send(replace(waiting, practice_id=desk.cast.birch.pk))
    assert answer.meaning is Meaning.UNSENT
    assert server.taken == []


def test_the_route_leads_to_mail(desk: Desk):
    assert transport_of(desk.cast.alder.pk, Route("email")).name == "email"
    with pytest.raises(ValueError, match="pigeon"):
        transport_of(desk.cast.alder.pk, Route("pigeon"))


def test_a_mail_arrives_once_with_its_name(
    waiting: Outgoing, server: FakeMailServer, carrier: Mail
):
    answer = carrier.send(waiting)
    assert answer == Answer(Meaning.ACCEPTED, sid=str(waiting.attempt_id))
    (taken,) = server.taken
    assert taken.to == "ana@example.org"
    assert f"Message-ID: <{waiting.attempt_id}@localhost>" in taken.text
    assert "Subject: Your appointment" in taken.text
    assert "Auto-Submitted: auto-generated" in taken.text
    assert carrier.send(waiting).meaning is Meaning.UNSENT  # marked: never handed over twice
    assert len(server.taken) == 1


def test_one_connection_serves_many_mails(desk: Desk, server: FakeMailServer, carrier: Mail):
    for hours in (15, 17, 19):
        desk.book_another(NOON + dt.timedelta(hours=hours))
    desk.plan()
    for text in desk.claim():
        assert carrier.send(_by_mail(text, desk)).meaning is Meaning.ACCEPTED
    assert (len(server.taken), server.connections) == (3, 1)


def test_a_connection_that_died_while_idle_is_replaced(
    desk: Desk, server: FakeMailServer, carrier: Mail, monkeypatch: pytest.MonkeyPatch
):
    desk.book_another(NOON + dt.timedelta(hours=15))
    desk.book_another(NOON + dt.timedelta(hours=17))
    desk.plan()
    first, second = (_by_mail(text, desk) for text in desk.claim())
    carrier.send(first)
    monkeypatch.setattr(transport, "_FRESH_SECONDS", 0.0)
    server.script(HangUp("NOOP"))
    assert carrier.send(second).meaning is Meaning.ACCEPTED
    assert server.connections == 2


@pytest.mark.parametrize(
    ("behaviour", "meaning", "taken"),
    [
        (Say("GREETING", "421 too busy"), Meaning.TOO_FAST, 0),
        (HangUp("GREETING"), Meaning.UNSENT, 0),
        (HangUp("MAIL"), Meaning.UNSENT, 0),
        (Hang("RCPT"), Meaning.UNSENT, 0),
        (Say("MAIL", "553 5.1.8 not your address"), Meaning.OUR_FAULT, 0),
        (Say("RCPT", "550 5.1.1 no such user"), Meaning.BAD_NUMBER, 0),
        (Say("RCPT", "450 4.2.0 greylisted"), Meaning.LATER, 0),
        (Say("DATA", "451 4.3.0 later"), Meaning.LATER, 0),
        (Say("DOT", "554 5.7.1 spam"), Meaning.FILTERED, 0),
        (Say("DOT", "571 who knows"), Meaning.UNKNOWN, 0),
        (HangUp("DOT"), Meaning.DOUBT, 1),
        (Hang("DOT"), Meaning.DOUBT, 1),
    ],
)
def test_every_end_of_a_conversation_is_one_answer(
    waiting: Outgoing, server: FakeMailServer, carrier: Mail, behaviour, meaning, taken
):
    server.script(behaviour)
    assert carrier.send(waiting).meaning is meaning
    assert len(server.taken) == taken


def test_nobody_listening_means_that_nothing_left(
    waiting: Outgoing, server: FakeMailServer, carrier: Mail, settings: Settings
):
    settings.EMAIL_PORT = 9
    assert carrier.send(waiting).meaning is Meaning.UNSENT
    assert carrier.find(_sought(waiting)) is None


@pytest.mark.parametrize("subject", ["Two\r\nBcc: eve@example.org", "x" * 300])
def test_a_subject_cannot_add_a_header(
    waiting: Outgoing, server: FakeMailServer, carrier: Mail, subject: str
):
    assert carrier.send(replace(waiting, subject_line=subject)).meaning is Meaning.ACCEPTED
    head = server.taken[0].text.partition("\n\n")[0]
    assert not [line for line in head.splitlines() if line.lower().startswith("bcc:")]


@pytest.mark.parametrize("to", ["a\r\nBcc: eve@example.org", "no address", ""])
def test_a_malformed_address_is_a_bad_one(
    waiting: Outgoing, server: FakeMailServer, carrier: Mail, to: str
):
    assert carrier.send(replace(waiting, to=to)).meaning is Meaning.BAD_NUMBER
    assert server.taken == []


def test_without_a_server_mail_goes_where_all_mail_goes(waiting: Outgoing, carrier: Mail):
    assert carrier.send(waiting).meaning is Meaning.ACCEPTED
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (
        ["ana@example.org"],
        "Your appointment",
        waiting.body,
    )


# --- Doubt ------------------------------------------------------------------------------------


def _look(carrier: Mail) -> None:
    """What the dispatcher does about doubts."""
    resolving.end_leases()
    for doubt in resolving.pick_doubts():
        assert doubt.route == Route("email")
        try:
            found = carrier.find(doubt.sought)
        except CannotLookError:
            resolving.record_unreadable(doubt.sought.attempt_id)
        else:
            resolving.record_lookup(doubt.sought.attempt_id, found)


def test_a_sender_that_died_before_the_mark_is_known_to_have_sent_nothing(
    desk: Desk, waiting: Outgoing, server: FakeMailServer, carrier: Mail
):
    desk.go_to(NOON + claiming.LEASE + dt.timedelta(seconds=5))
    _look(carrier)
    desk.go_to(NOON + GRACE + dt.timedelta(seconds=5))
    _look(carrier)
    assert desk.row().state == State.PLANNED
    assert not WorkItem.objects.exists()


def test_a_sender_that_sleeps_past_its_lease_sends_nothing(
    desk: Desk, waiting: Outgoing, server: FakeMailServer, carrier: Mail
):
    desk.go_to(NOON + claiming.LEASE + dt.timedelta(seconds=5))
    _look(carrier)
    assert carrier.send(waiting).meaning is Meaning.UNSENT
    assert server.taken == []


def test_a_mail_in_true_doubt_is_never_sent_twice_and_a_person_hears(
    desk: Desk, waiting: Outgoing, server: FakeMailServer, carrier: Mail
):
    server.script(HangUp("DOT"))
    desk.answer(waiting, carrier.send(waiting))
    assert desk.row().state == State.AMBIGUOUS
    desk.go_to(NOON + dt.timedelta(minutes=5))
    _look(carrier)
    assert desk.row().state == State.AMBIGUOUS
    desk.go_to(NOON + GRACE + dt.timedelta(minutes=2))
    _look(carrier)
    assert (desk.row().state, desk.row().reason) == (State.FAILED, Reason.DOUBT)
    assert desk.attempts()[0].outcome == Outcome.DOUBT
    assert WorkItem.objects.get().code == "reminder.doubt"
    assert desk.claim() == []
    assert len(server.taken) == 1


def test_a_wrong_password_stops_mail_and_not_texts(
    desk: Desk, waiting: Outgoing, server: FakeMailServer, carrier: Mail
):
    server.script(Say("MAIL", "530 5.7.0 Authentication required"))
    desk.answer(waiting, carrier.send(waiting))
    stop = ChannelStop.objects.get()
    assert (stop.channel, stop.cause, stop.error_code) == ("email", "our_fault", 530)
    assert WorkItem.objects.get().title.startswith("E-mail has been stopped")
    desk.book(NOON + dt.timedelta(hours=15))
    desk.plan()
    assert {text.channel for text in desk.claim()} == {"sms"}


def test_a_dead_address_is_marked_and_named_as_one(
    desk: Desk, waiting: Outgoing, server: FakeMailServer, carrier: Mail
):
    server.script(Say("RCPT", "550 5.1.1 no such user"))
    desk.answer(waiting, carrier.send(waiting))
    assert ContactPoint.objects.get(system="email", patient=desk.cast.patient("ana")).bad_since
    assert WorkItem.objects.get().title.startswith("An e-mail could not be sent")
    with practice_scope(desk.cast.alder.pk):
        assert desk.row().reason == Reason.BAD_NUMBER
