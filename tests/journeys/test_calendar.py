"""The front desk's calendar by keyboard and by eye, at a desk and on a phone."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from portal import clock
from portal.access.viewer import SystemActor
from portal.appointments import series, services
from portal.tenancy.context import practice_scope
from tests.journeys.stage import DESK, PHONE, Stage

BY = SystemActor("Test")


@pytest.fixture
def booked(stage: Stage) -> tuple[Stage, dt.date]:
    """Next Wednesday: Cole has Ana at ten and, for four weeks, Ben at two."""
    today = clock.today("Europe/London")
    day = today + dt.timedelta(days=(2 - today.weekday()) % 7 + 7)
    cast = stage.cast
    with practice_scope(cast.alder.pk):
        kind = services.add_type(name="Meeting", minutes=50, by=BY)
        for name in ("cole", "cleo"):
            services.set_availability(
                clinician=cast.people[name].membership,
                hours=[(number, dt.time(9), dt.time(17)) for number in range(5)],
                by=BY,
            )
        services.book(
            patient=cast.patient("ana"),
            clinician=cast.cole.membership,
            type=kind,
            local_start=dt.datetime.combine(day, dt.time(10)),
            time_zone="Europe/London",
            by=BY,
        )
        series.book_series(
            patient=cast.patient("ben"),
            clinician=cast.cole.membership,
            type=kind,
            local_starts=series.times_of(
                dt.datetime.combine(day, dt.time(14)), every_weeks=1, times=4
            ),
            every_weeks=1,
            time_zone="Europe/London",
            by=BY,
        )
    return stage, day


def test_the_keyboard_begins_at_the_next_visit(booked: tuple[Stage, dt.date]) -> None:
    stage, day = booked
    clock.move_to(dt.datetime.combine(day, dt.time(12), dt.UTC))
    dee = stage.open("dee", width=DESK)
    page = dee.go(f"staff/schedule/?view=week&clinician={stage.cast.cole.membership.pk}")
    expect(page.locator('.cal-entries a[tabindex="0"]')).to_contain_text("Ben Bright")


def test_free_times_are_chosen_on_a_phone_too(booked: tuple[Stage, dt.date]) -> None:
    stage, day = booked
    dee = stage.open("dee", width=PHONE)
    page = dee.go(f"staff/schedule/?day={day}")
    expect(page.locator(".cal-free").first).to_be_hidden()
    page.get_by_role("link", name=re.compile("Ana Abbott")).click()
    page.get_by_role("link", name="Move it").click()
    page.get_by_role("link", name="Choose a time on the calendar").click()
    page.get_by_role("link", name="Free 15:00").first.click()
    expect(page.get_by_label("Time", exact=True)).to_have_value("15:00")


def test_a_desk_moves_on_the_calendar_by_keys(booked: tuple[Stage, dt.date]) -> None:
    stage, day = booked
    dee = stage.open("dee", width=DESK)
    page = dee.go(f"staff/schedule/?day={day}")
    stops = page.locator('.cal-entries a[tabindex="0"]')
    expect(stops).to_have_count(1)
    stops.focus()
    expect(page.locator(":focus")).to_contain_text("Ana Abbott")
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_contain_text("11:00")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(":focus")).to_contain_text("Cleo")
    expect(page.locator(":focus")).to_contain_text("11:00")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("n")
    page.wait_for_url("**/schedule/book/**")
    assert "time=11%3A00" in page.url or "time=11:00" in page.url
    page.go_back()
    page.locator(".cal-visit a").first.focus()
    page.keyboard.press("t")
    page.wait_for_url(lambda url: f"day={day}" not in url)
    page.go_back()
    page.locator(".cal-visit a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/appointments/**")
    dee.looks_right_everywhere()


def test_letters_do_nothing_outside_the_calendar(booked: tuple[Stage, dt.date]) -> None:
    stage, day = booked
    dee = stage.open("dee", width=DESK)
    page = dee.go(f"staff/schedule/?day={day}")
    page.locator("#go-day").focus()
    page.keyboard.press("n")
    page.keyboard.press("t")
    page.wait_for_timeout(300)
    assert f"day={day}" in page.url


def test_every_form_of_the_calendar_looks_right(booked: tuple[Stage, dt.date]) -> None:
    stage, day = booked
    dee = stage.open("dee", width=PHONE)
    cole = stage.cast.cole.membership.pk
    for view in ("day", "week", "list"):
        page = dee.go(f"staff/schedule/?day={day}&view={view}&clinician={cole}")
        expect(page.get_by_text("Ana Abbott").first).to_be_visible()
        dee.looks_right_everywhere()
    page = dee.go(f"staff/schedule/book/?patient={stage.cast.patient('ana').pk}&day={day}")
    page.get_by_label("Type").select_option(label="Meeting")
    page.locator("#id_clinician").select_option(str(cole))
    page.get_by_label("Time", exact=True).fill("14:00")
    page.get_by_label("Repeat").select_option(label="Every week")
    page.get_by_label("How many times").fill("6")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("4 of 6 times do not fit").first).to_be_visible()
    dee.looks_right_everywhere()
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("2 appointments booked")).to_be_visible()
