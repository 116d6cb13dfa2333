"""Input that nobody types: it is refused, and never an error of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from portal.people.forms.patients import EditForm
from portal.tenancy.context import practice_scope
from tests.attack.odd import NESTED
from tests.cast import Cast

DEEP = "[" * 30_000


@pytest.mark.parametrize("path", ["/%00/", "/alder%00/", "/%ff/", "/alder/%00/", "/a%0d%0ab/"])
def test_an_address_with_control_signs_is_not_found(cast: Cast, db: None, path: str) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("code", ["A/" * 13, "/" * 26, "%2F" * 26, "?#" * 13, "é" * 26, ".." * 13])
def test_a_paper_code_of_other_signs_is_refused_on_its_page(
    cast: Cast, db: None, code: str
) -> None:
    response = Client().post("/alder/a/join/", {"sheet_code": code})
    assert response.status_code == 200
    assert b"error" in response.content


@pytest.mark.parametrize("hook", ["inbound", "status"])
def test_a_webhook_that_nobody_signed_is_refused_whatever_it_holds(
    cast: Cast, committed_db: None, hook: str
) -> None:
    response = Client().post(
        f"/alder/hooks/twilio/{hook}?bodySHA256=0", DEEP, content_type="application/json"
    )
    assert response.status_code == 403


@pytest.mark.parametrize("nested", NESTED)
@pytest.mark.parametrize(
    "way", ["2fa/webauthn/login/", "2fa/webauthn/reauthenticate/", "2fa/webauthn/add/"]
)
def test_a_devices_answer_that_is_nested_without_end_is_a_wrong_one(
    cast: Cast, db: None, way: str, nested: str
) -> None:
    for client in (Client(), cast.ana.client()):
        answer = client.post(f"/alder/accounts/{way}", {"credential": nested, "name": "x"})
        assert answer.status_code < 500


@pytest.mark.parametrize("nested", NESTED)
def test_what_a_form_says_it_has_shown_is_read_or_ignored(
    cast: Cast, db: None, nested: str
) -> None:
    """Looked at where somebody else has changed the patient meanwhile."""
    page = cast.dee.url(f"staff/patients/{cast.patient('ana').pk}/edit/")
    client = cast.dee.client()
    with practice_scope(cast.alder.pk):
        fields = EditForm.of(cast.patient("ana"), cast.alder).initial
    posted = {name: value for name, value in fields.items() if value is not None}
    answer = client.post(page, posted | {"version": "77", "given_name": "Anna", "seen": nested})
    assert answer.status_code == 422
    assert b"Anna" in answer.content, "nothing that was typed is lost"
