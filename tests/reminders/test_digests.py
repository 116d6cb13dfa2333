"""One message instead of three: what leaves together, what it says, and what an answer does."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.appointments import services as appointments
from portal.appointments.models import Appointment, Status
from portal.people import services as people
from portal.people.models import ContactPoint, ContactSystem, Patient
from portal.tenancy.context import practice_scope
from portal.work.models import WorkItem
from reminders.models import Attempt, Channel, Reminder
from reminders.rules.answers import Answer, Meaning
from reminders.rules.segments import measure
from reminders.rules.states import State
from reminders.rules.timing import OffsetKind
from reminders.services import claiming, policies, receiving
from tests.reminders.conftest import BY, NOON, Desk
from tests.reminders.test_planning_kinds import asked, policy

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
NUMBER = "+447700900101"


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Two visits of Ana's tomorrow, an hour apart; the first text is due at noon."""
    desk.book(NOON + 24 * HOUR)
    desk.book(NOON + 25 * HOUR, clinician="cleo")
    desk.plan()
    desk.go_to(NOON)
    return desk


def reply(words: str) -> None:
    message = receiving.receive(sid=f"SM{words}", number=NUMBER, body=words)
    assert message is not None
    receiving.work(message.pk)


def test_another_practices_texts_ride_with_nobody(two: Desk):
    with practice_scope(two.cast.birch.pk):
        assert claiming.claim() == []
    assert len(two.claim()) == 1


def test_two_patients_of_one_phone_each_have_their_own_message(two: Desk):
    """Whoever holds the phone, one person's visits never stand in another's text."""
    people.add_contact_point(
        patient=two.cast.patient("ben"),
        system=ContactSystem.SMS,
        value=NUMBER,
        consent_how="Asked",
        by=BY,
    )
    two.book(NOON + 26 * HOUR, patient="ben", clinician="cole")
    two.plan()
    two.go_to(NOON + 2 * HOUR)
    texts = {text.body.split(".")[0]: text for text in two.claim()}
    assert set(texts) == {"Hello Ana", "Hello Ben"}
    assert {text.to for text in texts.values()} == {NUMBER}
    assert "14:00" not in texts["Hello Ana"].body
    assert "12:00" not in texts["Hello Ben"].body
    owners = {row.pk: row.patient_id for row in two.rows()}
    for each in Attempt.objects.all():
        assert {owners[pk] for pk in each.also} <= {owners[each.reminder_id]}


def test_two_visits_of_a_morning_are_told_in_one_text(two: Desk):
    (text,) = two.claim()
    assert text.body == (
        "Hello Ana. You are booked: Wed 25 Nov at 12:00 with Cole Staff; Wed 25 Nov at 13:00 with "
        "Cleo Staff. Reply C to confirm all. To change a time or if you can't come, ring "
        "0113 496 0142. Sent automatically by Alder Practice."
    )
    first, second = two.rows()
    assert (first.carried_by_id, second.carried_by_id) in {(None, first.pk), (second.pk, None)}
    attempt = Attempt.objects.get()
    assert {attempt.reminder_id, *attempt.also} == {first.pk, second.pk}
    assert first.segments + second.segments == measure(text.body).segments


def test_an_answer_moves_every_row_of_the_message(two: Desk):
    (text,) = two.claim()
    assert two.answer(text, Answer(Meaning.ACCEPTED, sid="SM1")) == 2
    assert {row.state for row in two.rows()} == {State.SENT}
    two.go_to(NOON + HOUR)
    assert two.claim() == []


def test_what_could_not_leave_waits_together_and_leaves_together(two: Desk):
    (text,) = two.claim()
    two.answer(text, Answer(Meaning.UNSENT))
    assert {row.state for row in two.rows()} == {State.PLANNED}
    two.go_to(NOON + HOUR)
    assert len(two.claim()) == 1


def test_a_shared_phone_is_told_times_and_no_names(two: Desk):
    point = ContactPoint.objects.get(patient=two.cast.patient("ana"), system=ContactSystem.SMS)
    people.change_contact_point(point=point, discreet=True, by=BY)
    (text,) = two.claim()
    assert text.body == (
        "Hello Ana. Reminders: Wed 25 Nov, 12:00; Wed 25 Nov, 13:00. Reply C to confirm all, or "
        "ring 0113 496 0142. Sent automatically."
    )


