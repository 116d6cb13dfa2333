"""A form from a phone to an alert, in a real browser: by keyboard, offline, and without script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Dialog, Route, expect

from intake import selectors
from intake.models import Assignment, Flag, Response
from intake.services import assignments
from portal.tenancy.context import practice_scope
from tests.intake.conftest import fill_in, import_form, in_use, phq9_places, send
from tests.intake.fhir.forms import question
from tests.journeys.stage import DESK, PHONE, Journey, Stage


@pytest.fixture
def phq9(stage: Stage) -> Assignment:
    """The PHQ-9 asked of Ana by Cole, committed."""
    return ask(stage, lambda: in_use("phq-9"))


def ask(stage: Stage, make: Any) -> Assignment:
    with practice_scope(stage.cast.alder.pk):
        return assignments.assign(
            patient=stage.cast.patient("ana"),
            version=make(),
            why="To see how you are.",
            by=stage.cast.cole.viewer,
        )


def question_page(journey: Journey, assignment: Assignment, number: int) -> None:
    journey.go(f"me/forms/{assignment.pk}/questions/{number}/")


def saved(journey: Journey) -> None:
    expect(journey.page.locator("main [data-saved]")).to_contain_text(
        re.compile(r"Saved \d\d:\d\d")
    )


def choose(journey: Journey, words: str) -> None:
    """Choose an answer by keyboard: the page may still move under a pointer."""
    answer = journey.page.get_by_label(words, exact=True)
    answer.focus()
    answer.press("Space")
    expect(answer).to_be_checked()


def press_until(journey: Journey, key: str, selector: str, most: int = 40) -> None:
    """Press a key until the focus is on what the selector names."""
    for _ in range(most):
        if journey.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        journey.page.keyboard.press(key)
    raise AssertionError(f"{selector} cannot be reached with {key} on {journey.page.url}")


def answer_by_keyboard(journey: Journey, arrows: int) -> None:
    """From the top of the page: to the radios, down to an answer, on to Next, Enter."""
    keyboard = journey.page.keyboard
    press_until(journey, "Tab", "input[type=radio]")
    keyboard.press("Space")
    for _ in range(arrows):
        keyboard.press("ArrowDown")
    saved(journey)
    press_until(journey, "Tab", "button[name=go][value=next]")
    keyboard.press("Enter")


def test_the_whole_way_by_keyboard_alone(stage: Stage, phq9: Assignment) -> None:
    ana = stage.open("ana", width=PHONE)
    ana.go("me/")
    press_until(ana, "Tab", "main a[href*='me/forms/']")
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("heading", level=1)).to_have_text(
        "How the last two weeks have been"
    )
    ana.looks_right()
    press_until(ana, "Tab", "main a.button")
    ana.page.keyboard.press("Enter")
    for number in range(1, 9):
        expect(ana.page.get_by_text(f"Question {number} of 10")).to_be_visible()
        answer_by_keyboard(ana, 1)
    expect(ana.page.get_by_text("Question 9 of 10")).to_be_visible()
    panel = ana.page.locator("[data-help-panel]")
    expect(panel).to_be_hidden()
    answer_by_keyboard(ana, 2)
    expect(ana.page.get_by_text("Question 10 of 10")).to_be_visible()
    answer_by_keyboard(ana, 0)
    expect(ana.page.get_by_role("heading", level=1)).to_have_text("Look over your answers")
    ana.looks_right()
    press_until(ana, "Tab", "form[action$='submit/'] button", most=80)
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("heading", level=1)).to_have_text(
        "You do not have to carry this alone"
    )
    expect(ana.page.get_by_text("Cole Staff has been told")).to_be_visible()
    ana.looks_right()
    press_until(ana, "Tab", "main a[href$='done/']")
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("heading", level=1)).to_have_text("Thank you. It is sent")
    ana.looks_right()
    with practice_scope(stage.cast.alder.pk):
        [flag] = Flag.objects.filter(assignment=phq9)
        assert flag.work_item_id is not None


def test_people_to_ring_appear_without_the_server(stage: Stage, phq9: Assignment) -> None:
    """H1, T-RISK-03: the page carries its own list; the answer is sent when the network is back."""
    ana = stage.open("ana")
    question_page(ana, phq9, 9)
    ana.context.set_offline(True)
    choose(ana, "Several days")
    panel = ana.page.locator("[data-help-panel]")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("116 123")
    expect(ana.page.locator("main [data-saved]")).to_contain_text("Not saved yet")
    ana.looks_right()
    choose(ana, "Not at all")
    expect(panel).to_be_hidden()
    choose(ana, "Nearly every day")
    ana.context.set_offline(False)
    saved(ana)
    with practice_scope(stage.cast.alder.pk):
        assert selectors.answers_so_far(phq9)["q9"].values[0].words == "Nearly every day"
    # What the browser notes about requests that no network took is what this journey is about.
    ana.wrongs[:] = [wrong for wrong in ana.wrongs if not wrong.startswith("console:")]


def test_an_answer_given_before_the_scripts_are_there_is_saved(
    stage: Stage, phq9: Assignment
) -> None:
    """A slow line: the page is there and answered, what saves it comes later."""
    ana = stage.open("ana")
    held: list[Route] = []
    ana.page.route("**/htmx*.js", lambda route: held.append(route))
    page = f"{ana.root}me/forms/{phq9.pk}/questions/1/"
    ana.page.goto(page, wait_until="commit")
    expect(ana.page.get_by_role("button", name="Next question")).to_be_visible()
    choose(ana, "Several days")
    assert held
    held[0].continue_()
    saved(ana)
    with practice_scope(stage.cast.alder.pk):
        assert selectors.answers_so_far(phq9)["q1"].values[0].words == "Several days"


def test_an_answer_is_there_on_another_device(stage: Stage, phq9: Assignment) -> None:
    phone = stage.open("ana")
    question_page(phone, phq9, 1)
    choose(phone, "Several days")
    saved(phone)
    desk = stage.open("ana", width=DESK)
    question_page(desk, phq9, 1)
    expect(desk.page.get_by_label("Several days")).to_be_checked()
    desk.go(f"me/forms/{phq9.pk}/")
    desk.page.get_by_role("link", name="Go on where I stopped").click()
    expect(desk.page.get_by_text("Question 2 of 10")).to_be_visible()


def test_leaving_a_saved_page_asks_nothing(stage: Stage, phq9: Assignment) -> None:
    ana = stage.open("ana")
    question_page(ana, phq9, 1)
    choose(ana, "Several days")
    saved(ana)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    ana.page.on("dialog", answer)
    ana.go("me/")
    assert asked == []


def test_without_script_help_comes_before_the_next_question(stage: Stage, phq9: Assignment) -> None:
    ana = stage.open("ana", script=False)
    question_page(ana, phq9, 8)
    ana.page.get_by_role("button", name="Next question", exact=True).click()
    expect(ana.page.get_by_text("Leave this one out?")).to_be_visible()
    ana.page.get_by_role("button", name="Leave it out and go on").click()
    expect(ana.page.get_by_text("Question 9 of 10")).to_be_visible()
    choose(ana, "Several days")
    ana.page.get_by_role("button", name="Next question", exact=True).click()
    expect(ana.page.get_by_role("link", name="116 123")).to_be_visible()
    ana.page.get_by_role("link", name="Go on with the form").click()
    expect(ana.page.get_by_text("Question 10 of 10")).to_be_visible()


def test_an_empty_question_is_asked_about_with_the_focus_on_it(
    stage: Stage, phq9: Assignment
) -> None:
    ana = stage.open("ana")
    question_page(ana, phq9, 1)
    ana.page.get_by_role("button", name="Next question", exact=True).last.click()
    expect(ana.page.get_by_text("Leave this one out?")).to_be_visible()
    expect(ana.page.locator("[data-error-summary]")).to_be_focused()
    ana.looks_right()


def test_questions_come_and_go_without_losing_what_is_typed(stage: Stage) -> None:
    gate = {"question": "bus", "operator": "=", "answerBoolean": True}
    group = {
        "linkId": "g",
        "type": "group",
        "text": "Getting here",
        "item": [
            question("bus", "boolean", text="Do you come by bus?"),
            question("stop", "text", text="How is that?", enableWhen=[gate]),
            question("else", "string", text="Anything else?"),
        ],
    }
    assignment = ask(stage, lambda: import_form(group, title="Getting here").version)
    ana = stage.open("ana")
    question_page(ana, assignment, 1)
    how = ana.page.get_by_label("How is that?")
    expect(how).to_be_hidden()
    choose(ana, "Yes")
    expect(how).to_be_visible()
    how.fill("Four stops, at the front.")
    saved(ana)
    choose(ana, "No")
    expect(how).to_be_hidden()
    choose(ana, "Yes")
    expect(how).to_have_value("Four stops, at the front.")
    ana.looks_right()
    choose(ana, "No")
    expect(how).to_be_hidden()
    ana.page.get_by_role("button", name="Look over my answers").click()
    ana.page.get_by_role("button", name="Leave it out").or_(
        ana.page.get_by_role("button", name="Send to Cole Staff")
    ).first.click()
    expect(ana.page.get_by_role("heading", level=1)).to_have_text("Thank you. It is sent")
    with practice_scope(stage.cast.alder.pk):
        assert "stop" not in Response.objects.get(assignment=assignment).answers


def test_every_screen_of_a_form_holds(stage: Stage, phq9: Assignment) -> None:
    ana = stage.open("ana")
    form = f"me/forms/{phq9.pk}/"
    for path in ("me/forms/", form, f"{form}questions/9/", f"{form}review/", f"{form}help/"):
        ana.go(path)
        ana.looks_right_everywhere()
    with practice_scope(stage.cast.alder.pk):
        fill_in(phq9, phq9_places(*[1] * 9), by=stage.cast.ana)
        response = send(phq9, by=stage.cast.ana)
        patient = response.patient_id
    for path in (f"{form}done/", f"{form}answers/", "me/forms/"):
        ana.go(path)
        ana.looks_right_everywhere()
    cole = stage.open("cole")
    questionnaire = phq9.version.questionnaire_id
    for path in (
        "staff/forms/?list=all",
        f"staff/forms/{phq9.pk}/",
        f"staff/responses/{response.pk}/",
        f"staff/patients/{patient}/forms/",
        f"staff/patients/{patient}/forms/new/",
        "staff/questionnaires/",
        f"staff/questionnaires/{questionnaire}/",
        "staff/questionnaires/import/",
    ):
        cole.go(path)
        cole.looks_right_everywhere()
