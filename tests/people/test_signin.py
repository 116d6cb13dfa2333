"""Signing in and out, as a person does it."""

from __future__ import annotations

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from portal.audit.models import AuditEvent
from portal.people.accounts import end_sessions, has_second_factor, make_account
from portal.people.models import User
from portal.practices.services import end_membership
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP, Cast
from tests.people.hands import (
    SECOND_STEP,
    forget_proofs,
    give_code,
    give_password,
    is_signed_in,
)

pytestmark = pytest.mark.django_db


def test_a_stranger_with_a_guess_stays_outside(cast: Cast) -> None:
    client = Client()
    response = give_password(client, "ana", "not her password")
    assert response.status_code == 200
    assert "do not belong together" in response.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize("name", ["ana", "ANA", " ana ", "ana@example.org", "Ana@Example.org"])
def test_a_patient_signs_in_with_user_name_or_address(cast: Cast, name: str) -> None:
    client = Client()
    response = give_password(client, name)
    assert response.headers["Location"] == "/alder/"
    assert is_signed_in(client)


def test_above_the_practices_the_sign_in_leads_to_the_start(cast: Cast) -> None:
    client = Client()
    response = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD_OF_ALL})
    assert response.headers["Location"] == "/"


def test_a_password_alone_lets_nobody_of_the_staff_in(cast: Cast) -> None:
    client = Client()
    response = give_password(client, "cole")
    assert response.headers["Location"] == SECOND_STEP
    assert not is_signed_in(client)
    assert give_code(client).headers["Location"] == "/alder/"
    assert is_signed_in(client)


def test_a_code_works_once(cast: Cast) -> None:
    first, second = Client(), Client()
    give_password(first, "cole")
    give_password(second, "cole")
    give_code(first)
    assert give_code(second).status_code == 200
    assert is_signed_in(first)
    assert not is_signed_in(second)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http://testserver:81/",
    ],
)
def test_signing_in_never_leads_to_another_host(cast: Cast, wanted: str) -> None:
    response = give_password(Client(), "ana", next=wanted)
    assert response.headers["Location"] == "/alder/"


def test_signing_in_leads_to_the_page_that_was_wanted(cast: Cast) -> None:
    response = give_password(Client(), "ana", next="/alder/me/settings/")
    assert response.headers["Location"] == "/alder/me/settings/"


def test_the_session_has_another_key_after_signing_in(cast: Cast) -> None:
    client = Client()
    give_password(client, "cole")
    before = client.session.session_key
    give_code(client)
    assert client.session.session_key != before


def test_nobody_signs_up(cast: Cast) -> None:
    for path in ("/accounts/signup/", "/alder/accounts/signup/"):
        page = Client().get(path).content.decode()
        assert "You need an invitation" in page
        values = {
            "username": "mallory",
            "password1": "a-long-enough-passphrase",
            "email": "m@x.org",
        }
        Client().post(path, values)
    assert not User.objects.filter(username="mallory").exists()


def test_signing_out_ends_the_session(cast: Cast) -> None:
    client = cast.ana.client()
    key = client.session.session_key
    client.post("/alder/accounts/logout/")
    assert not is_signed_in(client)
    client.cookies["session-8000"] = key or ""
    assert not is_signed_in(client)


def test_looking_at_the_sign_out_page_signs_nobody_out(cast: Cast) -> None:
    client = cast.ana.client()
    assert client.get("/alder/accounts/logout/").status_code == 200
    assert is_signed_in(client)


def test_a_closed_account_signs_in_nowhere_and_its_sessions_die(cast: Cast) -> None:
    client = cast.ana.client()
    cast.ana.user.is_active = False
    cast.ana.user.save()
    assert client.get("/alder/me/settings/").status_code == 302
    give_password(Client(), "ana")
    assert not is_signed_in(client)


def test_somebody_who_has_left_finds_nothing_at_the_next_page(cast: Cast) -> None:
    """T-AUTH-10."""
    client = cast.dee.client()
    assert client.get("/alder/staff/account/").status_code == 200
    with practice_scope(cast.alder.pk):
        end_membership(membership=cast.dee.membership, by=SET_UP)
    assert client.get("/alder/staff/account/").status_code == 404


def test_signing_in_stands_in_the_audit_of_the_practice(cast: Cast) -> None:
    give_password(Client(), "ana")
    with practice_scope(cast.alder.pk):
        event = AuditEvent.objects.get(action="session.begin")
    assert (event.actor_id, event.details) == (cast.ana.membership.pk, {})


