"""The parts in a browser: with keyboard, without script, at every size, in both themes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.environment.chromium import find_chromium, launch_options
from tests.journeys.stage import DESK, PHONE, Stage

NARROW = 320
BASES = ("patient", "staff", "public")


@pytest.fixture
def large_text(browser: Browser) -> Iterator[Browser]:
    """A browser whose reader has set text to 200 %."""
    options = launch_options(find_chromium() or "")
    options["args"] = [*list(options["args"]), "--blink-settings=defaultFontSize=32"]  # type: ignore[call-overload]  # a list of words
    started = browser.browser_type.launch(**options)  # type: ignore[arg-type]  # a dict of options
    yield started
    started.close()


@pytest.mark.parametrize("base", BASES)
def test_every_part_is_accessible_and_fits_the_smallest_phone(stage: Stage, base: str) -> None:
    ana = stage.open("ana")
    ana.go(f"me/parts/?base={base}")
    ana.looks_right_everywhere()
    ana.page.set_viewport_size({"width": NARROW, "height": 640})
    assert ana.sideways() <= 0


def test_nothing_scrolls_sideways_with_text_twice_as_large(
    stage: Stage, large_text: Browser
) -> None:
    ana = stage.open("ana", width=NARROW, browser=large_text)
    for path in [*(f"me/parts/?base={base}" for base in BASES), "help/"]:
        ana.go(path)
        assert ana.sideways() <= 0, path


def test_the_first_tab_leads_past_the_navigation(stage: Stage) -> None:
    ana = stage.open("ana")
    page = ana.go("help/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main part")).to_be_focused()
    page.keyboard.press("Enter")
    assert ana.focused() == "main"


def test_the_error_summary_has_the_focus_and_leads_to_the_field(stage: Stage) -> None:
    ana = stage.open("ana")
    page = ana.go("me/parts/?base=patient")
    assert ana.focused() == "error-summary"
    assert page.title() == "11 things to look at. Nothing is lost. Components"
    page.get_by_role("link", name="E-mail: This is not a whole e-mail address").click()
    assert ana.focused() == "id_wrong-email"
    page.get_by_role("link", name="Choose an answer for “When may we ring?”.").click()
    assert ana.focused() == "id_wrong-ring_0"


def test_the_error_summary_has_the_focus_without_script(stage: Stage) -> None:
    page = stage.open("ana", script=False).go("me/parts/?base=patient")
    expect(page.locator("#error-summary")).to_be_focused()


def scale(page: Page, name: str) -> tuple[str, str]:
    box = page.locator(f"[data-scale]:has(#id_{name})")
    number = page.locator(f"#id_{name}").input_value()
    return number, box.get_attribute("data-value") or ""


def test_slider_and_number_stay_in_step(stage: Stage) -> None:
    page = stage.open("ana").go("me/parts/?base=patient")
    assert scale(page, "filled-today") == ("4", "4")
    slider = page.get_by_role("slider", name="How is today going?").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert scale(page, "filled-today") == ("5", "5")
    page.locator("#id_filled-today").fill("9")
    assert slider.input_value() == "9"
    expect(slider).to_have_attribute("aria-valuetext", "9 / 10")


def test_a_scale_that_is_not_answered_shows_no_number_and_the_middle_can_be_chosen(
    stage: Stage,
) -> None:
    page = stage.open("ana").go("me/parts/?base=patient")
    assert scale(page, "empty-today") == ("", "")
    slider = page.locator("[data-scale]:has(#id_empty-today) input[type=range]")
    expect(slider).to_have_attribute("aria-valuetext", "Not answered yet")
    slider.click()
    assert scale(page, "empty-today") == ("5", "5")


def test_a_scale_works_without_script(stage: Stage) -> None:
    page = stage.open("ana", script=False).go("me/parts/?base=patient")
    expect(page.get_by_role("slider")).to_have_count(0)
    page.locator("#id_empty-today").fill("7")
    expect(page.locator("[data-scale]:has(#id_empty-today) .scale-ends")).to_be_visible()


def test_room_in_a_text_is_said_and_nothing_is_cut_off(stage: Stage) -> None:
    page = stage.open("ana").go("me/parts/?base=patient")
    box = page.locator("#id_empty-why")
    box.press_sequentially("x" * 82)
    assert len(box.input_value()) == 82
    expect(page.locator("#id_empty-why-limit")).to_have_text("2 characters too long.")
    box.fill("x")
    expect(page.locator("#id_empty-why-limit")).to_have_text("Room for 79 more characters.")


def test_a_dialog_opens_and_the_gentle_way_out_changes_nothing(stage: Stage) -> None:
    ana = stage.open("ana")
    page = ana.go("me/parts/?base=patient")
    opener = page.get_by_role("link", name="Cancel the appointment")
    opener.click()
    dialog = page.get_by_role("dialog", name="Cancel Thursday at 14:30?")
    expect(dialog).to_be_visible()
    assert ana.axe() == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()
    assert "#" not in page.url


def test_without_script_the_same_link_leads_to_a_page_that_asks(stage: Stage) -> None:
    page = stage.open("ana", script=False).go("me/parts/?base=patient")
    page.get_by_role("link", name="Cancel the appointment").click()
    assert page.url.endswith("#the-page-that-asks-the-same")


def test_a_toast_stays_until_it_is_closed_and_hands_the_focus_on(stage: Stage) -> None:
    ana = stage.open("ana")
    page = ana.go("me/parts/?base=patient&toast=1")
    toast = page.get_by_role("status").filter(has_text="Goal saved 10:44.")
    expect(toast.last).to_be_visible()
    expect(toast.last.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("button", name="Close this message").click()
    assert ana.focused() == "main"
    expect(page.locator("[data-toast]")).to_have_count(0)


def test_a_toast_lies_in_the_page_where_script_cannot_close_it(stage: Stage) -> None:
    page = stage.open("ana", script=False).go("me/parts/?base=patient&toast=1")
    expect(page.locator(".toasts")).to_have_css("position", "static")
    expect(page.get_by_role("button", name="Close this message")).to_have_count(0)


def test_more_than_five_tabs_open_from_more_without_script(stage: Stage) -> None:
    page = stage.open("ana", script=False).go("me/parts/?base=patient")
    expect(page.get_by_role("link", name="Me", exact=True)).to_be_hidden()
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_role("link", name="Me", exact=True).last).to_be_visible()


def test_all_tabs_stand_at_the_side_of_a_desk(stage: Stage) -> None:
    page = stage.open("ana", width=DESK).go("me/parts/?base=patient")
    expect(page.get_by_role("link", name="Me", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="More", exact=True)).to_be_hidden()


def test_the_staff_menu_opens_on_a_phone_without_script(stage: Stage) -> None:
    page = stage.open("ana", width=PHONE, script=False).go("me/parts/?base=staff")
    entry = page.get_by_role("link", name="Caseload")
    expect(entry).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(entry).to_be_visible()


def test_paper_is_white_and_without_chrome(stage: Stage) -> None:
    page = stage.open("ana", theme="dark").go("me/parts/?base=patient")
    page.emulate_media(media="print")
    expect(page.locator(".strip")).to_be_hidden()
    expect(page.locator(".tabs-main")).to_be_hidden()
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
