"""Leaving quickly, coming back, and what is never stored."""

import json

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from portal.ui.exits import neutral_page
from portal.ui.middleware import SecurityHeadersMiddleware
from tests.cast import Cast


def test_leaving_quickly_signs_out_and_ends_on_a_page_of_no_meaning(cast: Cast) -> None:
    client = cast.ana.client()
    reply = client.get(cast.ana.url("leave/"))
    assert (reply.status_code, reply["Location"]) == (302, neutral_page())
    assert "no-store" in reply["Cache-Control"]
    assert client.get(cast.ana.url("me/")).status_code == 302  # to the sign-in page


def test_leaving_works_for_somebody_who_is_not_signed_in(cast: Cast) -> None:
    assert Client().get(cast.ana.url("leave/"))["Location"] == neutral_page()


def test_the_neutral_page_is_a_setting(settings: Settings) -> None:
    settings.QUICK_EXIT_URL = "https://weather.example/"
    assert neutral_page() == "https://weather.example/"


def test_a_waiting_page_learns_only_whether_its_person_is_there(cast: Cast) -> None:
    address = cast.ana.url("session/")
    assert json.loads(Client().get(address).content) == {
        "signed_in": False,
        "person": "",
        "token": "",
    }
    ana, ben = (json.loads(each.client().get(address).content) for each in (cast.ana, cast.ben))
    assert ana["signed_in"]
    assert ana["token"]
    assert ana["person"] != ben["person"]
    assert str(cast.ana.user.pk) not in json.dumps(ana)


@pytest.mark.parametrize(
    ("said", "sent"), [(None, "no-store, private"), ("max-age=300", "max-age=300")]
)
def test_nothing_is_stored_unless_the_view_says_so(said: str | None, sent: str) -> None:
    response = HttpResponse()
    if said:
        response["Cache-Control"] = said
    reply = SecurityHeadersMiddleware(lambda request: response)(RequestFactory().get("/"))
    assert reply["Cache-Control"] == sent
    assert "camera=()" in reply["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in reply["Permissions-Policy"]
