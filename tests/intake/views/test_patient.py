"""The patient's way through a form, over HTTP: refusals first, then each step, then odd turns."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import set_script_prefix

from intake import selectors
from intake.fhir.answers import Reason
from intake.models import (
    Assignment,
    AssignmentState,
    DraftAnswer,
    Flag,
    QuestionnaireVersion,
    Response,
    Score,
)
from intake.services import assignments
from portal.practices.models import Practice
from portal.work.models import WorkItem
from tests.cast import Cast
from tests.intake.conftest import Filled, fill_in, import_form, inside, phq9_places, send
from tests.intake.fhir.forms import choice, question

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


class Way:
    """Ana's browser on one form."""

    def __init__(self, cast: Cast, assignment: Assignment, name: str = "ana") -> None:
        self.client: Client = cast.people[name].client()
        self.base = f"/alder/me/forms/{assignment.pk}/"

    def get(self, path: str = "") -> Any:
        return self.client.get(self.base + path)

    def page(self, number: int) -> Any:
        return self.get(f"questions/{number}/")

    def post(self, number: int, **given: Any) -> Any:
        """Post a page on which question `q<number>` stood."""
        path = f"{self.base}questions/{number}/"
        return self.client.post(path, {"shown": f"q{number}", "go": "next", **given})

    def autosave(self, number: int, **given: Any) -> Any:
        path = f"{self.base}questions/{number}/save/"
        return self.client.post(path, {"shown": f"q{number}", **given}, headers=HTMX)

    def submit(self) -> Any:
        return self.client.post(self.base + "submit/")

    def ends_at(self, response: Any, path: str) -> bool:
        return bool(response.status_code == 302 and response["Location"] == self.base + path)


@pytest.fixture
def way(cast: Cast, asked: Assignment) -> Way:
    return Way(cast, asked)


def asked_of_ana(cast: Cast, version: QuestionnaireVersion) -> Assignment:
    return assignments.assign(patient=cast.patient("ana"), version=version, by=cast.cole.viewer)


STEPS = ["", "questions/1/", "review/", "help/", "done/", "answers/"]


@pytest.mark.parametrize("name", ["yan", "xia", "zoe", "ben"])
def test_nobody_else_reaches_any_step(cast: Cast, asked: Assignment, name: str) -> None:
    stranger = Way(cast, asked, name)
    for step in STEPS:
        assert stranger.get(step).status_code == 404, step
    assert stranger.post(1, q1="1").status_code == 404
    assert stranger.autosave(1, q1="1").status_code == 404
    assert stranger.submit().status_code == 404
    assert not DraftAnswer.objects.exists()


@pytest.mark.parametrize("name", ["cole", "dee", "eve", "nat", "fay"])
def test_staff_and_carers_do_not_fill_in(cast: Cast, asked: Assignment, name: str) -> None:
    other = Way(cast, asked, name)
    for step in STEPS:
        assert other.get(step).status_code == 403, step
    assert other.post(1, q1="1").status_code == 403


def test_nothing_is_changed_by_getting(way: Way) -> None:
    assert way.client.get(way.base + "submit/").status_code == 405
    led_on = way.client.get(way.base + "questions/1/save/")
    assert way.ends_at(led_on, "questions/1/")


def test_the_start_says_what_why_how_long_and_who_reads_it(way: Way) -> None:
    text = way.get().content.decode()
    for words in (
        "How the last two weeks have been",
        "10 questions, about 3 minutes.",
        "To see how you are.",
        "Cole Staff reads each answer",
        "The front desk sees only that the form is done",
        "may see that answer even if you do not finish",
    ):
        assert words in text, words
    assert "<title>Form</title>" in text


def test_a_whole_phq9_goes_page_by_page_without_script(way: Way, asked: Assignment) -> None:
    for number in range(1, 9):
        page = way.page(number).content.decode()
        assert f"Question {number} of 10" in page
        assert way.ends_at(way.post(number, **{f"q{number}": "1"}), f"questions/{number + 1}/")
    assert way.ends_at(way.post(9, q9="0"), "questions/10/")
    assert way.ends_at(way.post(10, q10="2"), "review/")
    assert way.get("review/").content.decode().count("Several days") == 8
    assert way.ends_at(way.submit(), "done/")
    score = Score.objects.get()
    assert (score.total, score.band) == (8, "mild")
    assert "Thank you. It is sent" in way.get("done/").content.decode()
    assert not Flag.objects.exists()


