"""A practice's account with somebody who carries its texts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.encryption.fields import EncryptedTextField
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned


class TransportAccount(PracticeOwned):
    """What it takes to send through Twilio, as it was checked with Twilio; one in use at a time.

    A row is never changed, only followed by another: whoever holds its id holds these credentials.
    `token` is the account's auth token, which also signs what comes back; it is emptied some days
    after the account was retired. One of `sender` (E.164) and `messaging_service` is set.
    `segments_a_second` is the sender's limit as the practice knows it. `replies_arrive` is whether
    Twilio was set to bring replies here when it was asked.
    """

    account_sid = models.CharField(max_length=34)
    token = EncryptedTextField(blank=True)
    sender = models.CharField(max_length=20, blank=True)
    messaging_service = models.CharField(max_length=34, blank=True)
    segments_a_second = models.PositiveSmallIntegerField(null=True, blank=True)
    replies_arrive = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id"],
                condition=models.Q(retired_at=None),
                name="transport_account_once",
            ),
            models.CheckConstraint(
                condition=models.Q(sender="") ^ models.Q(messaging_service=""),
                name="transport_account_one_sender",
            ),
        ]

    @property
    def from_whom(self) -> str:
        """The number, or the messaging service's id: what a text comes from."""
        return self.sender or self.messaging_service

    @property
    def kind_of_sender(self) -> str:
        """`Number` or `Messaging service`."""
        return str(_("Number") if self.sender else _("Messaging service"))
