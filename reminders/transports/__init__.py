"""The ways a text can leave. Only this package talks to a provider."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from reminders.transports.base import Transport
from reminders.transports.practice_phone import PracticePhone

# As many calls at once as the dispatcher has threads.
CONNECTIONS = 16


def transport_named(name: str) -> Transport:
    """The transport that a practice has chosen. Raises ValueError for an unknown name."""
    if name == PracticePhone.name:
        return PracticePhone()
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
