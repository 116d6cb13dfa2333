"""The ways a message can leave. Only this package talks to a provider."""

from __future__ import annotations

import threading
import time
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from portal.tenancy.context import practice_scope
from reminders.accounts import account_for
from reminders.transports.base import Route, Transport
from reminders.transports.mail import Mail
from reminders.transports.nobody import Nobody
from reminders.transports.practice_phone import PracticePhone

# As many calls at once as the dispatcher has threads.
CONNECTIONS = 48
TWILIO = "twilio"
TWILIO_API = "https://api.twilio.com"

_MAIL = Mail()
_NOBODY = Nobody()


def transport_of(practice_id: UUID, route: Route) -> Transport:
    """What carries a message of that practice along that route. Safe to ask from any thread.

    Enters the practice to read credentials it has not read within the last minute. Raises
    ValueError for a transport that nobody knows.
    """
    if route.transport == PracticePhone.name:
        return PracticePhone()
    if route.transport == Mail.name:
        return _MAIL
    if route.transport == TWILIO:
        return _ACCOUNTS.transport(practice_id, route.account_id)
    message = f"There is no transport called {route.transport!r}."
    raise ValueError(message)


class _Accounts:
    """Credentials by account, for a minute: a row never changes, but it may be retired."""

    SECONDS = 60.0
    MOST = 4_096

    def __init__(self) -> None:
        self._known: dict[UUID, tuple[float, Transport]] = {}
        self._lock = threading.Lock()

    def transport(self, practice_id: UUID, account_id: UUID | None) -> Transport:
        """The account's transport; one that sends nothing where there is no such account."""
        if account_id is None:
            return _NOBODY
        now = time.monotonic()
        with self._lock:
            until, transport = self._known.get(account_id, (0.0, _NOBODY))
        if until > now:
            return transport
        transport = _read(practice_id, account_id)
        with self._lock:
            if len(self._known) >= self.MOST:
                self._known.clear()
            self._known[account_id] = (now + self.SECONDS, transport)
        return transport

    def forget(self) -> None:
        """Read everything anew."""
        with self._lock:
            self._known.clear()


_ACCOUNTS = _Accounts()
forget_accounts = _ACCOUNTS.forget


def _read(practice_id: UUID, account_id: UUID) -> Transport:
    with practice_scope(practice_id):
        row = account_for(account_id)
        if row is None:
            return _NOBODY
        return _twilio(
            row.account_sid,
            row.token,
            row.sender,
            row.messaging_service,
            settings.TWILIO_API_BASE or TWILIO_API,
        )


@lru_cache(maxsize=512)
def _twilio(sid: str, token: str, sender: str, service: str, api: str) -> Transport:
    """One client, and so one pool of connections, for each account."""
    # Imported where it is used: most processes never send, and the library is slow to load.
    from reminders.transports.twilio import Twilio, TwilioAccount

    account = TwilioAccount(sid, token, messaging_service=service, sender=sender, api=api)
    return Twilio(account, connections=CONNECTIONS)
