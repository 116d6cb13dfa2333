"""The ways a message can leave. Only this package talks to a provider."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.conf import settings

from reminders.transports.base import Route, Transport
from reminders.transports.mail import Mail
from reminders.transports.practice_phone import PracticePhone

# As many calls at once as the dispatcher has threads.
CONNECTIONS = 48


_MAIL = Mail()


def transport_of(practice_id: UUID, route: Route) -> Transport:
    """What carries a message of that practice along that route. Safe to ask from any thread.

    Raises ValueError for a transport that nobody knows.
    """
    return transport_named(route.transport)


def transport_named(name: str) -> Transport:
    """The transport of that name. Raises ValueError for an unknown one."""
    if name == PracticePhone.name:
        return PracticePhone()
    if name == Mail.name:
        return _MAIL
    if name == "twilio":
        return _twilio(
            settings.TWILIO_ACCOUNT_SID,
            settings.TWILIO_AUTH_TOKEN,
            settings.TWILIO_FROM,
            settings.TWILIO_API_BASE,
        )
    message = f"There is no transport called {name!r}."
    raise ValueError(message)


@cache
def _twilio(sid: str, token: str, sender: str, api: str) -> Transport:
    """One client, and so one pool of connections, for each account."""
    # Imported where it is used: most processes never send, and the library is slow to load.
    from reminders.transports.twilio import Twilio, TwilioAccount

    is_service = sender.startswith("MG")
    account = TwilioAccount(
        sid=sid,
        token=token,
        messaging_service=sender if is_service else "",
        sender="" if is_service else sender,
        api=api or "https://api.twilio.com",
    )
    return Twilio(account, connections=CONNECTIONS)
