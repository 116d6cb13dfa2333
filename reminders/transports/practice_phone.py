"""Texts without a provider: rows on a made-up handset, delivered at once.

The same states, receipts and replies as with a provider, so that a practice can try everything
before it has an account; the demo and its handset page use it.
"""

from __future__ import annotations

from portal import clock
from portal.tenancy.context import practice_scope
from reminders.models import phone
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import Receipt
from reminders.transports.base import Found, Outgoing, Sought


class PracticePhone:
    """A `Transport` that keeps each text as a row, once for each attempt."""

    name = "practice_phone"

    def send(self, text: Outgoing) -> Answer:
        """Put the text on the handset. See `Transport.send`."""
        with practice_scope(text.practice_id):
            phone.keep_text(
                number=text.to, body=text.body, attempt_id=text.attempt_id, at=clock.now()
            )
        return Answer(Meaning.ACCEPTED, sid=_sid(text.attempt_id), receipt=Receipt.DELIVERED)

    def find(self, sought: Sought) -> Found | None:
        """Look for the attempt's row. See `Transport.find`."""
        with practice_scope(sought.practice_id):
            if not phone.has_attempt(sought.attempt_id):
                return None
        return Found(_sid(sought.attempt_id), Receipt.DELIVERED)


def _sid(attempt_id: object) -> str:
    return f"phone-{attempt_id}"