def test_item_nine_shows_help_before_the_next_question_and_before_the_thanks(
    way: Way, asked: Assignment
) -> None:
    helped = way.post(9, q9="1")
    assert way.ends_at(helped, "help/?then=10")
    page = way.client.get(helped["Location"]).content.decode()
    assert "116 123" in page
    assert "999" in page
    assert f'href="{way.base}questions/10/"' in page
    assert Flag.objects.get().code == "suicide-item"
    assert way.ends_at(way.submit(), "help/")
    after = way.get("help/").content.decode()
    assert "Cole Staff has been told" in after
    assert f'href="{way.base}done/"' in after
    assert WorkItem.objects.count() == 1


def test_the_help_panel_is_on_the_page_before_the_server_is_asked(way: Way) -> None:
    page = way.page(9).content.decode()
    assert "may see this answer even if you do not finish" in page
    assert page.count("data-opens-help") == 3
    panel = re.search(r"<section[^>]*data-help-panel[^>]*>", page)
    assert panel
    assert "hidden" in panel.group()
    assert "116 123" in page
    way.autosave(9, q9="2")
    panel = re.search(r"<section[^>]*data-help-panel[^>]*>", way.page(9).content.decode())
    assert panel
    assert "hidden" not in panel.group()
    assert "data-help-panel" not in way.page(1).content.decode()


def test_somebody_who_saw_the_panel_goes_straight_on(way: Way) -> None:
    assert way.ends_at(way.post(9, q9="1", help_seen="1"), "questions/10/")


def test_an_autosave_keeps_the_answer_and_says_when(way: Way, asked: Assignment) -> None:
    reply = way.autosave(1, q1="2")
    assert reply.status_code == 200
    assert re.search(r"Saved\s*<time", reply.content.decode())
    assert "<html" not in reply.content.decode()
    assert selectors.answers_so_far(asked)["q1"].is_given
    asked.refresh_from_db()
    assert asked.state == AssignmentState.STARTED
    assert "Saved" in way.page(2).content.decode()


def test_one_goes_on_where_one_stopped_on_any_device(
    cast: Cast, asked: Assignment, way: Way
) -> None:
    for number in (1, 2, 3):
        way.autosave(number, **{f"q{number}": "0"})
    phone = Way(cast, asked)
    start = phone.get().content.decode()
    assert "You have answered 3." in start
    assert f'href="{way.base}questions/4/"' in start
    assert "checked" in phone.page(2).content.decode()


def test_an_empty_scored_question_is_asked_about_once(way: Way, asked: Assignment) -> None:
    first = way.post(1)
    assert first.status_code == 422
    assert "Leave this one out?" in first.content.decode()
    assert way.ends_at(way.post(1, leave_out="1"), "questions/2/")
    assert selectors.answers_so_far(asked)["q1"].reason == Reason.LEFT_OUT
    assert way.ends_at(way.post(1), "questions/2/"), "it was asked about before"


def test_a_question_that_does_not_count_is_left_out_without_asking(way: Way) -> None:
    assert way.ends_at(way.post(10), "review/")


def test_one_may_rather_not_answer(way: Way, asked: Assignment) -> None:
    assert way.ends_at(way.post(1, q1="declined"), "questions/2/")
    assert selectors.answers_so_far(asked)["q1"].reason == Reason.DECLINED
    assert "rather not answer" in way.get("review/").content.decode()
    way.submit()
    assert "rather not answer" in way.get("answers/").content.decode()


def test_back_and_stop_keep_what_was_chosen(way: Way, asked: Assignment) -> None:
    assert way.ends_at(way.post(2, q2="3", go="back"), "questions/1/")
    assert way.ends_at(way.post(1, go="back"), "")
    stopped = way.post(3, q3="1", go="stop")
    assert stopped["Location"] == "/alder/me/forms/"
    assert set(selectors.answers_so_far(asked)) == {"q2", "q3"}


def test_changing_from_the_review_leads_back_to_it(way: Way) -> None:
    path = f"{way.base}questions/1/?from=review"
    response = way.client.post(path, {"shown": "q1", "go": "next", "q1": "1"})
    assert way.ends_at(response, "review/")


def test_sending_twice_and_going_back_give_one_record(way: Way) -> None:
    """T-CONC-04."""
    way.post(1, q1="1")
    for _ in range(3):
        assert way.submit().status_code == 302
    assert Response.objects.count() == 1
    for step in ("", "questions/1/", "review/"):
        assert way.ends_at(way.get(step), "done/"), step
    assert way.ends_at(way.post(1, q1="3"), "done/")
    late = way.autosave(1, q1="3")
    assert (late.status_code, late["HX-Redirect"]) == (204, way.base)
    assert Response.objects.get().answers["q1"].values[0].words == "Several days"


