"""What a way of sending must do. A transport keeps no state and decides nothing.

`send` is called once for each attempt, from a thread, with no transaction open, and never raises
for anything the outside world does: every end of a call is one `Answer`. `find` is asked only
about attempts in doubt.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from reminders.rules.answers import Answer
from reminders.rules.states import Receipt


@dataclass(frozen=True, slots=True)
class Route:
    """Which way a message takes: a transport by name, and the practice's account with it.

    `segments_a_second` is how many segments the account's sender may hand over in a second; None
    where nothing is known of a limit. Messages with equal routes share that limit.
    """

    transport: str
    account_id: UUID | None = None
    segments_a_second: float | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way: the only place where address and words stand side by side.

    `to` is E.164 for texts, an address for mail, which alone has a `subject_line`. `callback_url`
    names the attempt, so that even if the answer is lost, the receipt tells that it was taken.
    `segments` is a text's length as networks count it, 0 for mail.
    """

    practice_id: UUID
    attempt_id: UUID
    to: str
    body: str
    callback_url: str
    route: Route
    channel: str = "sms"
    subject_line: str = ""
    segments: int = 0

    def __repr__(self) -> str:
        """Without address and words: this object may end up in a log or a traceback."""
        return f"<Outgoing attempt={self.attempt_id}>"


@dataclass(frozen=True, slots=True)
class Sought:
    """An attempt to look for at the provider. `body_digest` as from `digest`; `since` in UTC."""

    practice_id: UUID
    attempt_id: UUID
    to: str
    body_digest: str
    since: datetime

    def __repr__(self) -> str:
        """Without the number."""
        return f"<Sought attempt={self.attempt_id}>"


@dataclass(frozen=True, slots=True)
class Found:
    """A message that the provider knows: its id, its news (None if not understood) and its code."""

    sid: str
    receipt: Receipt | None
    code: int | None = None


class CannotLookError(Exception):
    """The provider's list could not be read: nothing is known, and nothing may be concluded."""


class Transport(Protocol):
    """A way of sending texts."""

    name: str

    def send(self, text: Outgoing) -> Answer:
        """Hand over one text. Blocks for at most its time-outs; never raises for the outside."""
        ...

    def find(self, sought: Sought) -> Found | None:
        """Look an attempt up. Raises `CannotLookError` if the list cannot be read."""
        ...


def digest(body: str) -> str:
    """A text's fingerprint, to know it again in the provider's list without keeping its words."""
    return hashlib.sha256(body.encode()).hexdigest()
