"""An account with the stand-in of Twilio, for whichever practice is ambient."""

from __future__ import annotations

from portal.access.viewer import Actor
from reminders.models import TransportAccount
from reminders.services import accounts
from reminders.transports import forget_accounts
from tests.fakes.twilio import ACCOUNT, NUMBER, TOKEN


def give_account(
    *,
    by: Actor,
    sid: str = ACCOUNT,
    token: str = TOKEN,
    sender: str = NUMBER,
    segments_a_second: int | None = None,
) -> TransportAccount:
    """Send the ambient practice's texts through the stand-in from now on.

    TWILIO_API_BASE says where it is, in the settings or in a child process's environment.
    """
    forget_accounts()
    return accounts.use_twilio(
        account_sid=sid,
        token=token,
        sender=sender,
        segments_a_second=segments_a_second,
        by=by,
    )
