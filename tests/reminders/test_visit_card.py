"""What the page of a visit says of its texts and of the patient's answers."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.appointments import services as appointments
from portal.appointments.models import Appointment
from portal.tenancy.context import practice_scope
from reminders.models import LinkAnswer
from reminders.rules.answers import Answer, Meaning
from reminders.services import links, receiving
from tests.cast import Cast
from tests.counting import queries_of
from tests.reminders.conftest import BY, LONDON, NOON, Desk, furnish

pytestmark = pytest.mark.django_db
ANA = "+447700900101"


@pytest.fixture
def told(cast: Cast) -> Desk:
    """Ana has been texted about tomorrow with Cole."""
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        desk.visit = desk.book()
        desk.plan()
        (text,) = desk.claim()
        desk.link = text.body.rsplit("/a/", 1)[1].strip("/")
        desk.answer(text, Answer(Meaning.ACCEPTED, sid="SM1"))
    return desk


def say(desk: Desk, body: str) -> None:
    with practice_scope(desk.cast.alder.pk):
        message = receiving.receive(sid=f"IN-{body}", number=ANA, body=body)
        assert message is not None
        receiving.work(message.pk)


def page(desk: Desk, name: str = "dee", row: Appointment | None = None) -> str:
    visit = row or desk.visit
    answer = desk.cast.people[name].client().get(f"/alder/staff/appointments/{visit.pk}/")
    return answer.content.decode()


def test_the_texts_of_a_visit_stand_on_its_page_with_one_sentence_each(told: Desk) -> None:
    words = page(told)
    assert "Texts and answers" in words
    assert "The network has not said yet whether it arrived." in words
    assert "No answer yet." in words


def test_a_colleague_without_the_patient_sees_none_of_it(told: Desk) -> None:
    say(told, "C")
    for name in ("cleo", "nat", "ana", "xia"):
        assert "Answered C" not in page(told, name), name
    assert "Answered C" in page(told, "cole")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("C", "Answered C: will come"),
        ("R", "Answered R: wants another time"),
        ("X", "Answered X: can’t come"),
        ("STOP", "Asked for no more texts"),
        ("is there parking", "Wrote back in their own words"),
    ],
)
def test_an_answer_by_text_is_said_with_its_time(told: Desk, body: str, words: str) -> None:
    told.go_to(NOON + dt.timedelta(minutes=65))
    say(told, body)
    assert f"<b>{words}</b>, by text, Tue 24 Nov, 13:05" in page(told)


def test_the_words_themselves_are_only_for_those_who_may_read_them(told: Desk) -> None:
    say(told, "is there parking behind the house")
    link = "Read it"
    assert link in page(told, "dee")
    assert link not in page(told, "eve")
    assert link not in page(told, "cole")
    assert "parking" not in page(told, "dee")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (LinkAnswer.CONFIRM, "Will come"),
        (LinkAnswer.CANNOT_COME, "Can’t come"),
        (LinkAnswer.RESCHEDULE, "Wants another time"),
    ],
)
def test_an_answer_on_the_linked_page_is_said_once(
    told: Desk, answer: LinkAnswer, words: str
) -> None:
    with practice_scope(told.cast.alder.pk):
        links.answer(token=told.link, answer=answer)
    assert page(told).count(f"<b>{words}</b>, on the page behind the text, Tue 24 Nov, 12:00") == 1


def test_an_answer_about_the_time_before_says_so(told: Desk) -> None:
    say(told, "C")
    told.go_to(NOON + dt.timedelta(minutes=5))
    later = (told.visit.starts_at + dt.timedelta(hours=3)).astimezone(LONDON).replace(tzinfo=None)
    with practice_scope(told.cast.alder.pk):
        appointments.move(appointment=told.visit, local_start=later, by=BY, wished_by_patient=False)
    assert "(before it was moved)" in page(told)


def test_a_text_about_the_time_before_says_so(told: Desk) -> None:
    assert "before it was moved" not in page(told)
    told.go_to(NOON + dt.timedelta(minutes=5))
    later = (told.visit.starts_at + dt.timedelta(hours=3)).astimezone(LONDON).replace(tzinfo=None)
    with practice_scope(told.cast.alder.pk):
        appointments.move(appointment=told.visit, local_start=later, by=BY, wished_by_patient=False)
    assert page(told).count("(before it was moved)") == 1


@pytest.mark.parametrize("what", ["cancelled", "moved"])
def test_a_text_that_will_be_stopped_is_not_said_to_go_out(cast: Cast, what: str) -> None:
    """Planning sees the change some seconds later; whoever made it looks at once."""
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        desk.visit = desk.book(NOON + dt.timedelta(hours=30))
        desk.plan()
    assert "Goes out" in page(desk)
    later = (desk.visit.starts_at + dt.timedelta(hours=3)).astimezone(LONDON).replace(tzinfo=None)
    with practice_scope(cast.alder.pk):
        if what == "moved":
            appointments.move(
                appointment=desk.visit, local_start=later, by=BY, wished_by_patient=False
            )
        else:
            appointments.cancel(appointment=desk.visit, by=BY, by_patient=False)
    words = page(desk)
    assert "Goes out" not in words
    assert f"Will not go out: the appointment was {what}." in words


@pytest.mark.parametrize("by_patient", [True, False])
def test_a_change_by_the_practice_asks_to_ring_a_patient_whom_no_text_has_told(
    told: Desk, by_patient: bool
) -> None:
    told.go_to(NOON + dt.timedelta(minutes=5))
    assert "Ring them" not in page(told)
    later = (told.visit.starts_at + dt.timedelta(hours=3)).astimezone(LONDON).replace(tzinfo=None)
    with practice_scope(told.cast.alder.pk):
        moved = appointments.move(
            appointment=told.visit, local_start=later, by=BY, wished_by_patient=by_patient
        )
    assert ("No text has told them the new time yet." in page(told)) is not by_patient
    with practice_scope(told.cast.alder.pk):
        appointments.cancel(appointment=moved, by=BY, by_patient=by_patient)
    words = page(told)
    assert ("No text tells them that it is cancelled." in words) is not by_patient
    assert "the new time" not in words
    told.go_to(moved.starts_at)
    assert "Ring them" not in page(told)


def test_once_a_text_has_told_the_new_time_nobody_need_ring(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        visit = desk.book(NOON + dt.timedelta(hours=30))
        later = (visit.starts_at + dt.timedelta(hours=1)).astimezone(LONDON).replace(tzinfo=None)
        desk.visit = appointments.move(
            appointment=visit, local_start=later, by=BY, wished_by_patient=False
        )
        desk.plan()
    assert "Ring them" in page(desk)
    with practice_scope(cast.alder.pk):
        desk.go_to(desk.visit.starts_at - dt.timedelta(hours=24))
        (text,) = desk.claim()
        desk.answer(text, Answer(Meaning.ACCEPTED, sid="SM1"))
    assert "Ring them" not in page(desk)


def test_a_visit_that_is_over_promises_no_first_text(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        desk.visit = desk.book(NOON + dt.timedelta(hours=2))
        desk.go_to(NOON + dt.timedelta(hours=4))
    assert "No text went out about it." in page(desk)


def test_one_answer_to_a_text_about_two_visits_stands_on_both_pages(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        desk.visit = desk.book()
        other = desk.book(NOON + dt.timedelta(hours=22), clinician="cleo")
        desk.plan()
        (text,) = desk.claim()
        desk.answer(text, Answer(Meaning.ACCEPTED, sid="SM1"))
    say(desk, "C")
    assert "Answered C" in page(desk)
    assert "Answered C" in page(desk, row=other)


def test_nothing_sent_is_said_plainly(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        desk.visit = desk.book(NOON + dt.timedelta(days=20))
    assert "No text about it yet." in page(desk)


def test_many_texts_and_answers_cost_no_more_statements(told: Desk) -> None:
    say(told, "C")
    client, address = told.cast.dee.client(), f"/alder/staff/appointments/{told.visit.pk}/"
    one = queries_of(client, address)
    for number in range(12):
        say(told, f"a word {number}")
    assert queries_of(client, address) <= one
