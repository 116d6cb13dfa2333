"""The FHIR endpoints: closed by default, the same reach as the pages, every reading recorded."""

from __future__ import annotations

from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from intake.models import Assignment, QuestionnaireVersion
from portal.audit.models import AuditEvent
from tests.cast import Cast
from tests.intake.conftest import Filled

pytestmark = pytest.mark.django_db
BASE = "/alder/api/fhir/"


def get(cast: Cast, name: str, path: str) -> Any:
    return cast.people[name].client().get(BASE + path)


def test_nobody_but_the_care_team_reads_responses(
    cast: Cast, asked: Assignment, filled: Filled
) -> None:
    response = filled(asked, *[1] * 9)
    one = f"QuestionnaireResponse/{response.pk}/"
    expected = {
        "cole": 200,
        "cleo": 404,
        "dee": 403,
        "eve": 403,
        "nat": 403,
        "ana": 403,
        "yan": 404,
    }
    for name, status in expected.items():
        assert get(cast, name, one).status_code == status, name
    found = get(cast, "cleo", "QuestionnaireResponse/").json()
    assert (found["total"], found["entry"]) == (0, [])
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(cast.cole.client(), method)(BASE + one)
        assert answer.status_code in (403, 405), method


def test_a_response_is_the_document_and_reading_it_is_recorded(
    cast: Cast, asked: Assignment, filled: Filled
) -> None:
    response = filled(asked, *[1] * 9)
    answer = get(cast, "cole", f"QuestionnaireResponse/{response.pk}/")
    assert answer["Content-Type"].startswith("application/fhir+json")
    QuestionnaireResponse.model_validate(answer.json())
    assert answer.json() == response.document
    assert AuditEvent.objects.filter(action="response.open", object_id=response.pk).exists()


def test_a_search_is_a_bundle_and_its_ids_are_recorded(
    cast: Cast, asked: Assignment, filled: Filled
) -> None:
    response = filled(asked, *[1] * 9)
    for query in ("", f"?patient=Patient/{response.patient_id}"):
        bundle = get(cast, "cole", f"QuestionnaireResponse/{query}").json()
        Bundle.model_validate(bundle)
        assert bundle["total"] == 1
        assert bundle["entry"][0]["resource"]["id"] == str(response.pk)
    event = AuditEvent.objects.filter(action="response.list").first()
    assert event is not None
    assert event.details["ids"] == [str(response.pk)]
    for query in ("?patient=nonsense", "?patient=' OR 1=1", f"?patient={asked.pk}"):
        assert get(cast, "cole", f"QuestionnaireResponse/{query}").json()["total"] == 0
    for query in ("?page=99", "?page=x"):
        assert get(cast, "cole", f"QuestionnaireResponse/{query}").status_code == 404


def test_forms_are_read_by_who_manages_them(cast: Cast, phq9: QuestionnaireVersion) -> None:
    path = f"Questionnaire/{phq9.pk}/"
    statuses = {name: get(cast, name, path).status_code for name in ("eve", "cole", "dee", "ana")}
    assert statuses == {"eve": 200, "cole": 200, "dee": 403, "ana": 403}
    document = get(cast, "eve", path).json()
    assert document["item"] == phq9.document["item"]
    assert document["id"] == str(phq9.pk)
    assert get(cast, "eve", "Questionnaire/").json()["total"] == 1
    assert get(cast, "xia", path).status_code == 404
