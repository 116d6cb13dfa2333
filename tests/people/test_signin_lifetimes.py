"""Idle and absolute ends of a session: nothing in a request lengthens one (T-SES-03)."""

from __future__ import annotations

import ast
import re
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client

from tests.cast import Cast
from tests.people.hands import age_session, give_password, is_signed_in

pytestmark = pytest.mark.django_db

IDLE = settings.SESSION_IDLE_SECONDS
ABSOLUTE = settings.SESSION_ABSOLUTE_SECONDS
PAGE = "/alder/me/settings/"


def test_after_a_rest_the_session_is_over(cast: Cast) -> None:
    client = cast.ana.client()
    age_session(client, IDLE)
    response = client.get(PAGE)
    assert response.headers["Location"] == f"/alder/accounts/login/?next={PAGE}"
    assert SESSION_KEY not in client.session


def test_just_before_that_it_is_not(cast: Cast) -> None:
    client = cast.ana.client()
    age_session(client, IDLE - 5)
    assert client.get(PAGE).status_code == 200


def test_a_touch_starts_the_rest_anew(cast: Cast) -> None:
    client = cast.ana.client()
    age_session(client, IDLE - 60)
    client.get(PAGE)
    assert time.time() - client.session["portal_seen_at"] < 30


def test_after_its_longest_time_a_session_is_over_however_busy(cast: Cast) -> None:
    client = cast.ana.client()
    age_session(client, ABSOLUTE, began=True)
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/alder/session/", {}), (PAGE, {"X-Portal-Background": "1"}), ("/session/", {})],
)
def test_a_page_that_asks_by_itself_does_not_count(
    cast: Cast, path: str, headers: dict[str, str]
) -> None:
    client = cast.ana.client()
    age_session(client, IDLE - 60)
    before = client.session["portal_seen_at"]
    assert client.get(path, headers=headers).status_code == 200
    assert client.session["portal_seen_at"] == before


def names_in_the_code() -> set[str]:
    """Every word of the portal's code that could name a parameter."""
    found: set[str] = set()
    for path in Path(settings.BASE_DIR, "portal").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if re.fullmatch(r"[\w.-]{2,40}", node.value) else set()
    return found | {"skip_timeout_reset", "keepalive", "background", "no_timeout", "remember"}


def test_no_parameter_revives_a_session(cast: Cast) -> None:
    """500 requests on dead sessions, with every name that the code knows: none lives again."""
    client = cast.ana.client()
    age_session(client, IDLE + 1)
    names = sorted(names_in_the_code() - {"Host", "HOST"})  # a page of no host is nobody's
    assert len(names) > 500
    for start in range(0, len(names), 40):
        values = dict.fromkeys(names[start : start + 40], "1")
        headers = {name: "1" for name in values if re.fullmatch(r"[A-Za-z-]+", name)}
        assert client.get(PAGE, values, headers=headers).status_code in (302, 401)
        assert client.post(PAGE, values, headers=headers).status_code in (302, 401)
        assert not is_signed_in(client)


def test_no_cookie_revives_a_session(cast: Cast) -> None:
    client = cast.ana.client()
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    age_session(client, IDLE + 1)
    client.get(PAGE)
    for _attempt in range(20):
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        assert client.get(PAGE).status_code == 302


def test_the_clock_of_the_demo_ends_nobodys_session(cast: Cast) -> None:
    import datetime as dt

    from portal import clock

    client = cast.ana.client()
    clock.move_to(clock.now() + dt.timedelta(days=3))
    try:
        assert client.get(PAGE).status_code == 200
    finally:
        clock.back_to_real_time()


def test_signing_in_again_gives_the_session_a_new_key(cast: Cast) -> None:
    client = cast.ana.client()
    age_session(client, IDLE + 1)
    client.get(PAGE)
    before = client.session.session_key
    give_password(client, "ana")
    assert client.session.session_key != before
    assert client.get(PAGE).status_code == 200


def test_the_cookie_ends_with_the_browser_and_tells_scripts_nothing(cast: Cast) -> None:
    """T-SES-02."""
    client = Client()
    response = give_password(client, "ana")
    for name in (settings.SESSION_COOKIE_NAME, settings.KNOWN_DEVICE_COOKIE_NAME):
        cookie = response.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert len(cookie.OutputString()) < 4096
    assert not response.cookies[settings.SESSION_COOKIE_NAME]["expires"]
    assert "ana" not in response.cookies[settings.KNOWN_DEVICE_COOKIE_NAME].value
