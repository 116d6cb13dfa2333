"""Nobody learns who has an account: same words, same status, same work (T-AUTH-05)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest import mock

import pytest
from django.contrib.auth import hashers
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from portal.people.models import Letter
from tests.cast import Cast
from tests.environment.broker import Broker
from tests.people.hands import give_password

pytestmark = pytest.mark.django_db

RESET = "/alder/accounts/password/reset/"
# One that exists, by both of its names, and such that do not.
CALLED = ("ana", "ana@example.org", "nobody", "nobody@example.org", "ana ", "ånä")


def without_the_random_parts(response: HttpResponse, called: str) -> str:
    """The page without tokens, and without what was typed."""
    page = response.content.decode()
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", page)
    return re.sub(r'name="login" value="[^"]*"', "", page)


@pytest.fixture
def counted_hashes(settings: Settings) -> Iterator[mock.Mock]:
    """Every use of the password hash, whoever asks for it."""
    hasher = hashers.get_hasher()
    with mock.patch.object(
        type(hasher), "encode", autospec=True, side_effect=type(hasher).encode
    ) as encode:
        yield encode


def test_a_wrong_password_and_an_unknown_name_look_the_same(cast: Cast) -> None:
    pages = set()
    for called in CALLED:
        response = give_password(Client(), called, "wrong-guess", asked_from="10.9.8.7")
        assert response.status_code == 200
        pages.add(without_the_random_parts(response, called))
    assert len(pages) == 1


def test_every_guess_costs_one_hash_whoever_is_asked_for(
    cast: Cast, counted_hashes: mock.Mock
) -> None:
    """The library's own backend takes two for an address that exists."""
    for called in CALLED:
        counted_hashes.reset_mock()
        give_password(Client(), called, "wrong-guess", asked_from="10.9.8.7")
        assert counted_hashes.call_count == 1, called


def test_an_account_with_only_a_passkey_costs_one_hash_as_well(
    cast: Cast, counted_hashes: mock.Mock
) -> None:
    cast.ana.user.set_unusable_password()
    cast.ana.user.save()
    counted_hashes.reset_mock()
    give_password(Client(), "ana", "wrong-guess")
    assert counted_hashes.call_count == 1


def test_a_guess_costs_the_same_questions_to_the_database(
    cast: Cast, django_assert_num_queries: object
) -> None:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    counts = set()
    for called in ("ana", "nobody", "ana@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connections["default"]) as queries:
            give_password(Client(), called, "wrong-guess", asked_from="10.9.8.7")
        counts.add(len(queries))
    assert len(counts) == 1


def test_asking_for_a_new_password_says_and_costs_the_same(cast: Cast, broker: Broker) -> None:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    Client().post(RESET, {"email": "ben@example.org"})  # what is read once has been read
    seen = set()
    for address in ("ana@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connections["default"]) as queries:
            response = Client().post(RESET, {"email": address})
        assert response.headers["Location"] == "/alder/accounts/password/reset/done/"
        seen.add(len(queries))
    assert len(seen) == 1
    assert Letter.objects.count() == 3


def test_only_the_account_gets_a_letter(
    cast: Cast, broker: Broker, mailoutbox: list[object], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture
        for address in ("nobody@example.org", "Ana@Example.org"):
            Client().post(RESET, {"email": address})
    assert [task.name for task in broker.take()] == ["people.send_letter"] * 2


@pytest.mark.parametrize("called", ["a\0b", "x" * 5000, "\U0001f600", "' OR 1=1 --", "%", "_"])
def test_strange_names_are_answered_calmly(cast: Cast, called: str) -> None:
    assert give_password(Client(), called, "wrong-guess").status_code == 200


def test_locked_and_unknown_names_are_answered_alike(cast: Cast) -> None:
    pages = set()
    for called in ("ben", "nobody"):
        for number in range(6):
            response = give_password(Client(), called, "wrong", asked_from=f"10.1.1.{number}")
        pages.add(without_the_random_parts(response, called))
    assert len(pages) == 1
    assert "at most 15 minutes" in pages.pop()


def test_an_unknown_passkey_is_answered_like_a_wrong_one(cast: Cast) -> None:
    answers = set()
    for credential in (
        "{}",
        "[]",
        "null",
        '{"id":"x"}',
        "not json",
        '{"response":{"userHandle":1}}',
    ):
        client = Client()
        client.get("/alder/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
        response = client.post("/alder/accounts/2fa/webauthn/login/", {"credential": credential})
        answers.add((response.status_code, response.headers.get("Location")))
    assert answers == {(302, "/alder/accounts/login/")}
