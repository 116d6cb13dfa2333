# ruff: noqa: RUF001 - look-alike letters are what is tested
"""What people write back (T-SMS-01 to -03, T-RISK): obeyed, answered, or read by a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from portal.appointments import services as appointments
from portal.appointments.models import Appointment, AppointmentStatus, Status
from portal.audit import services as audit
from portal.audit.models import AuditEvent
from portal.people import services as people
from portal.people.models import ContactPoint, ContactSystem, contact_token
from portal.tenancy.context import practice_scope
from portal.work.models import WorkItem, WorkKind, WorkState
from reminders.models import Channel, InboundMessage, InboundState, Reminder, Subject
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from reminders.services import receiving
from tests.reminders.conftest import BY, LONDON, NOON, Desk
from tests.reminders.replies import (
    ANA,
    answer_text,
    answered,
    say,
    tasks,
    told,
    visit_now,
)

__all__ = ["told"]

pytestmark = pytest.mark.django_db


def test_a_reply_to_another_practice_touches_nothing_here(told: Desk):
    with practice_scope(told.cast.birch.pk):
        message = say("C")
        assert message.patient_id is None
    assert visit_now(told).status == Status.BOOKED


def test_c_confirms_the_visit_and_is_answered(told: Desk):
    message = say("c.")
    assert visit_now(told).status == Status.CONFIRMED
    assert AppointmentStatus.objects.filter(status=Status.CONFIRMED).get().by_name == (
        "A reply to a text"
    )
    assert message.state == InboundState.DONE
    assert answer_text(told) == (
        "Thank you. You are confirmed for Wed 25 Nov, 08:00. Automatic text."
    )


def test_c_twice_confirms_once_and_is_answered_once_in_five_minutes(told: Desk):
    say("C")
    say("C")
    assert AppointmentStatus.objects.filter(status=Status.CONFIRMED).count() == 1
    assert answered() == ["confirmed"]


def test_the_same_call_twice_is_one_message(told: Desk):
    first = receiving.receive(sid="IN-once", number=ANA, body="C")
    assert first is not None
    assert receiving.receive(sid="IN-once", number=ANA, body="C") is None
    assert receiving.work(first.pk)
    assert not receiving.work(first.pk)
    assert answered() == ["confirmed"]


def test_c_for_a_time_that_was_changed_confirms_nothing(told: Desk):
    later = (told.visit.starts_at + dt.timedelta(hours=3)).astimezone(LONDON).replace(tzinfo=None)
    appointments.move(appointment=told.visit, local_start=later, by=BY, wished_by_patient=False)
    message = say("C")
    assert visit_now(told).status == Status.BOOKED
    assert message.state == InboundState.WAITING
    assert answered() == ["changed"]
    told.plan()
    assert any("it is now Wed 25 Nov, 11:00" in text.body for text in told.claim())


def test_c_for_a_cancelled_visit_waits_for_a_person(told: Desk):
    appointments.cancel(appointment=told.visit, by_patient=False, by=BY)
    assert say("C").state == InboundState.WAITING
    assert visit_now(told).status == Status.CANCELLED_BY_PRACTICE
    assert answered() == ["nothing_booked"]


def test_c_out_of_the_blue_waits_for_a_person(desk: Desk):
    assert say("C").state == InboundState.WAITING
    assert answered() == ["nothing_booked"]


def test_x_cancels_and_the_front_desk_offers_another_time(told: Desk):
    say("X")
    visit = visit_now(told)
    assert visit.status == Status.CANCELLED_BY_PATIENT
    assert tasks() == {"inbound.cannot_come": "front_desk"}
    assert "Wed 25 Nov, 08:00 is cancelled" in answer_text(told)


def test_a_reply_answers_the_text_that_left_last_not_the_one_that_was_due_last(desk: Desk):
    """A text that was due earlier may leave later: it was held up, or tried again."""
    early = desk.book(NOON + dt.timedelta(hours=23))
    late = desk.book(NOON + dt.timedelta(hours=24), clinician="cleo")
    desk.plan()
    desk.go_to(NOON)
    (text,) = desk.claim()
    desk.answer(text, Answer(Meaning.ACCEPTED, sid="SM1"))
    rows = Reminder.objects.filter(subject_type=Subject.APPOINTMENT)
    rows.update(current_attempt=None)
    rows.filter(subject_id=early.pk).update(sent_at=NOON + dt.timedelta(hours=2))
    rows.filter(subject_id=late.pk).update(
        sent_at=NOON + dt.timedelta(hours=1), due_at=NOON + dt.timedelta(minutes=1)
    )
    desk.go_to(NOON + dt.timedelta(hours=3))
    say("X")
    status = dict(Appointment.objects.values_list("pk", "status"))
    assert status == {early.pk: Status.CANCELLED_BY_PATIENT, late.pk: Status.BOOKED}


def test_a_text_that_is_leaving_now_is_the_last(desk: Desk):
    desk.visit = desk.book()
    desk.plan()
    (text,) = desk.claim()
    desk.answer(text, Answer(Meaning.ACCEPTED, sid="SM1"))
    desk.go_to(NOON + dt.timedelta(hours=4))
    other = desk.book(NOON + dt.timedelta(hours=22), clinician="cleo")
    desk.plan()
    assert len(desk.claim()) == 1  # handed out, nothing heard yet
    Reminder.objects.filter(subject_id=other.pk).update(due_at=NOON - dt.timedelta(hours=2))
    message = say("C")
    assert message.reminder is not None
    assert message.reminder.subject_id == other.pk


def test_r_is_answered_with_a_link_and_keeps_the_visit(told: Desk):
    say("R")
    assert visit_now(told).status == Status.BOOKED
    assert tasks() == {"appointment.other_time": "front_desk"}
    assert "/alder/a/" in answer_text(told)


def test_the_front_desks_answer_to_r_ends_the_task(told: Desk):
    say("R")
    later = (told.visit.starts_at + dt.timedelta(hours=3)).astimezone(LONDON).replace(tzinfo=None)
    appointments.move(appointment=told.visit, local_start=later, by=BY, wished_by_patient=True)
    assert WorkItem.objects.get(code="appointment.other_time").state == WorkState.DONE


def test_who_cannot_come_after_all_wants_no_other_time_any_more(told: Desk):
    """An answer is nobody's of the practice: the task is done by no member of it."""
    say("R")
    say("X")
    wish = WorkItem.objects.get(code="appointment.other_time")
    assert (wish.state, wish.done_by) == (WorkState.DONE, None)
    assert WorkItem.objects.get(code="inbound.cannot_come").state == WorkState.OPEN


