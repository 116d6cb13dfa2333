"""Steps of people who write messages in a browser."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.stage import Journey

PIN = "730194"
EIGHT_GROUPS = re.compile(r"^([0-9A-HJKMNP-TV-Z]{4} ){7}[0-9A-HJKMNP-TV-Z]{4}$")


def make_keys(journey: Journey, path: str, pin: str = PIN) -> str:
    """Set messages up by keyboard as far as the recovery sheet; return its code."""
    page = journey.go(path)
    expect(page.get_by_role("heading", name="Set up messages")).to_be_visible()
    page.get_by_label("PIN or passphrase for this device").focus()
    page.keyboard.type(pin)
    page.keyboard.press("Tab")
    page.keyboard.type(pin)
    page.keyboard.press("Enter")
    code = page.locator("[data-fill=code]")
    expect(code).to_have_text(EIGHT_GROUPS)
    words = code.inner_text()
    page.get_by_role("button", name="I have kept it").press("Enter")
    return words


def unlock(journey: Journey, pin: str = PIN) -> None:
    """Type the PIN of this device."""
    page = journey.page
    page.get_by_label("PIN or passphrase of this device").fill(pin)
    page.keyboard.press("Enter")


def write(journey: Journey, words: str) -> None:
    """Send a message by keyboard."""
    page = journey.page
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send", exact=True).press("Enter")
