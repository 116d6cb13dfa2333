"""A patient's record and how to reach them."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.encryption.fields import BlindEndingsField, BlindIndexField, EncryptedTextField
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned


class PatientStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


class Patient(PracticeOwned):
    """A person's record in one practice (FHIR Patient)."""

    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100, blank=True)
    preferred_name = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en-gb")
    time_zone = models.CharField(max_length=64, blank=True)
    record_number = models.CharField(max_length=40, blank=True)
    status = models.CharField(
        max_length=8, choices=PatientStatus.choices, default=PatientStatus.ACTIVE
    )
    automation_paused_at = models.DateTimeField(null=True, blank=True)
    automation_paused_by: models.ForeignKey[Membership | None, Membership | None] = (
        PracticeForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["practice_id", "family_name", "given_name"], name="patient_by_name"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "record_number"],
                name="patient_record_number_once",
                condition=~models.Q(record_number=""),
            )
        ]

    @property
    def display_name(self) -> str:
        """What the person is called here: the preferred name with the family name."""
        return f"{self.preferred_name or self.given_name} {self.family_name}".strip()

    @property
    def first_name(self) -> str:
        return self.preferred_name or self.given_name

    def age_on(self, day: dt.date) -> int | None:
        """Full years on that day, or None without a birth date."""
        if self.birth_date is None:
            return None
        before = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before


class ContactSystem(models.TextChoices):
    """FHIR ContactPoint.system, as far as the portal uses it."""

    SMS = "sms", _("Mobile for texts")
    PHONE = "phone", _("Phone for calls")
    EMAIL = "email", _("E-mail")


class ContactUse(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    HOME = "home", _("Home")
    WORK = "work", _("Work")


class ContactPoint(PracticeOwned):
    """A way to reach a patient, with the consent to use it (FHIR ContactPoint).

    `value` is E.164 for texts and calls; its tokens find it by the whole or by its last digits.
    `stopped_at` is set when the person has written STOP:
    nothing is sent from then on, whatever the consent says. Safe hours are local to the patient.
    """

    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="contact_points"
    )
    system = models.CharField(max_length=8, choices=ContactSystem.choices)
    value = EncryptedTextField(patient="patient_id")
    value_token = BlindIndexField(of="value")
    value_endings = BlindEndingsField(of="value")
    use = models.CharField(max_length=8, choices=ContactUse.choices, default=ContactUse.MOBILE)
    rank = models.PositiveSmallIntegerField(default=1)
    discreet = models.BooleanField(default=True)
    safe_from = models.TimeField(null=True, blank=True)
    safe_until = models.TimeField(null=True, blank=True)
    consent_given_at = models.DateTimeField(null=True, blank=True)
    consent_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    consent_how = EncryptedTextField(patient="patient_id", blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    bad_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "patient", "system"], name="contact_by_patient"),
            models.Index(fields=["practice_id", "system", "value_token"], name="contact_by_token"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(safe_from=None, safe_until=None)
                | models.Q(safe_from__isnull=False, safe_until__isnull=False),
                name="contact_safe_hours_in_pairs",
            )
        ]

    @property
    def may_be_used(self) -> bool:
        """True when consent stands, nobody wrote STOP, and the address works."""
        return (
            self.consent_given_at is not None
            and self.stopped_at is None
            and self.bad_since is None
            and self.ended_at is None
        )


_TOKEN: BlindIndexField = ContactPoint._meta.get_field("value_token")
_ENDINGS: BlindEndingsField = ContactPoint._meta.get_field("value_endings")


def contact_token(value: str) -> bytes:
    """What `value_token` holds for a number or address; b"" for an empty one, which none has."""
    return _TOKEN.token_of(value) or b""


def ending_token(digits: str) -> str:
    """What `value_endings` contains where a number ends in these digits, four or more."""
    return _ENDINGS.token_of(digits)
