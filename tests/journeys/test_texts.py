"""A text is read and answered on the phone and on its linked page; staff see it through."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from portal.appointments import services as appointments
from portal.appointments.models import Appointment, Status
from portal.people.models import ContactPoint, contact_token
from portal.tenancy.context import practice_scope
from reminders.dispatcher import Dispatcher
from reminders.models import InboundMessage, Reminder, keep_links
from reminders.services import channels, policies, receiving
from reminders.texts import new_link
from tests.journeys.stage import DESK, Stage
from tests.reminders.conftest import BY, LONDON, NOON, Desk, furnish

LEDGER = "staff/reminders/"


@pytest.fixture
def told(stage: Stage) -> Desk:
    """Ana has a text about tomorrow; Ben's number is no good."""
    with practice_scope(stage.cast.alder.pk):
        desk = furnish(stage.cast)
        desk.visit = desk.book()
        desk.book(NOON + dt.timedelta(hours=22), patient="ben", clinician="cleo")
        desk.book(NOON + dt.timedelta(hours=40), patient="ben", clinician="cleo")
        ContactPoint.objects.filter(value_token=contact_token("+447700900102")).update(
            consent_given_at=None
        )
    Dispatcher(threads=0).turn()
    with practice_scope(stage.cast.alder.pk):
        (body,) = desk.handset()
    desk.link = "a/" + body.rsplit("/a/", 1)[1]
    return desk


def phone(desk: Desk) -> str:
    with practice_scope(desk.cast.alder.pk):
        point = ContactPoint.objects.get(value_token=contact_token("+447700900101"))
    return f"/demo/phone/alder/{point.pk}/"


def work_and_send(desk: Desk) -> None:
    """What worker and dispatcher do a moment later."""
    with practice_scope(desk.cast.alder.pk):
        waiting = list(InboundMessage.objects.filter(state="new").values_list("pk", flat=True))
        for message_id in waiting:
            receiving.work(message_id)
    Dispatcher(threads=0).turn()


def status(desk: Desk) -> str:
    with practice_scope(desk.cast.alder.pk):
        return Appointment.objects.get(pk=desk.visit.pk).status


def test_a_text_is_read_and_answered_on_the_phone(stage: Stage, told: Desk) -> None:
    visitor = stage.open()
    page = visitor.go("/demo/phone/")
    visitor.looks_right_everywhere()
    page.get_by_role("link", name=re.compile("Ana Abbott")).click()
    expect(page.get_by_text("Hello Ana. You are booked with Cole Staff")).to_be_visible()
    visitor.looks_right_everywhere()
    page.get_by_role("button", name="C", exact=True).click()
    expect(page.get_by_text("Being worked.")).to_be_visible()
    work_and_send(told)
    # It appears by itself, and the system's side with it.
    expect(page.get_by_text("You are confirmed for Wed 25 Nov, 08:00.")).to_be_visible()
    expect(page.get_by_text("The visit is confirmed.")).to_be_visible()
    assert status(told) == Status.CONFIRMED


def test_the_phone_works_without_script(stage: Stage, told: Desk) -> None:
    visitor = stage.open(script=False)
    page = visitor.go(phone(told))
    page.get_by_label("Reply as Ana").fill("is there parking")
    page.get_by_role("button", name="Send reply").click()
    work_and_send(told)
    visitor.go(phone(told))
    expect(page.get_by_text("Automatic reply: thank you.")).to_be_visible()


def test_the_linked_page_takes_an_answer_without_sign_in_or_script(
    stage: Stage, told: Desk
) -> None:
    visitor = stage.open(script=False)
    page = visitor.go(told.link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Wed 25 Nov at 08:00")
    page.get_by_role("button", name="I will come").click()
    expect(page.get_by_text("Thank you. You are expected.")).to_be_visible()
    assert status(told) == Status.CONFIRMED


def test_the_linked_page_asks_before_it_cancels(stage: Stage, told: Desk) -> None:
    visitor = stage.open()
    page = visitor.go(told.link)
    visitor.looks_right_everywhere()
    expect(page.get_by_role("link", name="Put it in my calendar")).to_be_visible()
    page.get_by_role("button", name="I can’t come").click()
    expect(page.get_by_role("link", name="Keep it")).to_be_visible()
    expect(page.get_by_role("link", name="Put it in my calendar")).to_have_count(0)
    visitor.looks_right_everywhere()
    page.get_by_role("link", name="Keep it").click()
    assert status(told) == Status.BOOKED
    page.get_by_role("button", name="I can’t come").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_text("This visit is cancelled.")).to_be_visible()
    visitor.looks_right_everywhere()
    assert status(told) == Status.CANCELLED_BY_PATIENT


def test_an_old_link_says_so(stage: Stage, told: Desk) -> None:
    later = (told.visit.starts_at + dt.timedelta(hours=3)).astimezone(LONDON).replace(tzinfo=None)
    with practice_scope(told.cast.alder.pk):
        appointments.move(appointment=told.visit, local_start=later, by=BY, wished_by_patient=True)
    visitor = stage.open()
    page = visitor.go(told.link)
    expect(page.get_by_text("This visit was changed")).to_be_visible()
    visitor.looks_right_everywhere()
    told.go_to(NOON + dt.timedelta(days=2))
    visitor.go(told.link)
    expect(page.get_by_text("This link is over")).to_be_visible()
    visitor.looks_right_everywhere()


