"""Whatever is posted to a page, nothing breaks and nothing already kept is lost (T-IN-03)."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from intake import selectors
from intake.fhir.answers import Answer
from intake.models import Assignment, AssignmentState, DraftAnswer, Flag, Response
from intake.services import assignments
from portal.practices.models import Practice
from portal.tenancy.context import practice_scope
from tests.cast import Cast
from tests.intake.conftest import import_form, in_use
from tests.intake.fhir.forms import choice, question

pytestmark = pytest.mark.django_db
FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = st.sampled_from(
    [f"q{n}" for n in range(1, 11)] + ["q9-other", "q1-declined", "shown", "go", "leave_out"]
)
VALUES = (
    st.sampled_from(["0", "1", "yes", "declined", "other", "next", "back", "stop", "q1", "q4"])
    | st.text(max_size=12)
    | st.sampled_from(["\x00", "٣", "9" * 400, "1e999", "2026-02-30", "{% debug %}", "<script>"])
)
POSTED = st.dictionaries(NAMES, st.lists(VALUES, max_size=3), max_size=12)
KINDS = (
    "string",
    "text",
    "boolean",
    "integer",
    "decimal",
    "date",
    "dateTime",
    "time",
    "url",
)


@FEW
@given(data=POSTED, number=st.integers(0, 4), save=st.booleans(), query=st.text(max_size=8))
def test_nothing_that_is_posted_breaks_a_page(
    cast: Cast, in_alder: Practice, data: dict[str, Any], number: int, save: bool, query: str
) -> None:
    gate = {"question": "string", "operator": "exists", "answerBoolean": True}
    group = {
        "linkId": "g",
        "type": "group",
        "text": "G",
        "item": [question(kind, kind) for kind in KINDS[:6]],
    }
    options = [{"valueString": "Mornings"}, {"valueInteger": 3}]
    rest = [
        *(question(kind, kind, enableWhen=[gate]) for kind in KINDS[6:]),
        question("open", "open-choice", repeats=True, answerOption=options),
        choice("one", "x", "y"),
    ]
    version = import_form(group, *rest).version
    assignment = Assignment.objects.filter(version=version).first() or assignments.assign(
        patient=cast.patient("ana"), version=version, by=cast.cole.viewer
    )
    page = f"/alder/me/forms/{assignment.pk}/questions/{number}/"
    path = f"{page}save/" if save else f"{page}?from={query}"
    response = cast.ana.client().post(path, data)
    assert response.status_code in (200, 302, 404, 422), response.status_code
    assert cast.ana.client().get(page).status_code in (200, 302, 404)
    assert cast.ana.client().get(f"/alder/me/forms/{assignment.pk}/review/").status_code == 200


class OneForm(RuleBasedStateMachine):
    """Ana with one PHQ-9: whatever she presses, what she chose last is what is kept."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        with practice_scope(self.cast.alder.pk):
            Assignment.objects.waiting().update(
                state=AssignmentState.EXPIRED, ended_at="2026-01-01T00:00Z"
            )
            self.assignment = assignments.assign(
                patient=self.cast.patient("ana"), version=in_use("phq-9"), by=self.cast.cole.viewer
            )
        self.client = self.cast.ana.client()
        self.base = f"/alder/me/forms/{self.assignment.pk}/"
        self.model: dict[str, str] = {}
        self.risk_seen = False
        self.sent = False

    def _post(self, path: str, data: dict[str, str]) -> Any:
        response = self.client.post(self.base + path, data)
        assert response.status_code in (200, 204, 302, 422)
        return response

    def _note(self, number: int, value: str) -> None:
        if not self.sent:
            self.model[f"q{number}"] = value
            self.risk_seen = self.risk_seen or (number == 9 and value in "123")

    @rule(
        number=st.integers(1, 10),
        value=st.sampled_from(["0", "1", "2", "3", "declined"]),
        go=st.sampled_from(["next", "back", "stop"]),
    )
    def answer(self, number: int, value: str, go: str) -> None:
        self._post(f"questions/{number}/", {"shown": f"q{number}", f"q{number}": value, "go": go})
        self._note(number, value)

    @rule(number=st.integers(1, 10), value=st.sampled_from(["0", "1", "2", "3"]))
    def autosave(self, number: int, value: str) -> None:
        self._post(f"questions/{number}/save/", {"shown": f"q{number}", f"q{number}": value})
        self._note(number, value)

    @rule(number=st.integers(1, 10), value=st.sampled_from(["7", "x", "٣"]))
    def nonsense(self, number: int, value: str) -> None:
        self._post(f"questions/{number}/", {"shown": f"q{number}", f"q{number}": value})

    @rule(step=st.sampled_from(["", "questions/3/", "review/", "help/", "done/"]))
    def look(self, step: str) -> None:
        assert self.client.get(self.base + step).status_code in (200, 302)

    @rule()
    def submit(self) -> None:
        self._post("submit/", {})
        self.sent = True

    @invariant()
    def what_was_chosen_is_kept(self) -> None:
        with practice_scope(self.cast.alder.pk):
            if self.sent:
                [response] = Response.objects.filter(assignment=self.assignment)
                kept = response.answers
            else:
                kept = selectors.answers_so_far(self.assignment)
            flagged = Flag.objects.filter(assignment=self.assignment, code="suicide-item").exists()
            drafts = DraftAnswer.objects.filter(assignment=self.assignment).count()
        assert flagged is self.risk_seen
        assert not (self.sent and drafts)
        options = {"0": "Not", "1": "S", "2": "M", "3": "N"}
        for link_id, value in self.model.items():
            found = kept.get(link_id, Answer())
            if value == "declined":
                assert found.reason == "declined", (link_id, found)
            else:
                assert found.values[0].words.startswith(options[value]) or link_id == "q10"


def test_any_way_through_a_form_loses_nothing(cast: Cast) -> None:
    """T-IN-03: save, back, stop, nonsense, look, send, send again, in any order."""
    machine = type("AnasForm", (OneForm,), {"cast": cast})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=4, stateful_step_count=18, deadline=None)
    )


def test_a_query_dict_without_shown_reads_nothing(cast: Cast, in_alder: Practice) -> None:
    """A page that says of no question that it stood there changes none."""
    version = import_form(question("a")).version
    assignment = assignments.assign(
        patient=cast.patient("ana"), version=version, by=cast.cole.viewer
    )
    path = f"/alder/me/forms/{assignment.pk}/questions/1/"
    cast.ana.client().post(path, QueryDict("q1=words").dict())
    assert selectors.answers_so_far(assignment) == {}
