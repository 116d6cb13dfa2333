"""Leave quickly: with script, without, and by the Escape key."""

import re

from playwright.sync_api import expect

from portal.ui.exits import neutral_page
from tests.journeys.stage import Stage


def neutral(url: str) -> bool:
    return url.startswith(neutral_page())


def test_leaving_ends_on_the_neutral_page_and_going_back_shows_nothing(stage: Stage) -> None:
    ana = stage.open("ana", elsewhere=neutral)
    ana.go("me/parts/?base=patient")
    with ana.page.expect_request("**/alder/leave/"):
        ana.page.get_by_role("link", name="Leave quickly").click()
    ana.page.wait_for_url(neutral)
    assert ana.page.title() == "Elsewhere"
    ana.page.go_back()
    assert "me/parts" not in ana.path()
    ana.go("me/parts/?base=patient")
    assert "accounts/login" in ana.path()


def test_leaving_works_without_script(stage: Stage) -> None:
    ana = stage.open("ana", script=False, elsewhere=neutral)
    ana.go("me/parts/?base=patient")
    ana.page.get_by_role("link", name="Leave quickly").click()
    ana.page.wait_for_url(neutral)
    ana.go("me/parts/?base=patient")
    assert "accounts/login" in ana.path()


def test_escape_three_times_leaves_and_twice_does_not(stage: Stage) -> None:
    ana = stage.open("ana", elsewhere=neutral)
    page = ana.go("me/parts/?base=patient")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_timeout(1700)
    page.keyboard.press("Escape")
    assert ana.path() == "me/parts/?base=patient"
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url(neutral)


def test_the_strip_stands_first_and_says_where_to_get_help(stage: Stage) -> None:
    page = stage.open("ana").go("me/parts/?base=patient")
    strip = page.get_by_role("complementary", name="Help and quick exit")
    expect(strip.get_by_role("link")).to_have_text(
        [re.compile("I need help now"), re.compile("Leave quickly")]
    )
    box = strip.bounding_box()
    assert box
    assert box["y"] == 0
