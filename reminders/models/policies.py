"""What a practice wants to be sent, and when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.appointments.models import AppointmentType
from portal.tenancy.models import PracticeForeignKey, PracticeOwned
from reminders.rules.timing import ABOUT_A_FORM, AT_AN_HOUR, OffsetKind, Step


class Channel(models.TextChoices):
    """How a reminder travels. The practice phone is a transport of texts, not a channel."""

    SMS = "sms", _("Text")
    EMAIL = "email", _("E-mail")


KINDS = [
    (OffsetKind.DAYS_BEFORE.value, _("Days before")),
    (OffsetKind.HOURS_BEFORE.value, _("Hours before")),
    (OffsetKind.AFTER_NO_SHOW.value, _("Hours after somebody did not come")),
    (OffsetKind.FORM_DUE.value, _("Days before a form is wanted")),
    (OffsetKind.FORM_UNFINISHED.value, _("Days since a form was asked for")),
]


class LateRule(models.TextChoices):
    """What becomes of a text whose visit was booked at short notice."""

    SEND = "send", _("Send it at once, while it still helps")
    DROP = "drop", _("Leave it out")


class Fallback(models.TextChoices):
    """What follows where a channel does not reach somebody."""

    NONE = "none", _("A task for the front desk")
    OTHER_CHANNEL = "other_channel", _("The other channel, else a task for the front desk")


class ReminderPolicy(PracticeOwned):
    """One text about each visit or form: when, in which words.

    Without `appointment_type` it holds for every type that has no policy of its own. `at` is the
    hour where the patient is, for days only. A visit booked less than `minimum_notice_hours`
    before the text's moment falls under `late_rule`. `at_most` is for forms: how often one may be
    asked for.

    Never changed and never deleted, because the ledger points here: a change retires the row and
    adds another, which `replaces` it. `template`, `discreet_template` and `subject_line` (of mail)
    are in `language`, the practice's; `wordings` are the others.
    """

    name = models.CharField(max_length=80)
    appointment_type: models.ForeignKey[AppointmentType | None, AppointmentType | None] = (
        PracticeForeignKey(AppointmentType, models.PROTECT, null=True, blank=True, related_name="+")
    )
    kind = models.CharField(max_length=16, choices=KINDS)
    offset = models.PositiveSmallIntegerField()
    at = models.TimeField(null=True, blank=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.SMS)
    language = models.CharField(max_length=10, default="en-gb")
    template = models.TextField(max_length=600)
    discreet_template = models.TextField(max_length=600)
    subject_line = models.CharField(max_length=120, blank=True)
    discreet = models.BooleanField(default=False)
    skip_when_confirmed = models.BooleanField(default=False)
    minimum_notice_hours = models.PositiveSmallIntegerField(default=0)
    late_rule = models.CharField(max_length=8, choices=LateRule.choices, default=LateRule.SEND)
    at_most = models.PositiveSmallIntegerField(default=1)
    fallback = models.CharField(max_length=16, choices=Fallback.choices, default=Fallback.NONE)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    replaces: models.ForeignKey[ReminderPolicy | None, ReminderPolicy | None] = PracticeForeignKey(
        "reminders.ReminderPolicy", models.PROTECT, null=True, blank=True, related_name="+"
    )

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
                condition=models.Q(at=None)
                | models.Q(kind__in=sorted(kind.value for kind in AT_AN_HOUR)),
                name="policy_hour_for_days_only",
            ),
            models.CheckConstraint(
                condition=models.Q(offset__gte=1, offset__lte=720), name="policy_offset_sensible"
            ),
            models.CheckConstraint(
                condition=models.Q(at_most__gte=1, at_most__lte=5), name="policy_at_most_sensible"
            ),
            models.CheckConstraint(
                condition=models.Q(minimum_notice_hours__lte=720), name="policy_notice_sensible"
            ),
        ]

    @property
    def step(self) -> Step:
        """The line of the policy as the timing rules know it."""
        return Step(OffsetKind(self.kind), self.offset, self.at)

    @property
    def is_about_a_form(self) -> bool:
        return self.kind in ABOUT_A_FORM

    @property
    def when(self) -> str:
        """`1 day before, at 10:00`."""
        distance = self._distance
        if self.kind not in AT_AN_HOUR:
            return distance
        if self.at is not None:
            return _("%(days)s, at %(hour)s") % {"days": distance, "hour": f"{self.at:%H:%M}"}
        if self.kind == OffsetKind.DAYS_BEFORE:
            hour = _("the hour of the visit")
            return _("%(days)s, at %(hour)s") % {"days": distance, "hour": hour}
        return distance

    @property
    def _distance(self) -> str:
        n = self.offset
        words = {
            OffsetKind.DAYS_BEFORE: ngettext("%(n)d day before", "%(n)d days before", n),
            OffsetKind.HOURS_BEFORE: ngettext("%(n)d hour before", "%(n)d hours before", n),
            OffsetKind.AFTER_NO_SHOW: ngettext(
                "%(n)d hour after a missed visit", "%(n)d hours after a missed visit", n
            ),
            OffsetKind.FORM_DUE: ngettext(
                "%(n)d day before a form is due", "%(n)d days before a form is due", n
            ),
            OffsetKind.FORM_UNFINISHED: ngettext(
                "%(n)d day after a form was asked for",
                "%(n)d days after a form was asked for",
                n,
            ),
        }
        return words[OffsetKind(self.kind)] % {"n": n}


class PolicyWording(PracticeOwned):
    """A policy's words in one more language; made with the policy and never changed."""

    policy: models.ForeignKey[ReminderPolicy, ReminderPolicy] = PracticeForeignKey(
        ReminderPolicy, models.CASCADE, related_name="wordings"
    )
    language = models.CharField(max_length=10)
    template = models.TextField(max_length=600)
    discreet_template = models.TextField(max_length=600)
    subject_line = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "policy", "language"], name="wording_once_per_language"
            )
        ]