@pytest.mark.parametrize("word", ["STOP", "stop.", "UNSUBSCRIBE", "Stop!"])
def test_stop_stops_at_once_and_is_not_answered(told: Desk, word: str):
    told.book(NOON + dt.timedelta(hours=21))
    told.plan()
    receiving.receive(sid="IN-stop", number=ANA, body=word)
    # Already now, before any task has run:
    assert ContactPoint.objects.get(value_token=contact_token(ANA)).stopped_at is not None
    assert told.claim() == []
    message = InboundMessage.objects.get()
    receiving.work(message.pk)
    assert answered() == []
    assert AuditEvent.objects.filter(action="contact.stop").count() == 1


def test_a_lone_cancel_stops_texts_and_asks_about_the_visit(told: Desk):
    message = say("CANCEL")
    assert ContactPoint.objects.get(value_token=contact_token(ANA)).stopped_at is not None
    assert visit_now(told).status == Status.BOOKED
    assert message.state == InboundState.WAITING
    assert tasks() == {"inbound.cancel": "front_desk"}
    assert answered() == []


@pytest.mark.parametrize("words", ["stop texting me", "wrong number", "ЅТОР", "توقف", "arrêtez"])
def test_what_looks_like_a_wish_to_stop_pauses_and_asks(told: Desk, words: str):
    assert say(words).state == InboundState.WAITING
    assert ContactPoint.objects.get(value_token=contact_token(ANA)).stopped_at is not None
    assert tasks() == {"inbound.pause": "front_desk"}
    assert answered() == []


def test_start_undoes_stop(told: Desk):
    say("STOP")
    say("START")
    assert ContactPoint.objects.get(value_token=contact_token(ANA)).stopped_at is None
    assert answered() == ["started"]
    assert "on again" in answer_text(told)


def test_help_is_answered_with_a_way_to_a_person(told: Desk):
    assert say("HELP").state == InboundState.DONE
    text = answer_text(told)
    assert "0113 496 0142" in text
    assert "Samaritans 116 123 or 999" in text


def test_free_text_waits_for_the_front_desk_and_gets_a_safe_answer(told: Desk):
    message = say("is there parking")
    assert (message.state, message.patient_id) == (
        InboundState.WAITING,
        told.cast.patient("ana").pk,
    )
    assert message.reminder is not None
    text = answer_text(told)
    assert "not watched all the time" in text
    assert "Samaritans 116 123 or 999" in text


def test_a_picture_waits_for_a_person_and_is_not_answered(told: Desk):
    assert say("👍").state == InboundState.WAITING
    assert answered() == []


def test_distress_alerts_the_patients_clinician_and_is_answered_safely(told: Desk):
    message = say("I can't go on anymore")
    alert = WorkItem.objects.get()
    assert (alert.kind, alert.code) == (WorkKind.ALERT, "inbound.distress")
    assert alert.assigned_to_id == told.cast.cole.membership.pk
    assert "go on" not in alert.title
    assert message.state == InboundState.WAITING
    assert "116 123" in answer_text(told)


