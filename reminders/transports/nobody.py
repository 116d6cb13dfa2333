"""Where there is no account any more: nothing leaves, and nothing can be looked up."""

from __future__ import annotations

from reminders.rules.answers import Answer, Meaning
from reminders.transports.base import CannotLookError, Found, Outgoing, Sought


class Nobody:
    """A `Transport` that carries nothing."""

    name = "nobody"

    def send(self, text: Outgoing) -> Answer:
        """Nothing has left. See `Transport.send`."""
        return Answer(Meaning.UNSENT)

    def find(self, sought: Sought) -> Found | None:
        """Nobody can be asked. See `Transport.find`."""
        raise CannotLookError("the account is gone")
