"""The page behind a text's link: shows no more than the text, and looking changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from portal.appointments import services as appointments
from portal.appointments.models import Appointment, Status
from portal.work.models import WorkItem
from reminders.models import LinkToken
from tests.reminders.conftest import BY, LONDON, Desk

pytestmark = pytest.mark.django_db

CANCEL = {"answer": "cannot_come", "sure": "1"}


@pytest.fixture
def path(desk: Desk) -> str:
    """The address in Ana's text, without the host."""
    text = desk.sent()
    desk.visit = Appointment.objects.get()
    return "/alder/a/" + text.body.rsplit("/alder/a/", 1)[1]


@pytest.fixture
def browser() -> Client:
    return Client()


def status(desk: Desk) -> str:
    return Appointment.objects.get(pk=desk.visit.pk).status


def test_a_guessed_or_other_practices_token_is_not_found(desk: Desk, path: str, browser: Client):
    assert browser.get("/alder/a/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 404
    assert browser.get(path.replace("alder", "birch")).status_code == 404
    assert browser.get("/alder/a/" + "A" * 5000 + "/").status_code == 404
    assert browser.post(path.replace("alder", "birch"), {"answer": "confirm"}).status_code == 404


def test_the_page_shows_what_the_text_said_and_no_more(desk: Desk, path: str, browser: Client):
    page = browser.get(path)
    words = page.content.decode()
    assert page.status_code == 200
    assert "Wed 25 Nov at 08:00" in words
    assert "Cole Staff" in words
    for secret in ("Ana", "Abbott", "7700900101", "Meeting"):
        assert secret not in words
    assert "no-store" in page.headers["Cache-Control"]
    assert "noindex" in words


def test_link_scanners_change_nothing(desk: Desk, path: str, browser: Client):
    for method in (browser.get, browser.head, browser.options, browser.put, browser.delete):
        method(path)
        method(f"{path}?answer=cannot_come")
    assert status(desk) == Status.BOOKED
    assert LinkToken.objects.get().used_at is None


def test_confirming_confirms_and_spends_the_link(desk: Desk, path: str, browser: Client):
    page = browser.post(path, {"answer": "confirm"}, follow=True)
    assert "You are expected" in page.content.decode()
    assert status(desk) == Status.CONFIRMED
    assert LinkToken.objects.get().answer == "confirm"
    again = browser.post(path, CANCEL)
    assert again.status_code == 422
    assert status(desk) == Status.CONFIRMED


def test_a_double_tap_is_one_answer(desk: Desk, path: str, browser: Client):
    for _ in range(2):
        assert browser.post(path, CANCEL).status_code == 302
    assert status(desk) == Status.CANCELLED_BY_PATIENT
    assert WorkItem.objects.get().code == "link.cannot_come"


def test_asking_for_another_time_keeps_the_visit_and_tells_the_front_desk(
    desk: Desk, path: str, browser: Client
):
    browser.post(path, {"answer": "reschedule"})
    assert status(desk) == Status.BOOKED
    item = WorkItem.objects.get()
    assert (item.code, item.audience) == ("link.reschedule", "front_desk")


def test_one_used_link_spends_the_others_of_the_visit(desk: Desk, path: str, browser: Client):
    from reminders.texts import new_link

    address, row = new_link(Appointment.objects.get(), desk.cast.alder)
    row.save()
    browser.post(path, {"answer": "confirm"})
    other = "/alder/" + address.split("/alder/", 1)[1]
    assert browser.post(other, CANCEL).status_code == 422
    assert status(desk) == Status.CONFIRMED


def test_a_moved_visit_is_not_told_to_an_old_link(desk: Desk, path: str, browser: Client):
    later = (desk.visit.starts_at + dt.timedelta(hours=3)).astimezone(LONDON).replace(tzinfo=None)
    appointments.move(appointment=desk.visit, local_start=later, by=BY, wished_by_patient=True)
    words = browser.get(path).content.decode()
    assert "11:00" not in words
    assert "08:00" not in words
    assert "changed" in words
    assert browser.post(path, {"answer": "confirm"}).status_code == 422
    assert status(desk) == Status.BOOKED


def test_an_old_link_does_nothing(desk: Desk, path: str, browser: Client):
    desk.go_to(desk.visit.starts_at)
    assert "over" in browser.get(path).content.decode()
    assert browser.post(path, CANCEL).status_code == 422
    assert status(desk) == Status.BOOKED


def test_cancelling_is_asked_once_because_it_cannot_be_undone(
    desk: Desk, path: str, browser: Client
):
    page = browser.post(path, {"answer": "cannot_come"})
    assert "Cancel this visit?" in page.content.decode()
    assert status(desk) == Status.BOOKED
    browser.post(path, CANCEL)
    assert status(desk) == Status.CANCELLED_BY_PATIENT


@pytest.mark.parametrize("answer", ["", "delete", "CONFIRM"])
def test_a_strange_answer_is_asked_again(desk: Desk, path: str, browser: Client, answer: str):
    page = browser.post(path, {"answer": answer})
    assert page.status_code == 422
    assert "Choose one of the answers" in page.content.decode()


def test_a_post_without_the_forms_token_is_refused(desk: Desk, path: str):
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(path, {"answer": "confirm"}).status_code == 403
    assert status(desk) == Status.BOOKED
