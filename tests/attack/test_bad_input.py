"""Input that nobody types: it is refused, and never an error of ours."""

from __future__ import annotations

import pytest
from django.test import Client

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
