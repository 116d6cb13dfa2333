"""What a half-finished session may see: nothing (T-FLOW-01, T-FLOW-02)."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.audit.models import AuditEvent
from portal.people.signin import gates
from portal.practices.models import Membership
from portal.tenancy.context import practice_scope
from tests.cast import Cast, Person
from tests.everywhere.urls import practice_addresses
from tests.people.hands import give_code, give_password

pytestmark = pytest.mark.django_db

CANARIES = ("Abbott", "Bright", "447700900101", "447700900102", "Cole Staff", "Eve Staff")


def _without_privacy(person: Person) -> None:
    with practice_scope(person.practice.pk):
        Membership.objects.filter(pk=person.membership.pk).update(
            privacy_seen_at=None, privacy_version=""
        )


def _only_password(cast: Cast) -> Client:
    client = Client()
    give_password(client, "cole")
    return client


def _no_second_factor(cast: Cast) -> Client:
    Authenticator.objects.filter(user=cast.cole.user).delete()
    return cast.cole.client()


def _staff_without_consent(cast: Cast) -> Client:
    _without_privacy(cast.cole)
    return cast.cole.client()


def _patient_without_consent(cast: Cast) -> Client:
    _without_privacy(cast.ana)
    return cast.ana.client()


def _invited_only(cast: Cast) -> Client:
    client = Client()
    session = client.session
    session["portal_joining"] = {
        "practice": str(cast.alder.pk),
        "invitation": str(uuid4()),
        "account": str(cast.cole.user.pk),
        "at": int(time.time()),
    }
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


HALF_WAY: dict[str, tuple[Callable[[Cast], Client], str]] = {
    "password given, code not": (_only_password, "/alder/accounts/login/"),
    "staff without a second factor": (_no_second_factor, "/alder/accounts/second-step/"),
    "staff who have not agreed": (_staff_without_consent, "/alder/accounts/privacy/"),
    "a patient who has not agreed": (_patient_without_consent, "/alder/accounts/privacy/"),
    "invited and no more": (_invited_only, "/alder/accounts/login/"),
}


@pytest.mark.parametrize("how", HALF_WAY)
def test_a_half_finished_session_reads_and_writes_nothing(cast: Cast, how: str) -> None:
    make, leads_to = HALF_WAY[how]
    client = make(cast)
    with practice_scope(cast.alder.pk):
        before = AuditEvent.objects.count()
    for address in practice_addresses():
        if address.is_public or address.is_for_anyone_signed_in:
            continue
        for method in ("get", "post"):
            response = getattr(client, method)(f"/alder{address.path()}")
            assert response.status_code == 302, f"{method} {address.name}: {response.status_code}"
            assert response.headers["Location"].startswith(leads_to), f"{method} {address.name}"
    with practice_scope(cast.alder.pk):
        assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("how", HALF_WAY)
def test_open_pages_tell_a_half_finished_session_nothing_about_people(cast: Cast, how: str) -> None:
    client = HALF_WAY[how][0](cast)
    paths = [
        "accounts/second-step/",
        "accounts/privacy/",
        "accounts/2fa/",
        "accounts/sessions/",
        "accounts/email/",
        "accounts/kept/",
        "help/",
        "",
    ]
    for path in paths:
        page = client.get(f"/alder/{path}", follow=True).content.decode()
        for canary in CANARIES:
            assert canary not in page, f"{path} shows {canary}"


def test_the_second_factor_comes_before_the_notice(cast: Cast) -> None:
    client = _no_second_factor(cast)
    _without_privacy(cast.cole)
    assert "second-step" in client.get("/alder/staff/account/").headers["Location"]


def test_a_wrong_code_lets_nobody_past(cast: Cast) -> None:
    client = _only_password(cast)
    for code in ("000000", "", "123", "1" * 500, "\uff10\uff10\uff10\uff10\uff10\uff10", "\x00"):
        client.post("/alder/accounts/2fa/authenticate/", {"code": code})
    assert client.get("/alder/staff/account/").status_code == 302


def test_somebody_who_agrees_comes_to_the_page_that_was_wanted(cast: Cast) -> None:
    client = _patient_without_consent(cast)
    gate = client.get("/alder/me/settings/").headers["Location"]
    page = client.get(gate).content.decode()
    assert "What is kept" in page
    assert "the front desk sees your appointments" in page.lower()
    answer = client.post(gate, {"agree": "on", "next": "/alder/me/settings/"})
    assert answer.headers["Location"] == "/alder/me/settings/"
    assert client.get("/alder/me/settings/").status_code == 200
    with practice_scope(cast.alder.pk):
        event = AuditEvent.objects.get(action="privacy.agree", actor_id=cast.ana.membership.pk)
    assert event.details == {"version": settings.PRIVACY_VERSION}


def test_going_on_without_agreeing_is_not_possible(cast: Cast) -> None:
    client = _patient_without_consent(cast)
    page = client.post("/alder/accounts/privacy/", {"next": "https://evil.example/"})
    assert page.status_code == 200
    assert "evil.example" not in page.content.decode()
    assert client.get("/alder/me/settings/").status_code == 302


def test_a_new_version_of_the_notice_asks_again(cast: Cast, settings: object) -> None:
    client = cast.ana.client()
    assert client.get("/alder/me/settings/").status_code == 200
    settings.PRIVACY_VERSION = "2027-01"  # type: ignore[attr-defined]  # pytest-django's
    assert client.get("/alder/me/settings/").status_code == 302


def test_the_gates_cost_nothing_once_they_are_open(cast: Cast) -> None:
    client = cast.cole.client()
    client.get("/alder/staff/account/")
    with CaptureQueriesContext(connections["default"]) as queries:
        client.get("/alder/staff/account/")
    asked = [query["sql"] for query in queries if "SELECT 1" in query["sql"]]
    assert not any("mfa_authenticator" in sql for sql in asked)
    assert client.session[gates.SECOND_FACTOR_KEY] is True


def test_a_patient_needs_no_second_factor(cast: Cast) -> None:
    assert cast.ana.client().get("/alder/me/settings/").status_code == 200


def test_the_gates_answer_is_forgotten_with_the_session(cast: Cast) -> None:
    client = Client()
    give_password(client, "eve")
    give_code(client)
    client.get("/alder/staff/account/")
    client.post("/alder/accounts/logout/")
    assert gates.SECOND_FACTOR_KEY not in client.session
