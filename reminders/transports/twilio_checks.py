"""Ask Twilio, before anything is kept, whether an account is what somebody typed.

Three questions at most: who are you, is this number (or messaging service) yours, and can it send
texts; and where it brings replies. Nothing is sent and nothing is changed at Twilio.
"""

from __future__ import annotations

from typing import Any

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client
from urllib3.exceptions import HTTPError

from reminders.transports.checks import Checked, Trouble
from reminders.transports.twilio import TwilioAccount, client_of


def check(account: TwilioAccount) -> Checked:
    """Ask. Never raises for anything the outside world does; takes seconds, not a transaction."""
    client = client_of(account, connections=1)
    try:
        found = client.api.accounts(account.sid).fetch()
        if found.status != "active":
            return Checked(Trouble.CLOSED)
        if account.messaging_service:
            return _service(client, account.messaging_service)
        return _number(client, account.sender)
    except TwilioRestException as error:
        return Checked(_meaning(error))
    except (TwilioException, HTTPError, ValueError, KeyError, TypeError):
        return Checked(Trouble.AWAY)


def _meaning(error: TwilioRestException) -> Trouble:
    if error.status in {401, 403} or error.code == 20003:
        return Trouble.CREDENTIAL
    # The account's own page is not there for credentials of another account.
    return Trouble.CREDENTIAL if error.status == 404 else Trouble.AWAY


def _number(client: Client, sender: str) -> Checked:
    for number in client.incoming_phone_numbers.list(phone_number=sender, limit=20):
        if number.phone_number == sender:
            return _can_text(number)
    return Checked(Trouble.NOT_THEIRS)


def _can_text(number: Any) -> Checked:
    can = number.capabilities or {}
    able = can.get("sms") if isinstance(can, dict) else getattr(can, "sms", False)
    return Checked(None if able else Trouble.NO_TEXTS, number.sms_url or "")


def _service(client: Client, sid: str) -> Checked:
    try:
        service = client.messaging.v1.services(sid).fetch()
    except TwilioRestException as error:
        if error.status == 404:
            return Checked(Trouble.NOT_THEIRS)
        raise
    return Checked(None, service.inbound_request_url or "")
