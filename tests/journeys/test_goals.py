"""Ana rates a goal by keyboard; Cole drafts, meets another writer, and signs; Ana reads."""

import re

import pytest
from playwright.sync_api import expect

from goals.models import Goal, GoalRating, Note
from goals.services import goals, notes
from portal.people import services as people
from portal.people.models import CareRole
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP
from tests.goals.rows import begun_note, rated, signed_note, written_goal
from tests.journeys.stage import DESK, PHONE, Stage


@pytest.fixture
def shared(stage: Stage) -> Stage:
    """Ana and Cole have a goal with some numbers, a signed note that is shared, and a draft."""
    cast = stage.cast
    with practice_scope(cast.alder.pk):
        goal = written_goal(cast, by="cole", wording="I want to take the bus to work")
        for value, by in ((3, cast.ana), (2, cast.cole)):
            rated(goal, value, by=by)
        goals.bring(goal=goal, bring=True, by=cast.ana.viewer)
        signed_note(cast, words="We walked to the stop")
        begun_note(cast, what_we_did="Went through Monday")
        people.join_care_team(
            patient=cast.patient("ana"),
            membership=cast.cleo.membership,
            role=CareRole.MEMBER,
            by=SET_UP,
        )
    return stage


def session_of_ana(stage: Stage) -> str:
    return f"staff/patients/{stage.cast.patient('ana').pk}/session/"


def test_a_patient_rates_a_goal_by_keyboard(shared: Stage) -> None:
    ana = shared.open("ana", width=PHONE)
    page = ana.go("me/goals/")
    ana.looks_right_everywhere()
    page.get_by_role("link", name=re.compile("take the bus")).focus()
    page.keyboard.press("Enter")
    slider = page.get_by_role("slider", name="How close are you today?")
    slider.focus()
    for _press in range(3):
        page.keyboard.press("ArrowRight")
    number = page.get_by_role("spinbutton", name=re.compile("How close are you today"))
    expect(number).to_have_value(re.compile(r"^\d+$"))
    number.fill("6")
    expect(slider).to_have_value("6")
    page.keyboard.press("Tab")
    page.keyboard.type("Four stops on Monday")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Last time you said 6.")).to_be_visible()
    with practice_scope(shared.cast.alder.pk):
        assert GoalRating.objects.order_by("at").last() == GoalRating.objects.get(value=6)
    page.get_by_text("The same numbers in a table").click()
    ana.looks_right_everywhere()


def test_it_all_works_without_script(shared: Stage) -> None:
    ana = shared.open("ana", script=False)
    page = ana.go("me/goals/")
    page.get_by_role("link", name=re.compile("take the bus")).click()
    page.get_by_role("spinbutton", name="How close are you today?").fill("7")
    page.get_by_role("button", name="Save today").click()
    expect(page.get_by_text("Last time you said 7.")).to_be_visible()
    cole = shared.open("cole", width=DESK, script=False)
    page = cole.go(session_of_ana(shared))
    page.get_by_label("What we agreed").fill("One stop further")
    page.get_by_role("button", name="Save the draft").last.click()
    expect(page.get_by_label("What we agreed")).to_have_value("One stop further")


def test_a_clinician_drafts_meets_another_writer_and_signs_and_the_patient_reads(
    shared: Stage,
) -> None:
    cole = shared.open("cole", width=DESK)
    page = cole.go(session_of_ana(shared))
    cole.looks_right_everywhere()
    page.set_viewport_size({"width": DESK, "height": 900})
    page.get_by_label("What we did").fill("Went through Monday and Tuesday")
    expect(page.locator("[data-saved] time")).to_be_visible()
    expect(page.locator("#id_version")).to_have_value("3")
    with practice_scope(shared.cast.alder.pk):
        note = Note.objects.get(signed_at=None)
        assert note.sections["what_we_did"] == "Went through Monday and Tuesday"
        notes.save_draft(
            note=note,
            content={**note.sections, "what_we_did": "Cleo’s words", "how_it_felt": "Lighter"},
            version=note.version,
            by=shared.cast.cleo.viewer,
        )
    page.get_by_label("What we did").fill("Cole’s words")
    expect(page.locator("[data-saved]")).to_contain_text("Cleo Staff has changed this note")
    page.get_by_role("button", name="Save the draft").last.click()
    expect(page.get_by_text("Someone changed this while you were writing")).to_be_visible()
    expect(page.get_by_text("Cleo’s words")).to_be_visible()
    expect(page.get_by_label("What we did")).to_have_value("Cole’s words")
    expect(page.get_by_label("How it felt")).to_have_value("Lighter")
    cole.looks_right_everywhere()
    page.get_by_label("What we did").fill("Both our words")
    page.get_by_role("button", name="Sign the note").click()
    expect(page.get_by_role("button", name="Share it with Ana")).to_be_visible()
    cole.looks_right_everywhere()
    page.get_by_role("button", name="Share it with Ana").click()
    expect(page.get_by_role("button", name="Stop sharing")).to_be_visible()

    ana = shared.open("ana")
    page = ana.go("me/notes/")
    ana.looks_right_everywhere()
    page.get_by_role("link", name=re.compile("^.*Session on")).first.click()
    expect(page.get_by_text("Both our words")).to_be_visible()
    page.get_by_label("Add your own words").fill("I would say it so as well")
    page.get_by_role("button", name="Add my words").click()
    expect(page.get_by_text("I would say it so as well")).to_be_visible()
    ana.looks_right_everywhere()


def test_every_other_page_of_goals_and_notes_looks_right_everywhere(shared: Stage) -> None:
    with practice_scope(shared.cast.alder.pk):
        goal = Goal.objects.get()
        note = Note.objects.exclude(signed_at=None).get()
    patient = f"staff/patients/{goal.patient_id}"
    cole = shared.open("cole", width=DESK)
    for path in (
        "staff/goals/",
        f"{patient}/goals/",
        f"{patient}/goals/add/",
        f"{patient}/goals/{goal.pk}/",
        f"{patient}/notes/",
        f"{patient}/notes/{note.pk}/history/",
    ):
        cole.go(path)
        cole.looks_right_everywhere()
    ana = shared.open("ana")
    for path in (
        "me/",
        "me/goals/new/",
        f"me/goals/{goal.pk}/words/",
        f"me/goals/{goal.pk}/steps/",
    ):
        ana.go(path)
        ana.looks_right_everywhere()
    page = ana.go("me/goals/new/")
    page.get_by_role("button", name="Save my goal").click()
    expect(page.locator("#error-summary")).to_be_focused()
    ana.looks_right()
