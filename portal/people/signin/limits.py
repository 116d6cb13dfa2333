"""How often one may guess, counted from the address that really asked.

Guesses from a browser that has signed in to the account before are counted apart from all others
(a “device cookie”), so somebody who guesses from elsewhere does not lock the person out of their
own phone. Passkeys and a new password by mail never wait. The figures are ACCOUNT_RATE_LIMITS.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import clean_client_ip
from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from portal.people.accounts import account_called, plain_name

APP = "allauth.account"
GUESSES = "login_failed"
GUESSES_OF_STRANGERS = "login_failed_elsewhere"
SALT = "portal.people.known-device"
KNOWN_FOR_SECONDS = 180 * 24 * 3600
ACCOUNTS_REMEMBERED = 6


def client_address(request: HttpRequest) -> str:
    """The address that reached the outermost proxy of ours.

    Each proxy adds the address it was asked from at the end, so with n proxies the n-th from the
    end is true and all before it is what the asker wrote. Without proxies, or with fewer entries
    than proxies, it is the connection's own address.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    if proxies and len(hops) >= proxies:
        address = clean_client_ip(hops[-proxies])
        if address:
            return str(address)
    address = clean_client_ip(request.META.get("REMOTE_ADDR", ""))
    if not address:
        raise PermissionDenied("No address to count by.")
    return str(address)


def may_guess(request: HttpRequest, called: str) -> list[Any] | None:
    """Count one guess of a password for that name; None when there were too many.

    What it answers goes to `was_right` after a right password: only wrong ones are kept.
    """
    who, is_known = _who(request, called)
    counted = []
    for action in [GUESSES] if is_known else [GUESSES, GUESSES_OF_STRANGERS]:
        usage = ratelimit.consume(request, app=APP, action=action, key=who)
        if not usage:
            return None
        counted.append(usage)
    return counted


def was_right(counted: list[Any]) -> None:
    """Take back the count of a guess that was right; earlier wrong ones stay."""
    for usage in counted:
        usage.rollback()


def forget_guesses(request: HttpRequest, called: str) -> None:
    """A new password through the person's own mailbox ends the waiting."""
    who, _is_known = _who(request, called, anywhere=True)
    for action in (GUESSES, GUESSES_OF_STRANGERS):
        ratelimit.clear(request, app=APP, action=action, key=who)


def _who(request: HttpRequest, called: str, *, anywhere: bool = False) -> tuple[str, bool]:
    """What guesses of that name are counted under, and whether the browser is known for it.

    One account has one count, whether it is called by its user name or by its address.
    """
    user = account_called(called)
    who = str(user.pk) if user else plain_name(called)
    device = "" if anywhere else _known_devices(request).get(_mark(who), "")
    return f"{who} {device}".strip(), bool(device)


def is_known_device(request: HttpRequest, user_id: object) -> bool:
    """True when the account has signed in with this browser before."""
    return _mark(str(user_id)) in _known_devices(request)


def remember_device(request: HttpRequest, response: HttpResponse, user_id: object) -> None:
    """After a full sign-in: this browser is known for the account from now on."""
    mark = _mark(str(user_id))
    known = _known_devices(request)
    device = known.pop(mark, "") or secrets.token_urlsafe(12)
    newest = dict([*known.items(), (mark, device)][-ACCOUNTS_REMEMBERED:])
    response.set_cookie(
        settings.KNOWN_DEVICE_COOKIE_NAME,
        signing.dumps(newest, salt=SALT),
        max_age=KNOWN_FOR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known_devices(request: HttpRequest) -> dict[str, str]:
    cookie = request.COOKIES.get(settings.KNOWN_DEVICE_COOKIE_NAME, "")
    try:
        known = signing.loads(cookie, salt=SALT, max_age=KNOWN_FOR_SECONDS) if cookie else {}
    except signing.BadSignature:
        return {}
    return known if isinstance(known, dict) else {}


def _mark(who: str) -> str:
    """The account in the cookie: the same each time, and saying nothing about whose it is."""
    return salted_hmac(SALT, who, algorithm="sha256").hexdigest()[:24]
