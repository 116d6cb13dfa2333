"""What a browser has shown of an invitation on its way to an account. Kept in its session only."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal import auth as webauthn
from django.http import HttpRequest

from portal.people.models import Invitation, User

KEY = "portal_joining"
GOOD_FOR_SECONDS = 30 * 60


@dataclass(frozen=True)
class Joining:
    """An invitation whose second fact was right. `account_id` is that of the account to come."""

    invitation_id: UUID
    account_id: UUID


def begin(request: HttpRequest, invitation: Invitation) -> None:
    """The second fact was right: half an hour to choose how to sign in."""
    request.session[KEY] = {
        "practice": str(invitation.practice_id),
        "invitation": str(invitation.pk),
        "account": str(uuid4()),
        "at": int(time.time()),
    }


def current(request: HttpRequest, practice_id: UUID) -> Joining | None:
    """The invitation that this browser has proved in this practice, while it is good."""
    state = request.session.get(KEY)
    if not state or state["practice"] != str(practice_id):
        return None
    if time.time() - state["at"] >= GOOD_FOR_SECONDS:
        finish(request)
        return None
    return Joining(UUID(state["invitation"]), UUID(state["account"]))


def finish(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def passkey_options(account_id: UUID, username: str) -> dict[str, Any]:
    """What the browser needs to make a passkey for an account that does not exist yet."""
    user = User(pk=account_id, username=username)
    return {"creation_options": webauthn.begin_registration(user, True)}


def give_passkey(user: User, name: str, credential: dict[str, Any]) -> None:
    """Store the passkey that was made before the account, and make its recovery codes."""
    webauthn.WebAuthn.add(user, name, credential)
    RecoveryCodes.activate(user)
