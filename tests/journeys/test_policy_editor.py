"""A manager writes a text, sees it as it will arrive, and tries it on herself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.tenancy.context import practice_scope
from reminders.dispatcher import Dispatcher
from reminders.models import ReminderPolicy
from reminders.selectors import policies_in_force
from tests.journeys.stage import DESK, Stage
from tests.reminders.conftest import furnish

POLICIES = "staff/reminders/policies/"


@pytest.fixture
def policy(stage: Stage) -> ReminderPolicy:
    with practice_scope(stage.cast.alder.pk):
        return furnish(stage.cast).policy


def test_a_text_is_seen_while_it_is_written_and_tried(stage: Stage, policy: ReminderPolicy):
    eve = stage.open("eve", width=DESK)
    page = eve.go(POLICIES)
    page.get_by_role("link", name="Change The day before").click()
    page.wait_for_load_state()  # else the words may be written before anything listens
    seen = page.locator("#previews")
    expect(seen).to_contain_text("Hello Nadia. You are booked with")
    page.get_by_label("Full wording").fill("Hi {first_name}, see you {day}!")
    expect(seen).to_contain_text("Hi Nadia, see you")
    expect(seen).to_contain_text("The text does not say:")
    eve.looks_right_everywhere()
    page.set_viewport_size({"width": DESK, "height": 900})
    page.get_by_role("button", name="Put in the usual words").click()
    expect(seen).to_contain_text("You are booked with")
    page.get_by_label("Your own mobile number").fill("07700 900199")
    page.locator("#test-title").scroll_into_view_if_needed()
    page.get_by_role("button", name="Discreet wording").click()
    expect(page.locator("#tests")).to_contain_text("On its way to you.")
    Dispatcher(threads=0).turn()
    expect(page.locator("#tests")).to_contain_text("delivered")
    page.get_by_label("Write it in one more language").select_option("de")
    page.get_by_role("button", name="Write in this language").click()
    expect(page.get_by_label("Full wording, Deutsch")).to_be_visible()
    page.set_viewport_size({"width": DESK, "height": 900})
    page.get_by_label("What you call it").fill("Evening before")
    page.get_by_label("What you call it").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    with practice_scope(stage.cast.alder.pk):
        assert [each.name for each in policies_in_force()] == ["Evening before"]


def test_it_works_without_script(stage: Stage, policy: ReminderPolicy):
    eve = stage.open("eve", script=False)
    page = eve.go(f"{POLICIES}{policy.pk}/")
    page.get_by_label("Full wording").fill("Hi {first_name}")
    page.get_by_role("button", name="Show it again").click()
    expect(page.locator("#previews")).to_contain_text("Hi Nadia")
    expect(page.get_by_label("Full wording")).to_have_value("Hi {first_name}")
