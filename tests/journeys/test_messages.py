"""Messages in real browsers: keys, confirmation, both ways, and states that are exact."""

from __future__ import annotations

from playwright.sync_api import Dialog, expect

from portal.audit.models import AuditEvent
from portal.tenancy.context import practice_scope
from tests.cast import Cast
from tests.journeys.sealing import PIN, make_keys, make_ready, recover, unlock, write
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


def test_a_page_that_waits_for_keys_is_opened_once(stage: Stage) -> None:
    ana = stage.open("ana")
    make_keys(ana, "me/messages/")
    expect(ana.page.get_by_role("heading", name="Your care team has not set up")).to_be_visible()
    before = openings(stage.cast)
    for _look in range(2):
        with ana.page.expect_response(lambda answer: "/news/?state=1" in answer.url):
            pass
    assert openings(stage.cast) == before > 0


def openings(cast: Cast) -> int:
    with practice_scope(cast.alder.pk):
        return AuditEvent.objects.filter(action="thread.open").count()


def test_pressing_send_twice_sends_once_and_says_nothing_wrong(stage: Stage) -> None:
    ready = make_ready(stage.cast)
    ana = stage.open("ana")
    recover(ana, "me/messages/", ready.code)
    page = ana.page
    page.get_by_label("Your message").fill("Can we move Thursday?")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.get_by_text("not delivered yet")).to_have_count(1)
    expect(page.get_by_text("Write something first.")).to_be_hidden()
    page.wait_for_timeout(1100)  # later it is no second press any more
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Write something first.")).to_be_visible()


def test_a_sheet_that_is_shown_once_does_not_go_without_a_question(stage: Stage) -> None:
    ana = stage.open("ana")
    page = ana.go("me/messages/")
    page.get_by_label("PIN or passphrase for this device").fill(PIN)
    page.get_by_label("The same again").fill(PIN)
    page.get_by_role("button", name="Make my keys").click()
    code = page.locator("[data-fill=code]").inner_text()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("setTimeout(() => location.assign('/alder/me/'))")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.locator("[data-fill=code]").inner_text() == code
    page.get_by_role("link", name="I need help now").click()
    expect(page).not_to_have_url(f"{stage.url}/alder/me/messages/")
    assert asked == ["beforeunload"]
