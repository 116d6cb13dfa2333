"""The page behind a text's link: shows no more than the text, and looking changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from portal.appointments import services as appointments
from portal.appointments.models import Appointment, Status
from portal.practices.models import Practice, PracticeStatus
from portal.work.models import WorkItem
from reminders.models import LinkToken, keep_links
from reminders.texts import new_link
from tests.reminders.conftest import BY, LONDON, NOON, Desk

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
    assert (item.code, item.audience) == ("appointment.other_time", "front_desk")


def test_one_used_link_spends_the_others_of_the_visit(desk: Desk, path: str, browser: Client):
    address, row = new_link(Appointment.objects.get(), desk.cast.alder)
    keep_links([row])
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


# --- Another time ---------------------------------------------------------------------------------


@pytest.fixture
def ahead(desk: Desk, browser: Client) -> str:
    """The address of a visit in a week, whose clinician has hours."""
    appointments.set_availability(
        clinician=desk.cast.cole.membership,
        hours=[(day, dt.time(9), dt.time(17)) for day in range(5)],
        by=BY,
    )
    desk.visit = desk.book(NOON + dt.timedelta(days=6))  # Monday 30 November, 12:00
    address, row = new_link(desk.visit, desk.cast.alder)
    keep_links([row])
    return "/alder/" + address.split("/alder/", 1)[1]


def start(desk: Desk) -> str:
    return Appointment.objects.get(pk=desk.visit.pk).local_start


def test_free_times_are_shown_only_while_the_link_is_open(desk: Desk, ahead: str, browser: Client):
    assert browser.get("/alder/a/AAAAAAAAAAAAAAAAAAAAAA/times/").status_code == 404
    assert browser.get(ahead.replace("alder", "birch") + "times/").status_code == 404
    assert "2026-12-02T11:00" in browser.get(ahead + "times/?from=2026-12-02").content.decode()
    browser.post(ahead, {"answer": "confirm"})
    assert browser.get(ahead + "times/").status_code == 302
    browser.post(ahead + "times/", {"slot": "2026-12-02T11:00"})
    assert start(desk) == "2026-11-30T12:00"


def test_looking_at_free_times_changes_nothing(desk: Desk, ahead: str, browser: Client):
    for method in (browser.get, browser.head, browser.options, browser.put, browser.delete):
        method(ahead + "times/?slot=2026-12-02T11:00&from=nonsense")
    assert start(desk) == "2026-11-30T12:00"


def test_the_times_page_says_no_more_than_the_text(desk: Desk, ahead: str, browser: Client):
    words = browser.get(ahead + "times/").content.decode()
    assert "Mon 30 Nov at 12:00" in words
    for secret in ("Ana", "Abbott", "Cole Staff", "Meeting"):
        assert secret not in words


def test_choosing_moves_the_visit_and_spends_the_link(desk: Desk, ahead: str, browser: Client):
    page = browser.post(ahead + "times/", {"slot": "2026-12-02T11:00"}, follow=True)
    assert start(desk) == "2026-12-02T11:00"
    assert "Wed 2 Dec at 11:00" in page.content.decode()
    assert LinkToken.objects.get().answer == "moved"
    assert browser.post(ahead, {"answer": "confirm"}).status_code == 422
    assert not WorkItem.objects.exists()


def test_a_double_tap_on_a_time_is_one_move(desk: Desk, ahead: str, browser: Client):
    for _ in range(2):
        assert browser.post(ahead + "times/", {"slot": "2026-12-02T11:00"}).status_code == 302
    assert Appointment.objects.get(pk=desk.visit.pk).version == 2


def test_the_new_time_is_not_told_to_whoever_opens_the_old_text_later(
    desk: Desk, ahead: str, browser: Client
):
    browser.post(ahead + "times/", {"slot": "2026-12-02T11:00"})
    desk.go_to(NOON + dt.timedelta(minutes=20))
    words = browser.get(ahead).content.decode()
    assert "11:00" not in words
    assert "Another time was chosen" in words


def test_a_time_that_has_gone_leaves_the_link_open(desk: Desk, ahead: str, browser: Client):
    desk.book(dt.datetime(2026, 12, 2, 11, tzinfo=LONDON), patient="ben")
    page = browser.post(ahead + "times/", {"slot": "2026-12-02T11:00"})
    assert page.status_code == 422
    assert "This time has just gone" in page.content.decode()
    assert browser.post(ahead + "times/", {"slot": "2026-12-02T12:00"}).status_code == 302
    assert start(desk) == "2026-12-02T12:00"


def test_within_the_notice_a_person_rings(desk: Desk, path: str, browser: Client):
    desk.go_to(NOON + dt.timedelta(hours=9))  # eleven hours before
    assert "Choose another time" not in browser.get(path).content.decode()
    assert "Please ring me about another time" in browser.get(path).content.decode()
    times = browser.get(path + "times/").content.decode()
    assert "It is soon. Please ring us" in times
    assert "No time is free" not in times
    assert browser.post(path + "times/", {"slot": "2026-12-02T11:00"}).status_code == 422
    assert start(desk) == "2026-11-25T08:00"


@pytest.mark.parametrize("value", ["", "x", "2026-12-02T11:07", "9999-12-31T23:45", "\x00"])
def test_what_is_no_free_time_is_asked_again(desk: Desk, ahead: str, browser: Client, value: str):
    assert browser.post(ahead + "times/", {"slot": value}).status_code == 422
    assert start(desk) == "2026-11-30T12:00"


# --- The calendar, and a practice that has closed -------------------------------------------------


def test_the_calendar_file_says_no_more_than_the_text(desk: Desk, path: str, browser: Client):
    file = browser.get(path + "appointment.ics")
    words = file.content.decode()
    assert file.headers["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20261125T080000Z" in words
    assert "SUMMARY:Appointment" in words
    for secret in ("Ana", "Abbott", "Cole", "Meeting", "LOCATION"):
        assert secret not in words


def test_the_calendar_file_is_there_only_for_a_time_that_the_page_tells(
    desk: Desk, path: str, browser: Client
):
    browser.post(path, {"answer": "confirm"})
    assert browser.get(path + "appointment.ics").status_code == 200
    later = (desk.visit.starts_at + dt.timedelta(hours=3)).astimezone(LONDON).replace(tzinfo=None)
    appointments.move(appointment=desk.visit, local_start=later, by=BY, wished_by_patient=True)
    assert browser.get(path + "appointment.ics").status_code == 302
    assert "11:00" not in browser.get(path).content.decode()
    assert browser.get("/alder/a/AAAAAAAAAAAAAAAAAAAAAA/appointment.ics").status_code == 404


def test_a_practice_that_has_closed_says_so_and_whom_to_ring(
    desk: Desk, path: str, browser: Client
):
    Practice.objects.filter(pk=desk.cast.alder.pk).update(
        status=PracticeStatus.CLOSED, phone="+441134960142"
    )
    page = browser.get(path)
    assert page.status_code == 404
    words = page.content.decode()
    assert "has closed" in words
    assert "0113 496 0142" in words
    assert browser.post(path, CANCEL).status_code in (403, 404)
    assert status(desk) == Status.BOOKED
    assert "has closed" not in browser.get("/nowhere/a/x/").content.decode()
