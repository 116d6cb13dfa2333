"""Whether texts can leave at all: a stopped channel, and the dispatcher's pulse."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned
from reminders.models.policies import Channel


class ChannelStop(PracticeOwned):
    """From when until when a practice's channel was stopped, and why. One open stop at a time."""

    class Cause(models.TextChoices):
        OUR_FAULT = "our_fault", _("The provider does not accept our account or sender")
        FILTERED = "filtered", _("Too many of our messages are being blocked")
        NO_ACCOUNT = "no_account", _("There is no account through which texts could leave")

    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.SMS)
    cause = models.CharField(max_length=12, choices=Cause.choices)
    error_code = models.PositiveIntegerField(null=True, blank=True)
    stopped_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True, blank=True)
    resumed_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "channel"],
                condition=models.Q(resumed_at=None),
                name="channel_stopped_once",
            ),
            models.CheckConstraint(
                condition=models.Q(resumed_at=None, resumed_by=None)
                | models.Q(resumed_at__isnull=False, resumed_by__isnull=False),
                name="channel_resumed_by_somebody",
            ),
        ]


class DispatcherBeat(models.Model):
    """The dispatcher's pulse: one row for the installation, in real time, never the demo's.

    Global, because the dispatcher works for every practice; it holds nothing about anybody.
    """

    name = models.CharField(primary_key=True, max_length=20)
    beat_at = models.DateTimeField()