def test_two_texts_about_one_visit_leave_as_one(desk: Desk):
    policies.add_policy(name="At noon", kind=OffsetKind.HOURS_BEFORE, offset=23, by=BY)
    desk.book(NOON + 24 * HOUR)
    desk.plan()
    (text,) = desk.claim()
    assert text.body.startswith("Hello Ana. You are booked with Cole Staff on Wed 25 Nov at 12:00.")
    assert {row.state for row in desk.rows()} == {State.SENDING}


def test_a_form_is_said_in_the_text_about_the_visit(desk: Desk):
    policy(OffsetKind.FORM_DUE, 1, at=dt.time(13))
    asked(desk, due_on=dt.date(2026, 11, 25))
    desk.book(NOON + 24 * HOUR)
    desk.plan()
    (text,) = desk.claim()
    assert text.body.startswith("Hello Ana. You are booked with Cole Staff")
    assert "Something is also waiting for you to fill in: " in text.body
    assert {row.state for row in desk.rows()} == {State.SENDING}


def test_the_last_word_before_a_visit_is_not_brought_far_forward(desk: Desk):
    policies.add_policy(name="An hour", kind=OffsetKind.HOURS_BEFORE, offset=1, by=BY)
    desk.book(NOON + 24 * HOUR)
    soon = desk.book(NOON + 3.5 * HOUR, clinician="cleo")
    desk.plan()
    assert len(desk.claim()) == 1
    last = Reminder.objects.get(policy_step="hours_before:1", subject_id=soon.pk)
    assert last.state == State.PLANNED


def test_other_people_get_their_own(desk: Desk):
    desk.book(NOON + 24 * HOUR)
    desk.book(NOON + 24 * HOUR, clinician="cleo", patient="ben")
    desk.plan()
    assert len(desk.claim()) == 2


def test_a_visit_cancelled_meanwhile_does_not_ride(two: Desk):
    second = Appointment.objects.order_by("starts_at").last()
    assert second is not None
    appointments.cancel(appointment=second, by_patient=True, by=BY)
    (text,) = two.claim()
    assert "12:00" in text.body
    assert "13:00" not in text.body


def test_c_confirms_every_visit_of_the_message(two: Desk):
    (text,) = two.claim()
    two.answer(text, Answer(Meaning.ACCEPTED, sid="SM1"))
    reply("C")
    assert set(Appointment.objects.values_list("status", flat=True)) == {Status.CONFIRMED}
    (answer,) = two.claim()
    assert answer.body.startswith("Thank you. You are confirmed for all of them.")


@pytest.mark.parametrize("letter", ["X", "R"])
def test_x_and_r_do_not_say_which_so_a_person_asks(two: Desk, letter: str):
    (text,) = two.claim()
    two.answer(text, Answer(Meaning.ACCEPTED, sid="SM1"))
    reply(letter)
    assert set(Appointment.objects.values_list("status", flat=True)) == {Status.BOOKED}
    assert WorkItem.objects.filter(code="inbound.which_visit").exists()


def test_the_claim_asks_the_same_for_two_and_for_twenty(two: Desk, django_assert_max_num_queries):
    for n in range(18):
        when = NOON + (26 + n % 9) * HOUR + dt.timedelta(days=n // 9)
        two.book(when, patient="ben" if n % 2 else "ana")
    two.plan()
    with django_assert_max_num_queries(22):
        assert two.claim()


def test_two_visits_by_mail_ask_for_no_answer(two: Desk):
    _by_mail(two)
    (mail,) = two.claim()
    assert mail.channel == "email"
    assert mail.body.startswith(
        "Hello Ana. Reminders: Wed 25 Nov, 12:00; Wed 25 Nov, 13:00. To change one, ring "
        "0113 496 0142. Sent automatically."
    )


def test_our_own_words_are_in_one_language(two: Desk):
    Patient.objects.filter(pk=two.cast.patient("ana").pk).update(language="pl")
    (text,) = two.claim()
    assert "You are booked: Wed 25 Nov at 12:00 with Cole Staff" in text.body


def _by_mail(desk: Desk) -> None:
    patient = desk.cast.patient("ana")
    ContactPoint.objects.filter(patient=patient, system=ContactSystem.EMAIL).delete()
    point = people.add_contact_point(
        patient=patient, system=ContactSystem.EMAIL, value="ana@example.org", by=BY
    )
    people.give_consent(point=point, how="asked", by=BY)
    Reminder.objects.update(channel=Channel.EMAIL)