def test_a_form_taken_back_says_so_and_takes_nothing(
    cast: Cast, asked: Assignment, way: Way
) -> None:
    assignments.withdraw(assignment=asked, by=cast.cole.viewer)
    for response in (way.get(), way.post(1, q1="1"), way.get("review/")):
        assert response["Location"] == "/alder/me/forms/"
    listed = way.client.get("/alder/me/forms/").content.decode()
    assert "not needed any more" in listed
    assert way.submit()["Location"] == "/alder/me/forms/"
    assert not Response.objects.exists()


def test_pages_that_do_not_exist_are_not_found(way: Way) -> None:
    for number in (0, 11, 9999):
        assert way.page(number).status_code == 404


def test_read_states_reach_the_patient(
    cast: Cast, asked: Assignment, way: Way, filled: Filled
) -> None:
    from intake.services.responses import open_response

    response = filled(asked, *[0] * 9)
    assert "Sent" in way.get("done/").content.decode()
    open_response(response_id=response.pk, by=cast.cole.viewer)
    assert "Read by Cole Staff" in way.get("done/").content.decode()
    assert "Read by your care team" in way.client.get("/alder/me/forms/").content.decode()


class TestOtherForms:
    """Forms that are no instruments: several questions a page, conditions, all types."""

    CONSENT = {"code": [{"system": "http://loinc.org", "code": "59284-0"}], "required": True}

    def start(self, cast: Cast, *items: dict[str, Any]) -> tuple[Way, Assignment]:
        assignment = asked_of_ana(cast, import_form(*items).version)
        return Way(cast, assignment), assignment

    def group(self, *items: dict[str, Any]) -> dict[str, Any]:
        return {"linkId": "g", "type": "group", "text": "About you", "item": list(items)}

    def test_wrong_entries_are_said_at_the_field_and_nothing_is_lost(
        self, cast: Cast, in_alder: Practice
    ) -> None:
        way, assignment = self.start(
            cast,
            self.group(
                question("a"), question("b", "integer"), question("c", "date"), choice("d", "x")
            ),
        )
        posted = {"shown": ["q1", "q2", "q3", "q4"], "go": "next"}
        typed = {"q1": "kept", "q2": "twelve", "q3": "31/31/2026", "q4": "7"}
        response = way.client.post(way.base + "questions/1/", {**posted, **typed})
        text = response.content.decode()
        assert response.status_code == 422
        assert "Three things to look at. Nothing is lost." in text
        assert 'value="twelve"' in text
        assert "Write a whole number" in text
        assert set(selectors.answers_so_far(assignment)) == {"a"}

    def test_an_autosave_of_a_wrong_entry_does_not_claim_to_be_saved(
        self, cast: Cast, in_alder: Practice
    ) -> None:
        way, assignment = self.start(cast, question("a", "integer"))
        reply = way.autosave(1, q1="twelve").content.decode()
        assert "cannot be kept" in reply
        assert "Saved" not in reply
        assert selectors.answers_so_far(assignment) == {}

    def test_conditional_questions_come_and_go_and_keep_what_was_typed(
        self, cast: Cast, in_alder: Practice
    ) -> None:
        gate = {"question": "a", "operator": "=", "answerBoolean": True}
        way, assignment = self.start(
            cast, self.group(question("a", "boolean"), question("b", enableWhen=[gate]))
        )
        assert re.search(r'data-question="q2" hidden', way.page(1).content.decode())
        reply = way.autosave(1, q1="yes")
        assert '"q1", "q2"' in reply["HX-Trigger"]
        here = way.base + "questions/1/"
        assert way.client.post(here, {"shown": "q1", "q1": "yes"})["Location"] == here + "#q2"
        both = {"shown": ["q1", "q2"], "q1": "yes", "q2": "by bus"}
        assert way.ends_at(way.client.post(here, both), "review/")
        assert way.ends_at(way.client.post(here, {**both, "q1": "no"}), "review/")
        assert "by bus" not in way.get("review/").content.decode()
        assert selectors.answers_so_far(assignment)["b"].is_given, "kept in case of a change"
        way.submit()
        assert "b" not in Response.objects.get().answers

    def test_consent_holds_the_form_until_it_is_given(self, cast: Cast, in_alder: Practice) -> None:
        way, _assignment = self.start(
            cast, question("a"), question("agree", "boolean", **self.CONSENT)
        )
        way.post(1, q1="kept")
        refused = way.post(2)
        assert refused.status_code == 422
        assert "Tick this to go on." in refused.content.decode()
        held = way.submit()
        assert held.status_code == 422
        assert "needs your yes" in held.content.decode()
        assert "kept" in held.content.decode()
        assert way.ends_at(way.post(2, q2="on"), "review/")
        assert way.ends_at(way.submit(), "done/")

    def test_typed_questions_take_answers_or_a_refusal_but_not_both(
        self, cast: Cast, in_alder: Practice
    ) -> None:
        way, assignment = self.start(cast, question("a", "text"))
        both = way.post(1, **{"q1": "words", "q1-declined": "on"})
        assert both.status_code == 422
        assert "Both at once do not fit" in both.content.decode()
        assert way.ends_at(way.post(1, **{"q1-declined": "on"}), "review/")
        assert selectors.answers_so_far(assignment)["a"].reason == Reason.DECLINED

    def test_several_and_own_answers(self, cast: Cast, in_alder: Practice) -> None:
        options = [{"valueString": "Mornings"}, {"valueString": "Evenings"}]
        way, assignment = self.start(
            cast, question("a", "open-choice", repeats=True, answerOption=options)
        )
        given = {"q1": ["0", "other"], "q1-other": "<b>At night</b>"}
        assert way.ends_at(way.post(1, **given), "review/")
        words = [value.words for value in selectors.answers_so_far(assignment)["a"].values]
        assert words == ["Mornings", "<b>At night</b>"]
        review = way.get("review/").content.decode()
        assert "&lt;b&gt;At night&lt;/b&gt;" in review

    def test_every_type_shows_its_page_and_comes_back_in_the_review(
        self, cast: Cast, in_alder: Practice
    ) -> None:
        typed = {
            "string": ("words", "words"),
            "text": ("two\nlines", "two<br>lines"),
            "boolean": ("no", "No"),
            "integer": ("-3", "-3"),
            "decimal": ("1,5", "1.5"),
            "date": ("2026-11-26", "26 November 2026"),
            "dateTime": ("2026-07-01T14:30", "1 July 2026, 14:30"),
            "time": ("07:05", "07:05"),
            "url": ("https://x.example", "https://x.example"),
        }
        way, _assignment = self.start(cast, *(question(kind, kind) for kind in typed))
        for number, (entry, _shown) in enumerate(typed.values(), start=1):
            assert way.page(number).status_code == 200
            assert way.post(number, **{f"q{number}": entry}).status_code == 302
        review = way.get("review/").content.decode()
        for _entry, shown in typed.values():
            assert shown in review, shown

    def test_what_cannot_be_asked_is_said_on_the_page(self, cast: Cast, in_alder: Practice) -> None:
        way, _assignment = self.start(cast, question("a", "attachment"), question("b"))
        assert "cannot be answered here yet" in way.page(1).content.decode()
        assert way.ends_at(way.post(1), "questions/2/")

    def test_strange_link_ids_do_no_harm(self, cast: Cast, in_alder: Practice) -> None:
        strange = '"><script>alert(1)</script>/ü 🙂'
        way, assignment = self.start(cast, question(strange, text="<i>Really?</i>"))
        page = way.page(1).content.decode()
        assert "<script>alert" not in page
        assert "&lt;i&gt;Really?&lt;/i&gt;" in page
        way.post(1, q1="x")
        assert strange in selectors.answers_so_far(assignment)


