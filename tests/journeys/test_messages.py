"""Messages in real browsers: keys, confirmation, both ways, and states that are exact."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.sealing import make_keys, unlock, write
from tests.journeys.stage import DESK, Stage


def test_ana_and_cole_make_keys_eve_confirms_and_they_write(stage: Stage) -> None:
    ana, cole, eve = (
        stage.open("ana"),
        stage.open("cole", width=DESK),
        stage.open("eve", width=DESK),
    )
    make_keys(ana, "me/messages/")
    waiting = ana.page.get_by_role("heading", name="Your care team has not set up messages yet")
    expect(waiting).to_be_visible()
    ana.looks_right_everywhere()
    make_keys(cole, "staff/messages/")
    expect(cole.page.get_by_role("heading", name="Inbox")).to_be_visible()

    make_keys(eve, "staff/messages/keys/")
    eve.page.get_by_role("button", name="Make the practice’s key").press("Enter")
    expect(eve.page.get_by_role("checkbox")).to_have_count(3)
    eve.looks_right_everywhere()
    for box in eve.page.get_by_role("checkbox").all():
        box.press("Space")
    eve.page.get_by_role("button", name="Confirm the chosen ones").press("Enter")
    expect(eve.page.get_by_text("Confirmed: 3")).to_be_visible()
    eve.looks_right_everywhere()

    expect(ana.page.get_by_label("Your message")).to_be_visible()
    write(ana, "Can we move Thursday?")
    expect(ana.page.get_by_text("not delivered yet")).to_be_visible()
    cole.go("staff/messages/")
    unlock(cole)
    expect(cole.page.get_by_role("link", name="Ana")).to_be_visible()
    cole.looks_right_everywhere()
    cole.page.get_by_role("link", name="Ana").press("Enter")
    expect(cole.page.get_by_text("Can we move Thursday?")).to_be_visible()
    expect(ana.page.get_by_text("Read by Cole")).to_be_visible()
    write(cole, "Yes, at two.\n\nBring the sheet.")
    expect(ana.page.get_by_text("Bring the sheet.")).to_be_visible()
    expect(cole.page.get_by_text("Read by Ana")).to_be_visible()
    for journey in (ana, cole):
        journey.page.get_by_text("Who can read these messages").press("Enter")
        journey.looks_right_everywhere()
    ana.go("messages/devices/")
    unlock(ana)
    expect(ana.page.get_by_role("heading", name="Your devices")).to_be_visible()
    ana.looks_right_everywhere()
