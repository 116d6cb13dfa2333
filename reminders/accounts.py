"""Reading a practice's accounts with a provider. Credentials leave here for a transport only."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q

from portal import clock
from reminders.models import TransportAccount

KEPT = dt.timedelta(days=3)
"""How long a retired account is still asked about its texts and believed about them."""


def account_in_use() -> TransportAccount | None:
    """The account through which the practice's texts leave, if it has one."""
    return TransportAccount.objects.filter(retired_at=None).first()


def account_for(account_id: UUID) -> TransportAccount | None:
    """Whose credentials to use for what was sent through that account; None where they are gone.

    A password that was replaced since opens the same account as the old one.
    """
    row = TransportAccount.objects.filter(pk=account_id).first()
    if row is None or row.retired_at is None:
        return row
    same = TransportAccount.objects.filter(account_sid=row.account_sid, retired_at=None).first()
    if same is not None:
        return same
    return row if row.retired_at > clock.now() - KEPT and row.token else None


def accounts_that_sign() -> list[TransportAccount]:
    """Those whose calls are believed: the one in use, and those retired a short while ago."""
    since = clock.now() - KEPT
    rows = TransportAccount.objects.filter(Q(retired_at=None) | Q(retired_at__gt=since))
    return [row for row in rows.order_by("-created_at")[:5] if row.token]


def old_accounts() -> list[TransportAccount]:
    """Retired accounts whose secret nobody needs any more."""
    rows = TransportAccount.objects.filter(retired_at__lte=clock.now() - KEPT)
    return [row for row in rows if row.token]