def test_lists_cost_the_same_for_one_form_and_for_five(
    cast: Cast, in_alder: Practice, django_assert_max_num_queries: Any
) -> None:
    way = Way(cast, asked_of_ana(cast, import_form(question("a"), url="urn:0").version))
    way.client.get("/alder/me/forms/")
    counts = []
    for number in range(1, 6):
        with django_assert_max_num_queries(100) as counted:
            way.client.get("/alder/me/forms/")
        counts.append(len(counted.captured_queries))
        asked_of_ana(cast, import_form(question("a"), url=f"urn:{number}").version)
        way.client.get("/alder/me/forms/")  # the form is read once a process
    assert len(set(counts)) == 1, counts


def test_an_autosave_takes_few_statements(
    way: Way, django_assert_max_num_queries: Any, asked: Assignment
) -> None:
    way.autosave(1, q1="1")
    with django_assert_max_num_queries(18):
        way.autosave(2, q2="1")


def test_the_practice_in_the_address_decides(cast: Cast, asked: Assignment) -> None:
    with inside(cast.alder):
        response = cast.ana.client().get(f"/birch/me/forms/{asked.pk}/")
    assert response.status_code == 404


@pytest.fixture(autouse=True)
def _no_prefix_left() -> Any:
    yield
    set_script_prefix("/")


def test_filled_helper_and_pages_agree(cast: Cast, asked: Assignment, way: Way) -> None:
    fill_in(asked, phq9_places(*[1] * 9), by=cast.ana)
    assert "Some questions are not answered yet" in way.get("review/").content.decode()
    send(asked, by=cast.ana)
    assert way.ends_at(way.get("review/"), "done/")
