"""The practice, its settings, and who belongs to it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access.roles import PATIENT_ROLES, STAFF_ROLES, Role
from portal.tenancy.models import PracticeForeignKey, PracticeManager, PracticeOwned
from portal.ui.money import money

SLUG = RegexValidator(
    r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$",
    _("Use 3 to 40 small letters, digits and hyphens, beginning with a letter."),
)


class PracticeStatus(models.TextChoices):
    SETTING_UP = "setting_up", _("In set-up")
    ACTIVE = "active", _("Active")
    CLOSED = "closed", _("Closed")


class Practice(models.Model):
    """A practice: the public facts about it, readable before anybody has signed in.

    Global; the row is changed only from inside the practice (its own policy).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.CharField(max_length=40, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    town = models.CharField(max_length=80, blank=True)
    status = models.CharField(
        max_length=12, choices=PracticeStatus.choices, default=PracticeStatus.SETTING_UP
    )
    time_zone = models.CharField(max_length=64, default="Europe/London")
    country = models.CharField(max_length=2, default="GB")
    language = models.CharField(max_length=10, default="en-gb")
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=300, blank=True)
    accent = models.CharField(max_length=7, blank=True)
    about = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=PracticeStatus.values), name="practice_status_known"
            )
        ]


def default_hours() -> list[dict[str, Any]]:
    """Monday to Friday, 9 to 17; `day` is 0 for Monday."""
    return [{"day": day, "opens": "09:00", "closes": "17:00"} for day in range(5)]


class PracticeSettings(PracticeOwned):
    """How the practice works; one row for each practice.

    `hours` is a list of `{"day": 0-6, "opens": "HH:MM", "closes": "HH:MM"}`; `crisis_lines` a list
    of `{"name", "phone", "text", "hours"}`, shown to patients on the help page. `segment_price` is
    what the practice pays for one segment of a text, in `currency` (ISO 4217), where it said so.
    """

    hours = models.JSONField(default=default_hours)
    crisis_lines = models.JSONField(default=list)
    emergency_number = models.CharField(max_length=16, default="999")
    duty_clinician: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        "practices.Membership", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    sms_transport = models.CharField(
        max_length=20,
        choices=[("practice_phone", _("Practice phone")), ("twilio", _("Twilio"))],
        default="practice_phone",
    )
    texts_enabled = models.BooleanField(default=False)
    texts_confirmed_at = models.DateTimeField(null=True, blank=True)
    quiet_from = models.TimeField(default=dt.time(20, 0))
    quiet_until = models.TimeField(default=dt.time(8, 0))
    segment_price = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, default="GBP")
    one_digest = models.BooleanField(default=True)
    late_cancel_hours = models.PositiveSmallIntegerField(default=24)
    reschedule_notice_hours = models.PositiveSmallIntegerField(default=12)
    hours_confirmed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice_id"], name="settings_one_per_practice"),
        ]

    @property
    def segment_price_words(self) -> str:
        """`£0.04`; empty where nobody said."""
        price = self.segment_price
        return money(price, self.currency) if price is not None else ""


class MembershipStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    LEFT = "left", _("Left")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        return self.filter(status=MembershipStatus.ACTIVE)

    def with_role(self, role: Role) -> MembershipQuerySet:
        return self.filter(roles__contains=[role.value])

    def staff(self) -> MembershipQuerySet:
        return self.filter(roles__overlap=[role.value for role in STAFF_ROLES])


class Membership(PracticeOwned):
    """A person's place in a practice. One row a person and practice; leaving keeps the row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=16, choices=Role.choices))
    status = models.CharField(
        max_length=8, choices=MembershipStatus.choices, default=MembershipStatus.ACTIVE
    )
    display_name = models.CharField(max_length=120)
    # The record of a patient is a row further right; here it is only an id.
    patient_id = models.UUIDField(null=True, blank=True, editable=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    privacy_seen_at = models.DateTimeField(null=True, blank=True)
    privacy_version = models.CharField(max_length=16, blank=True)

    objects = PracticeManager.from_queryset(MembershipQuerySet)()  # type: ignore[misc]  # narrower

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "user"], name="membership_one_per_person"
            ),
            models.UniqueConstraint(
                fields=["practice_id", "patient_id"],
                name="membership_one_per_record",
                condition=models.Q(patient_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(roles__len__gt=0), name="membership_has_a_role"
            ),
            models.CheckConstraint(
                condition=models.Q(status="active", left_at=None)
                | models.Q(status="left", left_at__isnull=False),
                name="membership_left_has_a_time",
            ),
            # Staff who are patients elsewhere are fine; in one practice it takes two accounts.
            models.CheckConstraint(
                condition=~(
                    models.Q(roles__overlap=sorted(STAFF_ROLES))
                    & models.Q(roles__overlap=sorted(PATIENT_ROLES))
                ),
                name="membership_staff_or_patient",
            ),
        ]
        indexes = [models.Index(fields=["user"], name="membership_by_user")]

    @property
    def role_set(self) -> frozenset[Role]:
        return frozenset(Role(role) for role in self.roles)

    @property
    def role_labels(self) -> str:
        return ", ".join(str(Role(role).label) for role in self.roles)

    @property
    def is_staff(self) -> bool:
        return bool(self.role_set & STAFF_ROLES)
