"""Two requests at once: one signs in, the other left the browser a moment before."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from tests.cast import Cast
from tests.people.hands import give_password

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME


def test_a_request_with_the_key_from_before_does_not_take_the_new_cookie_away(cast: Cast) -> None:
    client, late = Client(), Client()
    before = SessionStore()
    before["challenge"] = "of a passkey that was not used"
    before.save()
    client.cookies[COOKIE] = late.cookies[COOKIE] = str(before.session_key)
    give_password(client, "ana")
    assert client.cookies[COOKIE].value != before.session_key
    for page in ("/alder/", "/alder/help/", "/alder/brand.css"):
        answer = late.get(page)
        assert answer.status_code == 200
        assert COOKIE not in answer.cookies, page
    assert client.get("/alder/me/").status_code == 200


def test_signing_out_takes_the_cookie_away(cast: Cast) -> None:
    client = cast.ana.client()
    answer = client.post("/alder/accounts/logout/")
    assert answer.cookies[COOKIE].value == ""
    assert client.get("/alder/me/").status_code == 302
