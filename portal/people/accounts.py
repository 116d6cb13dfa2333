"""Accounts of the installation: made, found, and their sessions ended.

An account carries no name and no role; those belong to a practice (`portal.practices.services`).
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import unicodedata
from typing import cast
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.people.models import User
from portal.tenancy.errors import DomainError, NotFound

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountExists(DomainError):
    """Somebody has this address or user name already."""


def plain_name(called: str) -> str:
    """How user names and addresses are stored and compared: one form, small letters, no margins."""
    return unicodedata.normalize("NFKC", called).strip().lower()


def account_called(called: str) -> User | None:
    """The account of that user name or e-mail address; one query whichever it is.

    Only the account's own address counts: it was confirmed by a letter to it. An address that
    somebody has typed and not confirmed yet is nobody's.
    """
    name = plain_name(called)
    # Postgres refuses the zero character with an error; nobody has it in their name.
    if not name or "\0" in name:
        return None
    found = User.objects.filter(email=name) if "@" in name else User.objects.filter(username=name)
    return found.first()


def make_account(
    *,
    username: str = "",
    email: str = "",
    password: str | None = None,
    account_id: UUID | None = None,
) -> User:
    """A new account. `email` must have been confirmed: it signs in, and resets the password.

    Without `username` one is made up; without `password` only a passkey will open it. `account_id`
    is for a passkey that was made for this id before the account. Raises AccountExists.
    """
    address = plain_name(email)
    user = User(username=plain_name(username) or new_username(address.partition("@")[0]))
    user.email = address
    user.set_password(password)
    if account_id is not None:
        user.pk = account_id
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            if address:
                EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    except IntegrityError as error:
        raise AccountExists(_("There is an account with this name or address already.")) from error
    return user


def new_username(wish: str) -> str:
    """A free user name that begins like `wish` and is easy to type: `maya-4821`."""
    letters = unicodedata.normalize("NFKD", wish).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z]+", "", letters)[:16] or "person"
    for _attempt in range(100):
        name = f"{stem}-{secrets.randbelow(9000) + 1000}"
        if not User.objects.filter(username=name).exists():
            return name
    return f"{stem}-{secrets.token_hex(6)}"


def give_authenticator_app(user: User, secret: str) -> None:
    """Enrol the account with an authenticator app of that secret (base32), as the demo does.

    People enrol themselves on their own page; nobody else may do it for them.
    """
    TOTP.activate(user, secret)


def has_second_factor(user_id: UUID) -> bool:
    """True with a passkey or an authenticator app; one query."""
    return cast(
        bool, Authenticator.objects.filter(user_id=user_id, type__in=SECOND_FACTORS).exists()
    )


def second_factors_of(user_id: UUID) -> list[Authenticator]:
    """The account's passkeys and authenticator app, oldest first."""
    rows = Authenticator.objects.filter(user_id=user_id, type__in=SECOND_FACTORS)
    return list(rows.order_by("created_at", "pk"))


def sessions_of(user_id: UUID) -> int:
    """In how many places the account is signed in, those that have run out left aside."""
    count: int = UserSession.objects.filter(user_id=user_id).count()
    return count


def note_session(request: HttpRequest) -> None:
    """Put the session of a request into its owner's list."""
    UserSession.objects.create_from_request(request)


def note_sign_of_life(session_key: str, at: dt.datetime) -> None:
    """The person was there at that moment, for the same list."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=at)


def end_session(user_id: UUID, session_id: int) -> None:
    """Sign the account out in one place. Raises NotFound for another's session."""
    session = UserSession.objects.filter(user_id=user_id, pk=session_id).first()
    if session is None:
        raise NotFound("No such session.")
    session.end()


def end_sessions(user_id: UUID, *, but: str = "") -> int:
    """Sign the account out everywhere, except in the session whose key is `but`. How many."""
    ended = 0
    for session in UserSession.objects.filter(user_id=user_id).exclude(session_key=but):
        session.end()
        ended += 1
    return ended
