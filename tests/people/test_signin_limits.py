"""How often one may guess, and that nobody can lock somebody else out (T-AUTH-11, T-RATE-03)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from portal.people.models import User
from portal.people.signin.limits import client_address
from tests.cast import PASSWORD, Cast
from tests.people.hands import give_code, give_password, is_signed_in

pytestmark = pytest.mark.django_db


def guesses(name: str, count: int, *, client: Client | None = None, **more: str) -> int:
    """Guess so often, each time from another address; how many were looked at."""
    evaluated = 0
    for number in range(count):
        with mock.patch.object(User, "check_password", autospec=True, return_value=False) as look:
            give_password(
                client or Client(), name, "wrong-guess", asked_from=f"10.1.{number}.7", **more
            )
        evaluated += look.call_count
    return evaluated


def test_of_forty_guesses_from_forty_addresses_five_are_looked_at(cast: Cast) -> None:
    assert guesses("ana", 40) == 5


def test_user_name_and_address_of_one_account_share_one_count(cast: Cast) -> None:
    assert guesses("ana", 5) == 5
    assert guesses("ana@example.org", 5) == 0
    assert guesses(" ANA ", 5) == 0


def test_within_an_hour_ten_guesses_from_unknown_browsers_are_looked_at(cast: Cast) -> None:
    with mock.patch("allauth.core.internal.ratelimit.time.time") as clock:
        looked_at = 0
        for quarter in range(4):
            clock.return_value = 1_800_000_000 + quarter * 901
            looked_at += guesses("ana", 20)
    assert looked_at == 10


def test_guesses_from_elsewhere_do_not_lock_the_persons_own_browser(cast: Cast) -> None:
    own = Client()
    give_password(own, "ana")
    own.post("/alder/accounts/logout/")
    guesses("ana", 40)
    give_password(own, "ana")
    assert is_signed_in(own)


def test_a_known_browser_has_a_limit_of_its_own(cast: Cast) -> None:
    own = Client()
    give_password(own, "ana")
    own.post("/alder/accounts/logout/")
    assert guesses("ana", 9, client=own) == 5


def test_a_cookie_of_another_account_or_a_forged_one_helps_nobody(cast: Cast) -> None:
    bens = Client()
    give_password(bens, "ben")
    bens.post("/alder/accounts/logout/")
    assert guesses("ana", 20, client=bens) == 5
    forged = Client()
    forged.cookies["device-8000"] = "eyJhIjoiYiJ9:1abc:forged"
    assert guesses("ana", 5, client=forged) == 0


def test_a_new_password_by_mail_ends_the_waiting(cast: Cast) -> None:
    from allauth.account.adapter import get_adapter

    guesses("ana", 10)
    client = Client()
    give_password(client, "ana")
    assert not is_signed_in(client)
    request = RequestFactory().post("/")
    get_adapter()._delete_login_attempts_cached_email(request, email="ana@example.org")
    give_password(client, "ana")
    assert is_signed_in(client)


def test_signing_in_rightly_does_not_wipe_the_count_of_wrong_guesses(cast: Cast) -> None:
    """An old mistake of the library's: success cleared the counter, so guessing could go on."""
    browser = Client()
    assert guesses("ana", 4, client=browser) == 4
    ana = Client()
    give_password(ana, "ana")
    assert guesses("ana", 4) == 1


def test_codes_are_counted_by_account(cast: Cast) -> None:
    """T-RATE-02: fifty guesses of a code; the right one is not looked at any more."""
    client = Client()
    give_password(client, "cole")
    for number in range(50):
        client.post("/alder/accounts/2fa/authenticate/", {"code": f"{number:06d}"})
    assert give_code(client).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "header", ["1.2.3.4", "1.2.3.4, 5.6.7.8", "unknown", "", "::1", "1.2.3.4,\t127.0.0.1"]
)
def test_without_a_proxy_a_forwarding_header_changes_nothing(header: str) -> None:
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": header}, REMOTE_ADDR="203.0.113.9"
    )
    assert client_address(request) == "203.0.113.9"


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "1.2.3.4, 203.0.113.5", "203.0.113.5"),
        (2, "1.2.3.4, 203.0.113.5, 10.0.0.3", "203.0.113.5"),
        (2, "203.0.113.5", "10.0.0.1"),  # not all proxies were passed: trust the connection
        (1, "not an address", "10.0.0.1"),
        (1, "203.0.113.5:4711", "203.0.113.5"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
    ],
)
def test_behind_proxies_the_address_is_what_the_outermost_of_them_saw(
    settings: Settings, proxies: int, header: str, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header}, REMOTE_ADDR="10.0.0.1")
    assert client_address(request) == address


def test_spoofed_forwarding_headers_do_not_give_more_guesses(cast: Cast) -> None:
    looked_at = 0
    for number in range(60):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        with mock.patch.object(User, "check_password", autospec=True, return_value=False) as look:
            give_password(Client(), f"ana{number % 2 or ''}", "wrong-guess", headers=headers)
        looked_at += look.call_count
    assert looked_at == 5
    response = Client().post(
        "/alder/accounts/login/",
        {"login": "ben", "password": PASSWORD},
        headers={"X-Forwarded-For": "198.51.100.250"},
    )
    assert response.status_code == 429, "sixty from one address in a minute are too many"


def test_at_once_no_more_guesses_are_looked_at(cast: Cast) -> None:
    """The count holds when forty guesses arrive together."""
    from portal.people.signin.limits import may_guess

    def guess(number: int) -> bool:
        from django.db import connections

        request = RequestFactory().post("/", REMOTE_ADDR=f"10.2.{number}.7")
        try:
            return may_guess(request, "nobody-of-that-name") is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        allowed = sum(pool.map(guess, range(40)))
    assert allowed <= 5