def test_the_front_desk_sees_texts_and_replies_through(stage: Stage, told: Desk) -> None:
    with practice_scope(told.cast.alder.pk):
        message = receiving.receive(sid="IN1", number="+447700900101", body="is there parking")
        assert message is not None
    work_and_send(told)
    dee = stage.open("dee", width=DESK)
    page = dee.go(LEDGER)
    expect(page.get_by_role("row", name=re.compile("Ana Abbott")).first).to_be_visible()
    dee.looks_right_everywhere()
    page.get_by_role("link", name="Planned").click()
    expect(page.get_by_text("Will not go out: there is no consent for texts.")).to_be_visible()
    page.get_by_role("link", name="Trouble").click()
    expect(page.get_by_text("Not sent: there is no consent for texts.")).to_be_visible()
    dee.looks_right_everywhere()
    page.get_by_role("link", name="Not needed or too late").click()
    expect(page.get_by_text("No texts like this")).to_be_visible()
    dee.looks_right_everywhere()
    page.get_by_role("link", name=re.compile("^Replies")).click()
    expect(page.get_by_text("“is there parking”")).to_be_visible()
    dee.looks_right_everywhere()
    page.get_by_role("button", name="Hand to the clinician").click()
    expect(page.get_by_text("With Cole Staff")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    dee.looks_right_everywhere()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("“is there parking”")).to_be_visible()


def test_one_texts_page_and_the_policies_look_right(stage: Stage, told: Desk) -> None:
    with practice_scope(told.cast.alder.pk):
        row = Reminder.objects.filter(patient__given_name="Ana").get()
    eve = stage.open("eve", width=DESK)
    eve.go(f"{LEDGER}{row.pk}/")
    eve.looks_right_everywhere()
    page = eve.go(f"{LEDGER}policies/")
    eve.looks_right_everywhere()
    with practice_scope(told.cast.alder.pk):
        policies.retire_policy(policy=told.policy, by=BY)
        channels.stop(cause="our_fault", code=20003)
    eve.go(f"{LEDGER}policies/")
    expect(page.get_by_text("Texts are stopped")).to_be_visible()
    eve.looks_right_everywhere()
    page.get_by_role("button", name="Send one text the day before").click()
    expect(page.get_by_text("24 hours before")).to_be_visible()
    page.get_by_role("button", name="Send texts again").click()
    expect(page.get_by_text("Texts go out again.")).to_be_visible()


def test_another_time_is_chosen_behind_the_link_with_the_keyboard(stage: Stage, told: Desk) -> None:
    with practice_scope(stage.cast.alder.pk):
        appointments.set_availability(
            clinician=stage.cast.cole.membership,
            hours=[(day, dt.time(9), dt.time(17)) for day in range(5)],
            by=BY,
        )
        visit = told.book(NOON + dt.timedelta(days=6))
        address, row = new_link(visit, stage.cast.alder, tells_clinician=True)
        keep_links([row])
    visitor = stage.open()
    page = visitor.go("a/" + address.rsplit("/a/", 1)[1])
    visitor.looks_right_everywhere()
    page.get_by_role("link", name="Choose another time").press("Enter")
    expect(page.get_by_role("heading", name="Choose another time")).to_be_visible()
    visitor.looks_right_everywhere()
    page.get_by_role("button", name="Take this time").press("Enter")
    expect(page.get_by_text("Choose one of the times.").first).to_be_visible()
    visitor.looks_right_everywhere()
    page.get_by_role("group", name="Thursday 26 November").get_by_label("09:00").press("Space")
    page.get_by_role("button", name="Take this time").press("Enter")
    expect(page.get_by_text("Thank you. This is your new time.")).to_be_visible()
    expect(page.get_by_role("heading", name="Thu 26 Nov at 09:00")).to_be_visible()
    visitor.looks_right_everywhere()


def test_the_plan_and_the_ledger_are_read_on_a_phone_and_at_a_desk(
    stage: Stage, told: Desk
) -> None:
    with practice_scope(stage.cast.alder.pk):
        told.book(NOON + dt.timedelta(hours=46))
        told.book(NOON + dt.timedelta(hours=45), patient="ben", clinician="cleo")
        told.plan()
    dee = stage.open("dee", width=DESK)
    page = dee.go(LEDGER + "plan/")
    expect(page.get_by_text("Hello Ana. You are booked with Cole Staff")).to_be_visible()
    expect(page.get_by_text("there is no consent for texts")).to_be_visible()
    dee.looks_right_everywhere()
    dee.go(LEDGER)
    dee.looks_right_everywhere()
    page.get_by_role("link", name="Only one patient’s texts").click()
    page.get_by_label("Name, phone or record number").fill("Ana")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=re.compile("Ana Abbott")).click()
    expect(page.get_by_text("Only texts to Ana Abbott.")).to_be_visible()
    assert "Ana" not in page.url
    dee.looks_right_everywhere()
