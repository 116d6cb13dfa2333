"""Forms in use at Alder, and one of them asked of Ana."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from intake.catalogue import form_of
from intake.fhir.answers import Answer
from intake.fhir.values import Value
from intake.instruments import shipped_questionnaire
from intake.models import Assignment, QuestionnaireVersion, Response
from intake.services import answers, assignments, questionnaires
from intake.services.questionnaires import Imported
from portal.access.viewer import SystemActor
from portal.practices.models import Practice
from portal.tenancy.context import practice_scope
from tests.cast import Cast, Person
from tests.intake.fhir.forms import as_bytes, document

SET_UP = SystemActor("Test set-up")
Chosen = dict[str, int]


@pytest.fixture
def in_alder(cast: Cast) -> Iterator[Practice]:
    """Work inside Alder for the whole test."""
    with practice_scope(cast.alder.pk):
        yield cast.alder


def in_use(name: str) -> QuestionnaireVersion:
    """A shipped form, published in the ambient practice."""
    [imported] = questionnaires.import_questionnaire(
        content=shipped_questionnaire(name), publish=True, by=SET_UP
    )
    return imported.version


def chosen(version: QuestionnaireVersion, places: Chosen) -> dict[str, Answer]:
    """Answers by linkId from the places of the options: `{"q9": 1}`."""
    by_id = form_of(version).questionnaire.by_id
    return {
        link_id: Answer((by_id[link_id].options[place].value,)) for link_id, place in places.items()
    }


PHQ9 = [f"q{n}" for n in range(1, 10)]


def phq9_places(*values: int) -> Chosen:
    """One place for each of the nine items, in order; fewer leave the last ones out."""
    return dict(zip(PHQ9, values, strict=False))


@pytest.fixture
def phq9(in_alder: Practice) -> QuestionnaireVersion:
    return in_use("phq-9")


@pytest.fixture
def asked(cast: Cast, phq9: QuestionnaireVersion) -> Assignment:
    """The PHQ-9 asked of Ana by Cole."""
    return assignments.assign(
        patient=cast.patient("ana"), version=phq9, why="To see how you are.", by=cast.cole.viewer
    )


def fill_in(assignment: Assignment, places: Chosen, *, by: Person) -> None:
    answers.save_answers(
        assignment=assignment, answers=chosen(assignment.version, places), by=by.viewer
    )


def send(assignment: Assignment, *, by: Person) -> Response:
    return answers.submit(assignment=assignment, zone_name="Europe/London", by=by.viewer)


Filled = Callable[..., Response]


@pytest.fixture
def filled(cast: Cast) -> Filled:
    """`filled(assignment, 1, 0, …)`: fill the nine items in as Ana and send the form."""

    def fill(assignment: Assignment, *values: int) -> Response:
        fill_in(assignment, phq9_places(*values), by=cast.ana)
        return send(assignment, by=cast.ana)

    return fill


@contextmanager
def _inside(practice: Practice) -> Iterator[None]:
    with practice_scope(practice.pk):
        yield


def inside(practice: Practice) -> AbstractContextManager[None]:
    """A practice for a few lines of a test."""
    return _inside(practice)


def import_form(*items: dict[str, Any], publish: bool = True, **members: Any) -> Imported:
    """Bring in a form of these items as version 1 of `urn:test`."""
    content = as_bytes(document(*items, **{"url": "urn:test", "version": "1", **members}))
    [imported] = questionnaires.import_questionnaire(content=content, publish=publish, by=SET_UP)
    return imported


def words(text: str) -> Answer:
    """An answer in own words."""
    return Answer((Value("String", text),))
