"""The staff's pages: refusals first, then what each role sees and does."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from intake.models import Assignment, AssignmentState, QuestionnaireVersion
from intake.services import assignments, questionnaires
from portal import clock
from portal.audit.models import AuditEvent
from portal.work.models import WorkItem
from tests.cast import Cast
from tests.intake.conftest import Filled, fill_in, in_use, send

pytestmark = pytest.mark.django_db


def get(cast: Cast, name: str, path: str) -> Any:
    return cast.people[name].client().get(f"/alder/{path}")


def text(cast: Cast, name: str, path: str) -> str:
    response = get(cast, name, path)
    assert response.status_code == 200, f"{name} {path}: {response.status_code}"
    return str(response.content.decode())


def patient_path(cast: Cast, name: str = "ana") -> str:
    return f"staff/patients/{cast.patient(name).pk}/forms/"


OUTSIDERS = ("yan", "xia", "zoe")


class TestRefusals:
    @pytest.mark.parametrize("name", OUTSIDERS)
    def test_another_practice_finds_nothing(
        self, cast: Cast, asked: Assignment, filled: Filled, name: str
    ) -> None:
        response = filled(asked, *[1] * 9)
        for path in (
            "staff/forms/",
            f"staff/forms/{asked.pk}/",
            f"staff/responses/{response.pk}/",
            patient_path(cast),
            "staff/questionnaires/",
        ):
            assert get(cast, name, path).status_code == 404, path
            birch = cast.people[name].client().get(f"/birch/{path}")
            inside = path in ("staff/forms/", "staff/questionnaires/")
            assert birch.status_code in ((200, 403) if inside else (404, 403)), path

    def test_who_may_read_answers(self, cast: Cast, asked: Assignment, filled: Filled) -> None:
        path = f"staff/responses/{filled(asked, *[1] * 9).pk}/"
        statuses = {
            name: get(cast, name, path).status_code
            for name in ("cole", "cleo", "dee", "eve", "nat", "ana", "fay")
        }
        assert statuses == {
            "cole": 200,
            "cleo": 404,
            "dee": 403,
            "eve": 403,
            "nat": 403,
            "ana": 403,
            "fay": 403,
        }

    def test_the_front_desk_and_the_manager_see_only_that_it_is_done(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        response = filled(asked, *[1] * 9)
        for name in ("dee", "eve"):
            for path in ("staff/forms/?list=done", patient_path(cast), f"staff/forms/{asked.pk}/"):
                seen = text(cast, name, path)
                assert str(response.pk) not in seen, (name, path)
                for word in (
                    "Several days",
                    "of 27",
                    "mild",
                    "safety question",
                    "Read the answers",
                    "PHQ-9",
                ):
                    assert word not in seen, (name, path, word)
            assert "Done" in text(cast, name, "staff/forms/?list=done")

    def test_the_navigator_sees_nothing_of_forms(self, cast: Cast, asked: Assignment) -> None:
        for path in ("staff/forms/", patient_path(cast), f"staff/forms/{asked.pk}/"):
            assert get(cast, "nat", path).status_code == 403

    def test_a_colleague_off_the_team_neither_asks_nor_takes_back(
        self, cast: Cast, asked: Assignment
    ) -> None:
        client = cast.cleo.client()
        for path in (patient_path(cast) + "new/", f"staff/forms/{asked.pk}/withdraw/"):
            assert client.get(f"/alder/{path}").status_code == 404
            assert client.post(f"/alder/{path}").status_code == 404
        asked.refresh_from_db()
        assert asked.is_open

    @pytest.mark.parametrize("name", ["dee", "eve", "nat"])
    def test_only_clinicians_ask(self, cast: Cast, asked: Assignment, name: str) -> None:
        assert get(cast, name, patient_path(cast) + "new/").status_code == 403
        withdraw = f"/alder/staff/forms/{asked.pk}/withdraw/"
        assert cast.people[name].client().post(withdraw).status_code == 403


class TestReading:
    def test_answers_are_shown_exactly_as_given_and_opening_is_recorded(
        self, cast: Cast, asked: Assignment
    ) -> None:
        way = cast.ana.client()
        base = f"/alder/me/forms/{asked.pk}/"
        way.post(base + "questions/1/", {"shown": "q1", "q1": "3"})
        way.post(base + "questions/2/", {"shown": "q2", "q2": "declined"})
        way.post(base + "questions/9/", {"shown": "q9", "q9": "1"})
        way.post(base + "questions/9/", {"shown": "q9", "q9": "0"})
        response = send(asked, by=cast.ana)
        seen = text(cast, "cole", f"staff/responses/{response.pk}/")
        assert "Nearly every day" in seen
        assert "rather not answer this" in seen
        assert "Left out" in seen
        assert "No total" in seen
        assert "Answered “Several days” to a safety question" in seen
        assert "then changed to “Not at all”" in seen
        assert "Waits for Cole Staff" in seen
        assert "Screening words, not a diagnosis" in seen
        event = AuditEvent.objects.get(action="response.open")
        assert (event.object_id, event.actor_name) == (response.pk, "Cole Staff")

    def test_scores_say_their_band_and_when_they_are_estimated(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        response = filled(asked, 2, 2, 2, 2, 2, 2, 2, 0)
        seen = text(cast, "cole", f"staff/responses/{response.pk}/")
        assert "16<small>of 27, moderately severe</small>" in seen
        assert "Estimated: 1 question was left out." in seen

    def test_the_alert_leads_to_the_answers_for_those_who_may_read_them(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        response = filled(asked, *[1] * 9)
        item = f"staff/work/{WorkItem.objects.get().pk}/"
        link = f"/alder/staff/responses/{response.pk}/"
        assert link in text(cast, "cole", item)
        assert link not in text(cast, "eve", item)
        assert item in text(cast, "cole", f"staff/responses/{response.pk}/")
        for name in ("cleo", "dee"):
            assert get(cast, name, item).status_code == 404, name

    def test_risk_in_a_form_that_is_not_sent_is_shown_to_the_care_team(
        self, cast: Cast, asked: Assignment
    ) -> None:
        fill_in(asked, {"q9": 2}, by=cast.ana)
        assert "no alert has gone out" in text(cast, "cole", f"staff/forms/{asked.pk}/")
        assert "safety question" in text(cast, "cole", "staff/")
        for name in ("dee", "eve"):
            assert "safety" not in text(cast, name, f"staff/forms/{asked.pk}/")
            assert "safety question" not in text(cast, name, "staff/")


class TestAsking:
    def test_a_clinician_asks_a_form_by_a_day_with_a_line(
        self, cast: Cast, phq9: QuestionnaireVersion
    ) -> None:
        client, path = cast.cole.client(), f"/alder/{patient_path(cast)}new/"
        assert "Patient Health Questionnaire" in client.get(path).content.decode()
        day = clock.today("Europe/London") + dt.timedelta(days=2)
        posted = {"version": str(phq9.pk), "due_on": day.isoformat(), "why": "Before we meet."}
        assert client.post(path, posted).status_code == 302
        assignment = Assignment.objects.get()
        assert (assignment.due_on, assignment.why) == (day, "Before we meet.")
        assert assignment.assigned_by == cast.cole.membership
        again = client.post(path, posted)
        assert again.status_code == 422
        assert "has this form already" in again.content.decode()
        assert "Before we meet." in again.content.decode()

    def test_bad_input_is_said_in_words(self, cast: Cast, phq9: QuestionnaireVersion) -> None:
        client, path = cast.cole.client(), f"/alder/{patient_path(cast)}new/"
        for posted in (
            {},
            {"version": "nonsense"},
            {"version": str(phq9.pk), "due_on": "2020-01-01"},
            {"version": str(phq9.pk), "due_on": "soon"},
            {"version": str(phq9.pk), "why": "x" * 301},
        ):
            assert client.post(path, posted).status_code == 422, posted
        assert not Assignment.objects.exists()

    def test_a_form_is_taken_back_after_asking(self, cast: Cast, asked: Assignment) -> None:
        client, path = cast.cole.client(), f"/alder/staff/forms/{asked.pk}/withdraw/"
        assert "Take this form back?" in client.get(path).content.decode()
        asked.refresh_from_db()
        assert asked.is_open, "asking changes nothing"
        client.post(path)
        asked.refresh_from_db()
        assert asked.state == AssignmentState.WITHDRAWN

    def test_without_a_form_in_use_the_page_says_what_to_do(self, cast: Cast) -> None:
        assert "No form is in use" in text(cast, "cole", patient_path(cast) + "new/")


class TestLists:
    def test_empty_lists_say_what_will_stand_there(self, cast: Cast) -> None:
        for chosen in ("waiting", "done", "all", "nonsense"):
            assert 'class="empty"' in text(cast, "cole", f"staff/forms/?list={chosen}")

    def test_a_list_costs_the_same_for_one_form_and_for_five(
        self,
        cast: Cast,
        phq9: QuestionnaireVersion,
        filled: Filled,
        django_assert_max_num_queries: Any,
    ) -> None:
        client = cast.cole.client()
        counts: dict[str, set[int]] = {}
        for _ in range(4):
            assignment = assignments.assign(
                patient=cast.patient("ana"), version=phq9, by=cast.cole.viewer
            )
            filled(assignment, *[1] * 8, 0)
            for path in ("staff/forms/?list=done", patient_path(cast)):
                client.get(f"/alder/{path}")
                with django_assert_max_num_queries(60) as counted:
                    client.get(f"/alder/{path}")
                counts.setdefault(path, set()).add(len(counted.captured_queries))
        assert all(len(numbers) == 1 for numbers in counts.values()), counts

    def test_totals_over_time_are_drawn_and_looking_is_recorded(
        self, cast: Cast, phq9: QuestionnaireVersion, filled: Filled
    ) -> None:
        for value in (2, 1):
            assignment = assignments.assign(
                patient=cast.patient("ana"), version=phq9, by=cast.cole.viewer
            )
            filled(assignment, *[value] * 8, 0)
        seen = text(cast, "cole", patient_path(cast))
        assert "PHQ-9, of 27: 16, then 8" in seen
        assert "8 fewer than on" in seen
        assert "A change of 6 or more is reliable." in seen
        assert AuditEvent.objects.filter(action="scores.open").exists()
        for name in ("dee", "eve"):
            assert "PHQ-9, of 27" not in text(cast, name, patient_path(cast))


@pytest.mark.usefixtures("in_alder")
class TestQuestionnaires:
    PATH = "/alder/staff/questionnaires/"

    def upload(self, client: Client, content: bytes, name: str = "form.json") -> Any:
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile(name, content, content_type="application/json")
        return client.post(self.PATH + "import/", {"file": file})

    @pytest.mark.parametrize("name", ["dee", "nat", "ana"])
    def test_others_do_not_manage_forms(self, cast: Cast, name: str) -> None:
        for path in ("", "import/"):
            assert cast.people[name].client().get(self.PATH + path).status_code == 403

    def test_a_manager_brings_a_form_in_reads_the_check_and_publishes(self, cast: Cast) -> None:
        from tests.intake.fhir.forms import as_bytes, document, question

        client = cast.eve.client()
        content = as_bytes(
            document(question("a"), question("b", "attachment"), title="Sleep", url="urn:sleep")
        )
        done = self.upload(client, content)
        page = client.get(done["Location"]).content.decode()
        assert "Not published" in page
        assert "attachment" in page
        assert "Questionnaire.item[1]" in page
        version = QuestionnaireVersion.objects.get()
        client.post(f"{self.PATH}versions/{version.pk}/publish/")
        assert "In use" in client.get(done["Location"]).content.decode()
        client.post(f"{self.PATH}versions/{version.pk}/retire/")
        version.refresh_from_db()
        assert version.state == "retired"
        assert (
            "was here already"
            in client.get(self.upload(client, content)["Location"]).content.decode()
        )

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "empty"),
            (b"not json", "not JSON"),
            (b'{"resourceType": "Patient"}', "Patient"),
            (b'{"resourceType": "Questionnaire", "item": [{"linkId": "a"}]}', "type is missing"),
        ],
    )
    def test_a_file_that_cannot_be_used_says_why(
        self, cast: Cast, content: bytes, words: str
    ) -> None:
        refused = self.upload(cast.eve.client(), content)
        assert refused.status_code == 422
        assert words in refused.content.decode()
        assert not QuestionnaireVersion.objects.exists()

    def test_a_form_that_could_harm_shows_why_it_cannot_be_published(self, cast: Cast) -> None:
        from tests.intake.fhir.forms import QUESTIONNAIRES

        client = cast.cole.client()
        done = self.upload(client, (QUESTIONNAIRES / "sdc-phq9.json").read_bytes())
        page = client.get(done["Location"]).content.decode()
        assert "This form cannot be published" in page
        assert "Nobody would be told" in page
        version = QuestionnaireVersion.objects.get()
        client.post(f"{self.PATH}versions/{version.pk}/publish/")
        version.refresh_from_db()
        assert version.state == "draft"

    def test_the_list_costs_the_same_for_one_and_for_three(
        self, cast: Cast, django_assert_max_num_queries: Any
    ) -> None:
        from tests.intake.conftest import import_form, inside
        from tests.intake.fhir.forms import question

        client, counts = cast.eve.client(), set()
        for number in range(3):
            with inside(cast.alder):
                import_form(question("a"), url=f"urn:{number}")
            client.get(self.PATH)
            with django_assert_max_num_queries(40) as counted:
                client.get(self.PATH)
            counts.add(len(counted.captured_queries))
        assert len(counts) == 1

    def test_two_shipped_forms_show_what_they_score_and_watch(self, cast: Cast) -> None:
        from tests.intake.conftest import inside

        with inside(cast.alder):
            version = in_use("phq-9")
            in_use("gad-7")
        page = text(cast, "eve", f"staff/questionnaires/{version.questionnaire_id}/")
        assert "Form check: nothing to say" in page
        assert "Thoughts that you would be better off dead" in page
        listed = text(cast, "eve", "staff/questionnaires/")
        assert "How the last two weeks have been" in listed


def test_retiring_twice_is_said_and_harmless(cast: Cast, phq9: QuestionnaireVersion) -> None:
    questionnaires.retire(version=phq9, by=cast.eve.viewer)
    client = cast.eve.client()
    again = client.post(f"/alder/staff/questionnaires/versions/{phq9.pk}/retire/", follow=True)
    assert "Only a form in use can be retired." in again.content.decode()
