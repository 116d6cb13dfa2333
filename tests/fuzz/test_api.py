"""The API after its own OpenAPI document: every operation, as signed-in people, never a 5xx."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import given

from tests.cast import Cast
from tests.fuzz import conftest, values

pytestmark = pytest.mark.django_db
PEOPLE = ("cole", "eve", "dee", "ana", "yan")


def _schema(client: Client) -> Any:
    document = client.get("/alder/api/schema/?format=json")
    assert document.status_code == 200
    return schemathesis.openapi.from_dict(document.json())


@pytest.mark.parametrize("name", PEOPLE)
def test_no_request_that_the_document_describes_breaks_the_api(cast: Cast, name: str) -> None:
    schema = _schema(cast.cole.client())
    client = cast.people[name].client()
    client.raise_request_exception = False
    operations = [each.ok() for each in schema.get_all_operations()]
    assert len(operations) >= 4
    share = values.CASES // 4 // len(PEOPLE) // len(operations) + 1
    for operation in operations:
        _try(client, operation, share, name)


def _try(client: Client, operation: Any, share: int, name: str) -> None:
    @values.some(share, 5)
    @given(case=operation.as_strategy())
    def survives(case: Any) -> None:
        conftest.COUNTED["API"] += 1
        sent = case.as_transport_kwargs()
        answer = client.generic(
            case.method,
            f"/alder{case.formatted_path}",
            query_params=case.query,
            headers={str(key): str(value) for key, value in (case.headers or {}).items()},
        )
        assert answer.status_code < 500, (name, case.method, case.formatted_path, sent)
        if answer.status_code == 200:
            answer.json()

    survives()