def test_distress_beside_stop_still_alerts_and_sends_nothing(told: Desk):
    say("STOP. I want to die")
    assert WorkItem.objects.filter(kind=WorkKind.ALERT).count() == 1
    assert answered() == []


def test_distress_from_an_unknown_number_goes_to_the_clinician_on_duty(desk: Desk):
    message = say("I want to die", number="+447700900999")
    assert message.patient_id is None
    item = WorkItem.objects.get()
    assert item.assigned_to_id == desk.cast.cleo.membership.pk
    assert item.due_at - item.raised_at <= dt.timedelta(minutes=15)
    assert answered() == []  # nobody is texted who has not agreed to it


def test_an_unknown_number_is_kept_for_a_person(desk: Desk):
    message = say("hello?", number="+447700900999")
    assert (message.patient_id, message.state) == (None, InboundState.WAITING)


def test_two_machines_do_not_talk_for_ever(told: Desk):
    for minutes in range(0, 60, 4):
        told.go_to(NOON + dt.timedelta(minutes=minutes))
        for _ in range(2):
            say("I am out of the office")
    assert len(answered()) == 6


def test_an_answer_leaves_at_night_too_and_within_the_hour_or_not_at_all(told: Desk):
    told.go_to(NOON.replace(hour=23))
    say("is there parking")
    told.go_to(NOON.replace(hour=23, minute=30))
    assert len(told.claim()) == 1
    say("and a lift?")
    told.go_to(NOON.replace(day=25, hour=1))
    assert told.claim() == []
    assert Reminder.objects.filter(state=State.EXPIRED).count() == 1


def test_a_nul_or_an_endless_text_is_kept_as_far_as_it_goes(desk: Desk):
    message = say("a\x00" + "b" * 5000)
    assert message.body.startswith("ab")
    assert len(message.body) == 1600


@pytest.mark.parametrize("body", ["C", "X", "R", "STOP", "help", "is there parking", "", "🙂"])
def test_every_reply_is_worked_to_an_end(told: Desk, body: str):
    message = say(body)
    assert message.state != InboundState.NEW
    assert message.worked_at is not None


def test_messages_whose_task_was_lost_are_found(desk: Desk):
    message = receiving.receive(sid="IN-lost", number=ANA, body="C")
    assert message is not None
    assert receiving.unworked(NOON - dt.timedelta(hours=1)) == []
    assert receiving.unworked(NOON + dt.timedelta(hours=1)) == [message.pk]


def test_a_failing_audit_row_leaves_no_half_worked_message(told: Desk, monkeypatch):
    from django.db import transaction

    message = receiving.receive(sid="IN-audit", number=ANA, body="C")
    assert message is not None

    def refuse(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    record: Callable[..., object] = audit.record
    monkeypatch.setattr(audit, "record", refuse)
    with pytest.raises(RuntimeError), transaction.atomic():
        receiving.work(message.pk)
    monkeypatch.setattr(audit, "record", record)
    assert visit_now(told).status == Status.BOOKED
    assert receiving.work(message.pk)
    assert visit_now(told).status == Status.CONFIRMED


@pytest.mark.parametrize(
    ("words", "held"), [("I can't go on anymore", "116 123"), ("HELP", "To talk to")]
)
def test_whose_texts_are_paused_is_answered_all_the_same(told: Desk, words: str, held: str):
    """The pause stops what the practice sends by itself, not the answer to who has just written."""
    people.pause_automation(patient=told.cast.patient("ana"), paused=True, by=BY)
    say(words)
    assert held in answer_text(told)


def test_a_reply_answers_the_last_text_and_no_mail_that_came_after_it(told: Desk):
    other = told.book(NOON + dt.timedelta(hours=23), clinician="cleo")
    told.plan()
    patient = told.cast.patient("ana")
    ContactPoint.objects.filter(patient=patient, system=ContactSystem.EMAIL).delete()
    point = people.add_contact_point(
        patient=patient, system=ContactSystem.EMAIL, value="ana@example.org", by=BY
    )
    people.give_consent(point=point, how="asked", by=BY)
    Reminder.objects.filter(subject_id=other.pk).update(channel=Channel.EMAIL)
    told.go_to(NOON + dt.timedelta(minutes=5))
    (mail,) = told.claim()
    assert mail.channel == "email"
    told.answer(mail, Answer(Meaning.ACCEPTED, sid="m"))
    say("X")
    other.refresh_from_db()
    assert other.status == Status.BOOKED
    assert visit_now(told).status not in (Status.BOOKED, Status.CONFIRMED)
