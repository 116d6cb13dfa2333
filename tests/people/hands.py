"""What a person does with a browser to sign in, for tests."""

from __future__ import annotations

import time
from typing import Any

from django.test import Client

from portal.dev.visitor import code_of_now
from tests.cast import PASSWORD, TOTP_SECRET

LOGIN = "/alder/accounts/login/"
SECOND_STEP = "/alder/accounts/2fa/authenticate/"


def give_password(
    client: Client, login: str, password: str = PASSWORD, *, asked_from: str = "", **more: Any
) -> Any:
    """The first page of signing in, from an address; `more` are headers or fields (`next`)."""
    headers = more.pop("headers", None)
    meta: dict[str, Any] = {"REMOTE_ADDR": asked_from} if asked_from else {}
    values = {"login": login, "password": password, **more}
    return client.post(LOGIN, values, headers=headers, **meta)


def give_code(client: Client) -> Any:
    """The second page: what the authenticator app shows."""
    return client.post(SECOND_STEP, {"code": code_of_now(TOTP_SECRET, good_for=3)})


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/alder/session/").json()["signed_in"])


def forget_proofs(client: Client) -> None:
    """Signed in, but not proved lately."""
    session = client.session
    session.pop("account_authentication_methods", None)
    session.save()


def age_session(client: Client, seconds: int, *, began: bool = False) -> None:
    """Let the session look as if nobody had touched it for so long (or as if it began then)."""
    session = client.session
    session["portal_seen_at"] = int(time.time()) - seconds
    if began:
        session["portal_began_at"] = int(time.time()) - seconds
        session["portal_seen_at"] = int(time.time())
    session.save()
