"""Where a channel does not reach somebody: the other one by rule, or a task; never both."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.people import services as people
from portal.people.models import ContactPoint, ContactSystem
from portal.work.models import WorkItem
from reminders.models import Channel, ChannelStop, Fallback, Reason, Reminder, ReminderPolicy
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from reminders.services import channels, outcomes
from tests.reminders.conftest import BY, NOON, Desk, hear

pytestmark = pytest.mark.django_db

SID = "SM" + "1" * 32
BLOCKED = Answer(Meaning.FILTERED, code=30007)
DEAD = Answer(Meaning.BAD_NUMBER, code=21211)


@pytest.fixture
def by_rule(desk: Desk) -> Desk:
    """Ana has agreed to mail, and the policy falls back to it."""
    ReminderPolicy.objects.update(fallback=Fallback.OTHER_CHANNEL)
    _address(desk)
    return desk


def _address(desk: Desk) -> ContactPoint:
    patient = desk.cast.patient("ana")
    ContactPoint.objects.filter(patient=patient, system=ContactSystem.EMAIL).delete()
    point = people.add_contact_point(
        patient=patient, system=ContactSystem.EMAIL, value="ana@example.org", by=BY
    )
    return people.give_consent(point=point, how="asked", by=BY)


def _mail(desk: Desk) -> Reminder | None:
    return Reminder.objects.filter(channel=Channel.EMAIL).first()


def tasks() -> set[str]:
    return set(WorkItem.objects.values_list("code", flat=True))


def test_without_the_rule_nothing_goes_another_way(desk: Desk):
    _address(desk)
    desk.answer(desk.sent(), BLOCKED)
    assert _mail(desk) is None
    assert tasks() == {"reminder.not_sent"}


def test_by_rule_a_blocked_text_goes_by_mail_and_nobody_is_bothered(by_rule: Desk):
    by_rule.answer(by_rule.sent(), BLOCKED)
    assert tasks() == set()
    (outgoing,) = by_rule.claim()
    assert (outgoing.channel, outgoing.to) == ("email", "ana@example.org")
    assert outgoing.subject_line == "A reminder"
    assert outgoing.body == (
        "Hello Ana. A reminder for Wed 25 Nov, 08:00. Automatic text.\n\n"
        "Nobody reads answers to this mail. To talk to us: 0113 496 0142."
    )
    assert outgoing.route.transport == "email"
    by_rule.answer(outgoing, Answer(Meaning.ACCEPTED, sid="m"))
    assert {row.state for row in by_rule.rows()} == {State.FAILED, State.SENT}


def test_a_dead_number_is_told_even_where_the_mail_goes(by_rule: Desk):
    by_rule.answer(by_rule.sent(), DEAD)
    assert _mail(by_rule) is not None
    item = WorkItem.objects.get()
    assert item.code == "reminder.bad_number"
    assert "goes by e-mail" in item.title


def test_news_that_comes_later_falls_back_too(by_rule: Desk):
    by_rule.answer(by_rule.sent(), Answer(Meaning.ACCEPTED, sid=SID))
    for _ in range(3):
        hear(status="undelivered", sid=SID, code=30006)
    assert Reminder.objects.filter(channel=Channel.EMAIL).count() == 1


def test_the_mail_that_fails_as_well_is_a_task_and_there_is_no_way_back(by_rule: Desk):
    by_rule.answer(by_rule.sent(), BLOCKED)
    (outgoing,) = by_rule.claim()
    by_rule.answer(outgoing, Answer(Meaning.UNKNOWN, code=571))
    assert len(by_rule.rows()) == 2
    assert tasks() == {"reminder.not_sent"}
    assert by_rule.claim() == []


@pytest.mark.parametrize(
    "answer", [Answer(Meaning.OPTED_OUT, code=21610), Answer(Meaning.DOUBT)], ids=["stop", "doubt"]
)
def test_stop_and_doubt_never_go_another_way(by_rule: Desk, answer: Answer):
    by_rule.answer(by_rule.sent(), answer)
    for minutes in (20, 45, 70):
        by_rule.go_to(NOON + dt.timedelta(minutes=minutes))
        for row in Reminder.objects.filter(state=State.AMBIGUOUS):
            assert row.current_attempt is not None
            attempt = outcomes.locked_attempt(row.current_attempt)
            assert attempt is not None
            outcomes.give_up(attempt, NOON)
    assert _mail(by_rule) is None


def _withdraw(desk: Desk) -> None:
    people.withdraw_consent(point=_address(desk), by=BY)


def _stop_mail(desk: Desk) -> None:
    channels.stop(cause=ChannelStop.Cause.OUR_FAULT, code=530, channel=Channel.EMAIL)


def _dead_address(desk: Desk) -> None:
    people.mark_bad(point=_address(desk), by=BY)


def _nothing(desk: Desk) -> None:
    people.remove_contact_point(point=_address(desk), by=BY)


@pytest.mark.parametrize("shut", [_withdraw, _stop_mail, _dead_address, _nothing])
def test_where_mail_must_not_be_used_it_is_a_task(by_rule: Desk, shut):
    shut(by_rule)
    by_rule.answer(by_rule.sent(), BLOCKED)
    assert _mail(by_rule) is None
    assert "reminder.not_sent" in tasks()


def test_somebody_without_a_mobile_gets_the_mail_instead(by_rule: Desk):
    number = ContactPoint.objects.get(patient=by_rule.cast.patient("ana"), system=ContactSystem.SMS)
    people.remove_contact_point(point=number, by=BY)
    by_rule.book()
    by_rule.plan()
    assert by_rule.claim() == []
    (outgoing,) = by_rule.claim()
    assert outgoing.channel == "email"
    assert {row.reason for row in by_rule.rows()} == {Reason.NO_NUMBER, Reason.NONE}


def test_somebody_who_stopped_texts_gets_no_mail_instead(by_rule: Desk):
    people.stop_texts(value="+447700900101", by=BY)
    by_rule.book()
    by_rule.plan()
    by_rule.claim()
    assert _mail(by_rule) is None
    assert by_rule.row().reason == Reason.STOPPED


def test_planning_again_leaves_the_mail_where_it_is(by_rule: Desk):
    by_rule.answer(by_rule.sent(), BLOCKED)
    by_rule.plan()
    mail = _mail(by_rule)
    assert mail is not None
    assert mail.state == State.PLANNED
