"""A number that is known to be dead when a text is due: a person hears of it, once."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.home import registry
from portal.people import services as people
from portal.people.models import ContactPoint, ContactSystem, contact_token
from portal.work import services as work
from portal.work.models import WorkItem, WorkState
from reminders.models import Fallback, Reason, Reminder, ReminderPolicy
from reminders.rules.answers import Answer, Meaning
from tests.reminders.conftest import BY, NOON, Desk

pytestmark = [pytest.mark.django_db, pytest.mark.urls("portal.practice_urls")]
CODE = "reminder.bad_number"


@pytest.fixture
def dead(desk: Desk) -> Desk:
    """Ana's number is known to be dead; two texts about two of her visits are due."""
    people.mark_bad(point=point_of(), by=BY)
    desk.book()
    desk.book(NOON + dt.timedelta(hours=22), clinician="cleo")
    desk.plan()
    return desk


def point_of(number: str = "+447700900101") -> ContactPoint:
    return ContactPoint.objects.get(value_token=contact_token(number), ended_at=None)


def items() -> list[WorkItem]:
    return list(WorkItem.objects.filter(code=CODE))


def test_one_task_for_the_patient_and_none_for_each_row(dead: Desk) -> None:
    assert dead.claim() == []
    assert {row.reason for row in dead.rows()} == {Reason.BAD_NUMBER}
    (item,) = items()
    assert item.audience == "front_desk"
    assert item.patient_id == dead.cast.patient("ana").pk
    assert "this number cannot receive texts" in item.title


def test_a_task_that_waits_already_is_enough(desk: Desk) -> None:
    desk.answer(desk.sent(), Answer(Meaning.BAD_NUMBER, code=21211))
    assert len(items()) == 1
    desk.book(NOON + dt.timedelta(hours=22), clinician="cleo")
    desk.plan()
    assert desk.claim() == []
    assert len(items()) == 1


def test_ended_without_another_number_it_comes_back_with_the_next_text(dead: Desk) -> None:
    dead.claim()
    (item,) = items()
    work.finish(item=item, by=dead.cast.dee.viewer)
    later = NOON + dt.timedelta(days=2)
    dead.book(later + dt.timedelta(hours=20))
    dead.go_to(later)
    dead.plan()
    assert dead.claim() == []
    (item,) = items()
    assert item.state == WorkState.OPEN
    assert item.due_at > later


def test_where_the_mail_takes_over_nobody_is_bothered(dead: Desk) -> None:
    ReminderPolicy.objects.update(fallback=Fallback.OTHER_CHANNEL)
    people.add_contact_point(
        patient=dead.cast.patient("ana"),
        system=ContactSystem.EMAIL,
        value="ana@example.org",
        consent_how="Asked",
        by=BY,
    )
    dead.claim()
    assert items() == []
    assert Reminder.objects.filter(channel="email").exists()


@pytest.mark.parametrize("why", ["stopped", "no_number"])
def test_what_is_no_dead_number_makes_no_task(desk: Desk, why: str) -> None:
    desk.book()
    desk.plan()
    if why == "stopped":
        people.stop_texts(value="+447700900101", by=BY)
    else:
        people.remove_contact_point(point=point_of(), by=BY)
    assert desk.claim() == []
    assert items() == []


def test_the_task_leads_to_another_number_and_only_those_who_may(dead: Desk) -> None:
    dead.claim()
    (item,) = items()
    cast = dead.cast
    link = str(registry.work_link(cast.dee.viewer, item))
    assert f"/contact/{point_of().pk}/replace/" in link
    assert f"{item.pk}" in link
    for name in ("nat", "cleo", "ana"):
        assert registry.work_link(cast.people[name].viewer, item) is None, name
    people.remove_contact_point(point=point_of(), by=BY)
    assert str(registry.work_link(cast.dee.viewer, item)).endswith("/details/")
