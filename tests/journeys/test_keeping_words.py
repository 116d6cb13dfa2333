"""A sign-in that ends while somebody writes: nothing is lost, and nobody else reads it."""

from playwright.sync_api import Dialog, Locator, Page, expect

from tests.journeys.stage import Journey, Stage, storage_of

WORDS = "I felt stupid about it all morning."
PARTS = "me/parts/?base=patient"


def writing(stage: Stage) -> Journey:
    ana = stage.open("ana")
    ana.go(PARTS)
    ana.page.locator("#id_filled-why").fill(WORDS)
    return ana


def come_back_to(page: Page) -> None:
    """As a browser says it when the tab is looked at again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def away_dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="You have been away for a while")


def saying_yes(page: Page) -> list[str]:
    """Say yes to whatever the browser asks; the list tells what it was."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return asked


def test_while_signed_in_nothing_happens(stage: Stage) -> None:
    ana = writing(stage)
    with ana.page.expect_response("**/session/"):
        come_back_to(ana.page)
    expect(away_dialog(ana.page)).to_be_hidden()
    expect(ana.page.locator("#id_filled-why")).to_be_visible()


def test_words_are_hidden_when_the_sign_in_has_ended_and_come_back_with_the_person(
    stage: Stage,
) -> None:
    ana = writing(stage)
    token = ana.page.locator("[data-keep] [name=csrfmiddlewaretoken]").input_value()
    stage.sign_out(ana)
    come_back_to(ana.page)
    expect(away_dialog(ana.page)).to_be_visible()
    expect(ana.page.locator("#id_filled-why")).to_be_hidden()
    ana.page.keyboard.press("Escape")
    expect(away_dialog(ana.page)).to_be_visible()
    assert ana.axe() == []

    stage.sign_in(ana, "ana")
    ana.page.get_by_role("button", name="I have signed in").click()
    expect(away_dialog(ana.page)).to_be_hidden()
    expect(ana.page.locator("#id_filled-why")).to_have_value(WORDS)
    assert ana.page.locator("[data-keep] [name=csrfmiddlewaretoken]").input_value() != token
    ana.page.locator("[data-keep]").get_by_role("button", name="Save").click()
    expect(ana.page.get_by_role("heading", name="Components")).to_be_visible()


def test_somebody_else_who_signs_in_finds_nothing(stage: Stage) -> None:
    ana = writing(stage)
    stage.sign_out(ana)
    come_back_to(ana.page)
    expect(away_dialog(ana.page)).to_be_visible()
    saying_yes(ana.page)
    stage.sign_in(ana, "ben")
    ana.page.get_by_role("button", name="I have signed in").click()
    expect(ana.page.locator("#id_filled-why")).not_to_have_value(WORDS)


def test_sending_after_the_sign_in_has_ended_waits_instead_of_losing_it(stage: Stage) -> None:
    ana = writing(stage)
    stage.sign_out(ana)
    ana.page.locator("[data-keep]").get_by_role("button", name="Save").click()
    expect(away_dialog(ana.page)).to_be_visible()
    expect(ana.page.locator("#id_filled-why")).to_have_value(WORDS)


def test_what_was_typed_never_reaches_the_browsers_storage(stage: Stage) -> None:
    ana = writing(stage)
    stage.sign_out(ana)
    come_back_to(ana.page)
    expect(away_dialog(ana.page)).to_be_visible()
    assert WORDS not in str(storage_of(ana.page))


def test_leaving_a_page_with_unsent_words_asks_first(stage: Stage) -> None:
    ana = writing(stage)
    asked = saying_yes(ana.page)
    ana.page.get_by_role("link", name="staff", exact=True).click()
    ana.page.wait_for_url("**base=staff")
    assert asked == ["beforeunload"]


def test_help_never_waits_for_an_answer(stage: Stage) -> None:
    ana = writing(stage)
    asked = saying_yes(ana.page)
    ana.page.get_by_role("link", name="I need help now").click()
    expect(ana.page.get_by_role("heading", level=1)).to_have_text("Talk to someone now")
    assert asked == []
