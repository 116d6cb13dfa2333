"""Choose how a practice's texts leave. The provider was asked before anything is written here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor, Viewer
from portal.audit import services as audit
from portal.practices import services as practices
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from reminders.accounts import account_in_use, old_accounts
from reminders.models import Channel, TransportAccount
from reminders.services import SYSTEM, channels
from reminders.stops import open_stops
from reminders.transports import TWILIO
from reminders.transports.practice_phone import PracticePhone


def use_twilio(
    *,
    account_sid: str,
    token: str,
    sender: str = "",
    messaging_service: str = "",
    segments_a_second: int | None = None,
    replies_arrive: bool = False,
    by: Actor,
) -> TransportAccount:
    """Send through this account from now on. It has been checked with the provider.

    The account before it is retired; texts that were stopped because an account did not work go
    out again.
    """
    _retire_account()
    row = TransportAccount.objects.create(
        account_sid=account_sid,
        token=token,
        sender=sender,
        messaging_service=messaging_service,
        segments_a_second=segments_a_second,
        replies_arrive=replies_arrive,
        created_at=clock.now(),
        created_by_id=by.membership_id if isinstance(by, Viewer) else None,
    )
    _change_way(TWILIO, by)
    details = {"account": account_sid, "from": row.from_whom}
    audit.record("texts.account", by=by, obj=row, details=details)
    _go_on(by)
    return row


def use_practice_phone(*, by: Actor) -> None:
    """Keep texts on the practice phone; the account, if there is one, is not used any more.

    Raises DomainError where that is so already.
    """
    settings = settings_of_practice()
    if settings.sms_transport == PracticePhone.name:
        raise DomainError(_("Texts stay on the practice phone already."))
    _retire_account()
    _change_way(PracticePhone.name, by)
    _go_on(by)


def forget_old() -> int:
    """Empty the secrets of accounts that were retired days ago. Returns how many."""
    rows = old_accounts()
    for row in rows:
        row.token = ""
        row.save(update_fields=["token"])
        audit.record("texts.account_forgotten", by=SYSTEM, obj=row)
    return len(rows)


def _retire_account() -> None:
    row = account_in_use()
    if row is not None:
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])


def _change_way(name: str, by: Actor) -> None:
    settings = settings_of_practice()
    if settings.sms_transport != name:
        practices.change_settings(settings=settings, sms_transport=name, by=by)


def _go_on(by: Actor) -> None:
    """A stop that the old account was the cause of has no cause any more."""
    if not isinstance(by, Viewer):
        return
    if any(stop.channel == Channel.SMS for stop in open_stops()):
        channels.resume(channel=Channel.SMS, by=by)
