"""A form that is sent too late waits for its author, and for nobody else (T-SES-03)."""

from __future__ import annotations

import json

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from portal.people.models import Patient
from portal.people.signin import kept
from portal.tenancy.context import practice_scope
from tests.cast import PASSWORD, Cast
from tests.people.hands import age_session, forget_proofs, give_code, give_password

pytestmark = pytest.mark.django_db

ADD = "/alder/staff/patients/add/"
WORDS = {
    "given_name": "Maximiliane",
    "family_name": "von Hohenlohe-Schillingsfürst",
    "birth_date_day": "27",
    "birth_date_month": "3",
    "birth_date_year": "1994",
    "pronouns": "she & her <b>",
}


def sent_too_late(cast: Cast, name: str = "dee") -> Client:
    """Somebody writes, rests, and presses the button when the session has ended."""
    client = cast.people[name].client()
    client.get(ADD)
    age_session(client, 31 * 60)
    response = client.post(ADD, {**WORDS, "csrfmiddlewaretoken": "x", "password": "never-kept"})
    assert response.headers["Location"].startswith("/alder/accounts/login/")
    return client


def back_again(client: Client, name: str = "dee") -> None:
    give_password(client, name)
    give_code(client)


def test_somebody_else_who_signs_in_sees_nothing_of_it(cast: Cast) -> None:
    client = sent_too_late(cast)
    back_again(client, "eve")
    page = client.get(ADD).content.decode()
    assert "Maximiliane" not in page
    assert kept.KEPT not in client.session


def test_the_same_person_finds_the_words_in_the_form(cast: Cast) -> None:
    client = sent_too_late(cast)
    back_again(client)
    page = client.get(ADD).content.decode()
    for value in (
        "Maximiliane",
        "von Hohenlohe-Schillingsfürst",
        "1994",
        "she &amp; her &lt;b&gt;",
    ):
        assert value in page
    assert "Nothing is sent yet" in page
    assert "never-kept" not in page


def test_nothing_is_ever_sent_by_itself(cast: Cast) -> None:
    client = sent_too_late(cast)
    back_again(client)
    client.get(ADD)
    client.get("/alder/", follow=True)
    with practice_scope(cast.alder.pk):
        assert not Patient.objects.filter(given_name="Maximiliane").exists()


def test_once_it_is_sent_it_waits_no_more(cast: Cast) -> None:
    client = sent_too_late(cast)
    back_again(client)
    client.get(ADD)
    client.post(ADD, WORDS)
    assert kept.KEPT not in client.session


def test_background_questions_in_between_lose_nothing(cast: Cast) -> None:
    client = cast.dee.client()
    age_session(client, 31 * 60)
    for _question in range(5):
        client.get("/alder/session/")
    client.post(ADD, WORDS)
    back_again(client)
    assert "Maximiliane" in client.get(ADD).content.decode()


def test_what_waits_is_sealed_and_bound_to_its_author(cast: Cast) -> None:
    client = sent_too_late(cast)
    row = Session.objects.get(session_key=client.session.session_key)
    stored = json.dumps(row.get_decoded())
    assert "Maximiliane" not in stored
    assert "Hohenlohe" not in stored
    session = client.session
    session["portal_kept"] = {**session["portal_kept"], "address": "/alder/staff/account/"}
    session.save()
    back_again(client)
    assert "Maximiliane" not in client.get("/alder/staff/account/").content.decode()


def test_after_half_an_hour_it_is_gone(cast: Cast) -> None:
    client = sent_too_late(cast)
    session = client.session
    session["portal_kept"] = {**session["portal_kept"], "at": session["portal_kept"]["at"] - 1801}
    session.save()
    back_again(client)
    assert "Maximiliane" not in client.get(ADD).content.decode()


def test_where_the_page_has_no_such_form_the_words_are_shown(cast: Cast) -> None:
    client = cast.ana.client()
    age_session(client, 31 * 60)
    client.post("/alder/me/access-log/", {"question": "Who is Dee, and why did she look?"})
    give_password(client, "ana")
    response = client.get("/alder/me/access-log/")
    assert response.headers["Location"] == "/alder/accounts/kept/"
    page = client.get("/alder/accounts/kept/").content.decode()
    assert "Who is Dee, and why did she look?" in page
    back = client.post("/alder/accounts/kept/", {"to": "page"})
    assert back.headers["Location"] == "/alder/me/access-log/"
    assert client.get("/alder/me/access-log/").status_code == 200


def test_a_part_of_a_page_leads_back_to_the_page(cast: Cast) -> None:
    client = cast.dee.client()
    age_session(client, 31 * 60)
    response = client.post(
        "/alder/staff/patients/",
        {"given_name": "Maximiliane"},
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{ADD}"},
    )
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == f"/alder/accounts/login/?next={ADD}"
    back_again(client)
    assert "Maximiliane" in client.get(ADD).content.decode()


@pytest.mark.parametrize(
    "address", ["https://evil.example/alder/", "http://[", "//[::1", "javascript:alert(1)", "%00"]
)
def test_a_foreign_or_broken_address_in_that_header_leads_nowhere(cast: Cast, address: str) -> None:
    client = cast.dee.client()
    age_session(client, 31 * 60)
    headers = {"HX-Request": "true", "HX-Current-URL": address}
    response = client.post(ADD, WORDS, headers=headers)
    assert response.headers["HX-Redirect"] == f"/alder/accounts/login/?next={ADD}"


def test_what_another_site_sends_is_not_kept(cast: Cast) -> None:
    """The form must carry our token: nobody puts words into somebody else's mouth."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.dee.user)
    age_session(client, 31 * 60)
    client.post(ADD, WORDS)
    assert kept.KEPT not in client.session


def test_a_stranger_leaves_nothing_behind(cast: Cast) -> None:
    client = Client()
    client.post(ADD, WORDS)
    assert kept.KEPT not in client.session


def test_a_form_that_is_longer_than_a_book_is_not_kept(cast: Cast) -> None:
    client = cast.dee.client()
    age_session(client, 31 * 60)
    client.post(ADD, {"given_name": "x" * (kept.LONGEST + 1)})
    assert kept.KEPT not in client.session


def test_before_a_fresh_proof_a_form_is_kept_as_well(cast: Cast) -> None:
    """The library would run the whole request again by itself; here the person looks once more."""
    client = cast.ana.client()
    forget_proofs(client)
    address = "/alder/accounts/email/"
    response = client.post(address, {"email": "new@example.org", "action_add": "1"})
    asked = response.headers["Location"]
    assert asked.startswith("/alder/accounts/reauthenticate/")
    assert "account_reauthentication_state" not in client.session
    back = client.post(asked, {"password": PASSWORD, "next": address})
    assert back.headers["Location"] == address
    assert "new@example.org" in client.get(address).content.decode()
