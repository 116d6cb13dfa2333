"""Steps of people who write messages in a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import expect

from messaging.client import Client, code_words
from tests.cast import Cast
from tests.journeys.stage import Journey
from tests.messaging.people import client_of, with_keys

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


@dataclass
class Ready:
    """Ana and Cole with confirmed keys, made by Python clients; `code` opens Ana's in a browser."""

    ana: Client
    cole: Client
    code: str
    thread: str


def make_ready(cast: Cast) -> Ready:
    """Eve, Ana and Cole ready to write, and none of them with a device."""
    eve = with_keys(cast.eve)
    eve.make_identity()
    ana, cole = client_of(cast.ana), with_keys(cast.cole)
    code = code_words(ana.make_keys())
    eve.confirm_waiting()
    return Ready(ana, cole, code, ana.begin())


def recover(journey: Journey, path: str, code: str, pin: str = PIN) -> None:
    """Open messages on a new device with the recovery sheet."""
    page = journey.go(path)
    page.get_by_label("Code on your recovery sheet").fill(code)
    page.get_by_label("PIN or passphrase for this device").fill(pin)
    page.get_by_label("The same again").fill(pin)
    page.get_by_role("button", name="Open my messages").press("Enter")
