"""What a practice wants to be sent, and when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.appointments.models import AppointmentType
from portal.tenancy.models import PracticeForeignKey, PracticeOwned
from reminders.rules.timing import OffsetKind, Step


class Channel(models.TextChoices):
    """How a reminder travels. E-mail comes later."""

    SMS = "sms", _("Text")


class ReminderPolicy(PracticeOwned):
    """One text before each visit: how long before, in which words.

    Without `appointment_type` it holds for every type that has no policy of its own. `at` is the
    hour where the patient is, for days only. Retired, never deleted: the ledger points here.
    """

    name = models.CharField(max_length=80)
    appointment_type: models.ForeignKey[AppointmentType | None, AppointmentType | None] = (
        PracticeForeignKey(AppointmentType, models.PROTECT, null=True, blank=True, related_name="+")
    )
    kind = models.CharField(
        max_length=16,
        choices=[
            (OffsetKind.DAYS_BEFORE.value, _("Days before")),
            (OffsetKind.HOURS_BEFORE.value, _("Hours before")),
        ],
    )
    offset = models.PositiveSmallIntegerField()
    at = models.TimeField(null=True, blank=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.SMS)
    template = models.TextField(max_length=600)
    discreet_template = models.TextField(max_length=600)
    discreet = models.BooleanField(default=False)
    skip_when_confirmed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "reminder policies"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "appointment_type", "kind", "offset", "at", "channel"],
                condition=models.Q(retired_at=None),
                nulls_distinct=False,
                name="policy_once",
            ),
            models.CheckConstraint(
                condition=models.Q(at=None) | models.Q(kind=OffsetKind.DAYS_BEFORE.value),
                name="policy_hour_for_days_only",
            ),
            models.CheckConstraint(
                condition=models.Q(offset__gte=1, offset__lte=720), name="policy_offset_sensible"
            ),
        ]

    @property
    def step(self) -> Step:
        """The line of the policy as the timing rules know it."""
        return Step(OffsetKind(self.kind), self.offset, self.at)

    @property
    def when(self) -> str:
        """`1 day before, at 10:00`."""
        if self.kind == OffsetKind.HOURS_BEFORE:
            return ngettext("%(n)d hour before", "%(n)d hours before", self.offset) % {
                "n": self.offset
            }
        days = ngettext("%(n)d day before", "%(n)d days before", self.offset) % {"n": self.offset}
        hour = f"{self.at:%H:%M}" if self.at else _("the hour of the visit")
        return _("%(days)s, at %(hour)s") % {"days": days, "hour": hour}
