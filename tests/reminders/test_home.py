"""What reminders bring to other pages."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.home import registry
from portal.people import services as people
from portal.work.models import WorkItem
from reminders import home
from reminders.models import LinkAnswer
from reminders.rules.answers import Answer, Meaning
from reminders.services import channels, links, policies, receiving
from tests.cast import Person
from tests.reminders.conftest import BY, NOON, Desk

pytestmark = [pytest.mark.django_db, pytest.mark.urls("portal.practice_urls")]


@pytest.fixture
def told(desk: Desk) -> Desk:
    desk.visit = desk.book()
    desk.plan()
    (text,) = desk.claim()
    desk.link = text.body.rsplit("/a/", 1)[1].strip("/")
    desk.answer(text, Answer(Meaning.ACCEPTED, sid="SM1"))
    channels.beat()
    return desk


def say(body: str) -> WorkItem | None:
    message = receiving.receive(sid=f"IN-{body}", number="+447700900101", body=body)
    assert message is not None
    receiving.work(message.pk)
    return WorkItem.objects.filter(source_id=message.pk).first()


@pytest.mark.parametrize("name", ["ana", "fay", "nat"])
def test_people_without_the_permission_get_nothing(told: Desk, name: str):
    viewer = told.cast.people[name].viewer
    assert home.staff_nav(viewer) == []
    assert home.staff_cards(viewer) == []
    assert home.patient_page_cards(viewer, told.cast.patient("ana")) == []


def test_the_count_is_what_waits_for_this_person(told: Desk):
    say("is there parking")
    counts = {}
    for name in ("dee", "eve", "cole"):
        waiting = home.staff_nav(told.cast.people[name].viewer)[0].waiting
        counts[name] = 0 if waiting is None else waiting.count()
    assert counts == {"dee": 1, "eve": 0, "cole": 0}
    assert [card.key for card in home.staff_cards(told.cast.dee.viewer)] == ["replies"]
    assert home.staff_cards(told.cast.eve.viewer) == []


def test_trouble_stands_at_the_top(told: Desk):
    channels.stop(cause="filtered", code=30007)
    (card,) = home.staff_cards(told.cast.eve.viewer)
    assert (card.key, card.column) == ("texts_trouble", "top")


def test_the_patients_card_says_when_nothing_can_go_out(told: Desk):
    ana, dee = told.cast.patient("ana"), told.cast.dee.viewer
    (card,) = home.patient_page_cards(dee, ana)
    assert card.context["shut"] is None
    assert len(card.context["lines"]) == 1
    people.stop_texts(value="+447700900101", by=BY)
    (card,) = home.patient_page_cards(dee, ana)
    assert card.context["shut"] == "stopped"


def test_the_check_list_asks_for_a_text(told: Desk):
    (step,) = home.set_up_steps(told.cast.eve.viewer)
    assert step.done
    policies.retire_policy(policy=told.policy, by=BY)
    (step,) = home.set_up_steps(told.cast.eve.viewer)
    assert not step.done


def test_the_manager_begins_with_the_usual_text(told: Desk):
    policies.retire_policy(policy=told.policy, by=BY)

    def ask(person: Person) -> int:
        return person.client().post("/alder/staff/reminders/policies/usual/").status_code

    assert ask(told.cast.dee) == 403
    assert ask(told.cast.eve) == 302
    (step,) = home.set_up_steps(told.cast.eve.viewer)
    assert step.done
    page = told.cast.eve.client().post("/alder/staff/reminders/policies/usual/", follow=True)
    assert "There is a text at that time already." in page.content.decode()


def test_a_task_leads_to_where_it_is_done(told: Desk):
    dee, eve = told.cast.dee.viewer, told.cast.eve.viewer
    say("R")
    wish = WorkItem.objects.get(code="appointment.other_time")
    link = registry.work_link(dee, wish)
    assert link is not None
    assert str(told.visit.pk) in link
    alarm = say("I can't go on")
    assert alarm is not None
    assert "replies" in str(home.work_link(dee, alarm))
    assert home.work_link(eve, alarm) is None  # managers read no words
    channels.stop(cause="our_fault", code=1)
    item = WorkItem.objects.get(code="reminder.texts_stopped")
    assert str(home.work_link(eve, item)).endswith("/staff/reminders/")


def test_a_wish_on_the_linked_page_leads_to_the_visit(told: Desk):
    links.answer(token=told.link, answer=LinkAnswer.RESCHEDULE)
    item = WorkItem.objects.get(code="appointment.other_time")
    assert str(told.visit.pk) in str(registry.work_link(told.cast.dee.viewer, item))


def test_a_text_that_did_not_arrive_leads_to_its_row(desk: Desk):
    desk.answer(desk.sent(), Answer(Meaning.UNKNOWN, code=1))
    item = WorkItem.objects.get(code="reminder.not_sent")
    assert str(desk.row().pk) in str(home.work_link(desk.cast.dee.viewer, item))
    assert home.work_link(desk.cast.cleo.viewer, item) is None


def test_other_apps_items_are_left_to_them(desk: Desk):
    item = WorkItem(source_type="intake.response", source_id=desk.policy.pk, due_at=NOON)
    assert home.work_link(desk.cast.dee.viewer, item) is None
    item = WorkItem(source_type="", source_id=None, due_at=NOON + dt.timedelta(days=1))
    assert home.work_link(desk.cast.dee.viewer, item) is None