def test_a_password_change_signs_out_everywhere_else(cast: Cast) -> None:
    here, there = Client(), Client()
    give_password(here, "ana")
    give_password(there, "ana")
    values = {"oldpassword": PASSWORD_OF_ALL, "password1": "four-green-doors-open"}
    assert here.post("/alder/accounts/password/change/", values).status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_a_session_can_be_ended_from_another_device(cast: Cast) -> None:
    """T-SES-04."""
    here, there = Client(), Client()
    give_password(here, "ana")
    give_password(there, "ana")
    page = here.get("/alder/accounts/sessions/").content.decode()
    assert page.count("/end/") == 1
    ended = page.split("/alder/accounts/sessions/")[1].split("/end/")[0]
    here.post(f"/alder/accounts/sessions/{ended}/end/")
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_nobody_ends_the_session_of_somebody_else(cast: Cast) -> None:
    ana, ben = Client(), Client()
    give_password(ana, "ana")
    give_password(ben, "ben")
    for pk in range(1, 60):
        ben.post(f"/alder/accounts/sessions/{pk}/end/")
    assert is_signed_in(ana)


def test_taking_a_second_factor_off_ends_the_other_sessions_and_closes_the_gate(
    cast: Cast,
) -> None:
    here, there = Client(), Client()
    give_password(here, "eve")
    give_code(here)
    there.force_login(cast.eve.user)
    assert here.get("/alder/staff/account/").status_code == 200
    here.post("/alder/accounts/2fa/totp/deactivate/")
    assert not has_second_factor(cast.eve.user.pk)
    response = here.get("/alder/staff/account/")
    assert response.headers["Location"].startswith("/alder/accounts/second-step/")


def test_enrolling_needs_a_fresh_proof(cast: Cast) -> None:
    """T-AUTH-09: a session without one is asked first, and looks at no secret."""
    client = cast.ana.client()
    forget_proofs(client)
    for path in ("totp/activate/", "webauthn/add/", "recovery-codes/generate/"):
        response = client.get(f"/alder/accounts/2fa/{path}")
        assert response.headers["Location"].startswith("/alder/accounts/reauthenticate/"), path


@pytest.mark.parametrize("path", ["staff/people/{}/leave/", "staff/metrics/no-shows/csv/"])
def test_what_cannot_be_taken_back_needs_a_fresh_proof(cast: Cast, path: str) -> None:
    """Somebody's place ended, or figures taken out: not by whoever finds a screen unlocked."""
    client = cast.eve.client()
    page = "/alder/" + path.format(cast.dee.viewer.membership_id)
    assert client.get(page).status_code == 200
    forget_proofs(client)
    response = client.get(page)
    assert response.headers["Location"].startswith("/alder/accounts/reauthenticate/")


def test_a_sign_in_is_a_fresh_proof_for_five_minutes(cast: Cast) -> None:
    client = Client()
    give_password(client, "ana")
    assert client.get("/alder/accounts/2fa/totp/activate/").status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    response = client.get("/alder/accounts/2fa/totp/activate/")
    assert response.headers["Location"].startswith("/alder/accounts/reauthenticate/")


def test_the_pages_of_an_account_show_nothing_of_a_practice_to_an_outsider(cast: Cast) -> None:
    """allauth's pages below a practice are open to everybody; only its public facts are there."""
    zoe = cast.zoe.client()
    for path in ("login/", "logout/", "2fa/", "sessions/", "email/", "password/reset/"):
        page = zoe.get(f"/alder/accounts/{path}", follow=True).content.decode()
        for secret in ("Abbott", "Bright", "Cole Staff", "447700900101"):
            assert secret not in page, path


def test_every_session_of_an_account_can_be_ended_at_once(cast: Cast) -> None:
    clients = [Client() for _ in range(3)]
    for client in clients:
        give_password(client, "ana")
    assert end_sessions(cast.ana.user.pk) == 3
    assert not any(is_signed_in(client) for client in clients)


def test_a_new_account_can_do_nothing_anywhere(cast: Cast) -> None:
    user = make_account(username="new", email="new@example.org", password="quiet-lamp-by-the-door")
    client = Client()
    client.force_login(user)
    assert client.get("/alder/me/").status_code == 404
    assert client.get("/alder/staff/").status_code == 404


def test_an_old_session_without_a_beginning_is_over(cast: Cast) -> None:
    client = cast.ana.client()
    session = client.session
    del session["portal_began_at"]
    session.save()
    assert not is_signed_in(client)
    assert SESSION_KEY not in client.session


PASSWORD_OF_ALL = "quiet-lamp-by-the-door"
