"""A text on its way when its visit is changed is followed by one correction, and no more."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.appointments import services as appointments
from portal.appointments.models import Appointment, Status
from portal.people import services as people
from portal.people.models import ContactPoint, ContactSystem
from portal.tenancy.context import practice_scope
from reminders.models import Channel, Reason, Reminder
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from reminders.services import planning
from tests.reminders.conftest import BY, LONDON, NOON, Desk

pytestmark = pytest.mark.django_db

ACCEPTED = Answer(Meaning.ACCEPTED, sid="SM1")


def move(desk: Desk, hours: float = 2) -> Appointment:
    visit = Appointment.objects.get()
    later = (visit.starts_at + dt.timedelta(hours=hours)).astimezone(LONDON).replace(tzinfo=None)
    return appointments.move(appointment=visit, local_start=later, by=BY, wished_by_patient=False)


def corrections() -> list[Reminder]:
    return list(Reminder.objects.filter(policy_step="correction").order_by("subject_version"))


def test_another_practice_corrects_nothing(desk: Desk):
    desk.sent()
    move(desk)
    with practice_scope(desk.cast.birch.pk):
        assert planning.plan() == planning.Planned()
    desk.plan()
    assert len(corrections()) == 1


def test_a_text_in_flight_when_its_visit_is_moved_is_corrected_once(desk: Desk):
    text = desk.sent()
    move(desk)
    desk.answer(text, ACCEPTED)
    for _ in range(3):
        desk.plan()
    (correction,) = desk.claim()  # the reminder of the new time is in it
    assert correction.body == (
        "Hello Ana. Please ignore our last reminder: your appointment was changed. You are now "
        "booked with Cole Staff on Wed 25 Nov at 10:00. Reply C to confirm, R to change the time, "
        "X if you can't come. To talk to us: 0113 496 0142. Sent automatically by Alder Practice."
    )
    desk.answer(correction, Answer(Meaning.ACCEPTED, sid="SM2"))
    desk.plan()
    desk.go_to(NOON + dt.timedelta(hours=1))
    assert desk.claim() == []
    assert len(corrections()) == 1


def test_a_text_in_flight_when_its_visit_is_cancelled_is_corrected(desk: Desk):
    text = desk.sent()
    appointments.cancel(appointment=Appointment.objects.get(), by_patient=False, by=BY)
    desk.answer(text, ACCEPTED)
    desk.plan()
    (correction,) = desk.claim()
    assert "Wed 25 Nov at 08:00 with Cole Staff was cancelled." in correction.body


def test_on_a_shared_phone_a_correction_names_nobody(desk: Desk):
    point = ContactPoint.objects.get(patient=desk.cast.patient("ana"), system=ContactSystem.SMS)
    people.change_contact_point(point=point, discreet=True, by=BY)
    text = desk.sent()
    move(desk)
    desk.answer(text, ACCEPTED)
    desk.plan()
    (correction,) = desk.claim()
    assert correction.body == (
        "Hello Ana. Please ignore the last message. It is now Wed 25 Nov, 10:00. Reply C, R or X, "
        "or ring 0113 496 0142. Sent automatically."
    )


def test_the_correction_of_a_discreet_text_is_discreet_and_takes_the_new_text_along(desk: Desk):
    desk.policy.discreet = True
    desk.policy.save(update_fields=["discreet"])
    text = desk.sent()
    move(desk)
    desk.answer(text, ACCEPTED)
    desk.plan()
    (correction,) = desk.claim()
    assert "Cole" not in correction.body
    assert Reminder.objects.filter(state=State.SENDING).count() == 2


def test_a_text_that_had_arrived_before_needs_no_correction(desk: Desk):
    text = desk.sent()
    desk.answer(text, ACCEPTED)
    desk.go_to(NOON + dt.timedelta(minutes=5))
    move(desk)
    desk.plan()
    assert corrections() == []


def test_a_correction_waits_until_it_is_known_whether_the_text_left(desk: Desk):
    text = desk.sent()
    move(desk, hours=30)
    desk.plan()
    assert desk.claim() == []
    assert corrections()[0].state == State.PLANNED
    desk.answer(text, Answer(Meaning.UNSENT))
    desk.go_to(NOON + dt.timedelta(minutes=2))
    assert desk.claim() == []
    assert (corrections()[0].state, corrections()[0].reason) == (
        State.SUPPRESSED,
        Reason.NOT_LEFT,
    )


def test_a_text_in_doubt_is_corrected_without_waiting(desk: Desk):
    text = desk.sent()
    desk.answer(text, Answer(Meaning.DOUBT))
    move(desk)
    desk.plan()
    assert len(desk.claim()) == 1


def test_moved_twice_only_the_last_time_is_told(desk: Desk):
    text = desk.sent()
    move(desk)
    desk.answer(text, ACCEPTED)
    desk.plan()
    move(desk)
    desk.plan()
    (correction,) = desk.claim()
    assert "at 12:00" in correction.body
    first, second = corrections()
    assert (first.state, first.reason) == (State.SUPPRESSED, Reason.MOVED)
    assert second.state == State.SENDING


def test_what_became_of_a_visit_is_no_correction(desk: Desk):
    desk.sent()
    appointments.record_outcome(
        appointment=Appointment.objects.get(), outcome=Status.ARRIVED, by=BY
    )
    desk.plan()
    assert corrections() == []


def test_a_correction_keeps_quiet_hours(desk: Desk):
    desk.go_to(NOON + dt.timedelta(hours=7, minutes=55))
    text = desk.sent()
    desk.go_to(NOON + dt.timedelta(hours=8, minutes=1))
    move(desk, hours=4)
    desk.answer(text, ACCEPTED)
    desk.plan()
    (row,) = corrections()
    assert row.due_at.astimezone(LONDON).strftime("%a %H:%M") == "Wed 08:00"


def test_a_correction_by_mail_asks_for_no_answer(desk: Desk):
    patient = desk.cast.patient("ana")
    ContactPoint.objects.filter(patient=patient, system=ContactSystem.EMAIL).delete()
    point = people.add_contact_point(
        patient=patient, system=ContactSystem.EMAIL, value="ana@example.org", by=BY
    )
    people.give_consent(point=point, how="asked", by=BY)
    desk.book()
    desk.plan()
    Reminder.objects.update(channel=Channel.EMAIL)
    (mail,) = desk.claim()
    move(desk)
    desk.answer(mail, ACCEPTED)
    desk.plan()
    correction = next(each for each in desk.claim() if "ignore" in each.body)
    assert correction.body == (
        "Hello Ana. Please ignore the last message. It is now Wed 25 Nov, 10:00. To change it, "
        "ring 0113 496 0142. Sent automatically."
    )
