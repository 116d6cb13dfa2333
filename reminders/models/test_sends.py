"""Texts that somebody of the staff sends to themselves to see how they arrive."""

from __future__ import annotations

from django.db import models

from portal.encryption.fields import EncryptedTextField
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned
from reminders.models.policies import KINDS, Channel
from reminders.rules.timing import OffsetKind


class TestSend(PracticeOwned):
    """The words of one test, about an invented visit, and where it goes: nothing of any patient.

    `patient_id` is always empty: the address is the sender's own, under the practice's key.
    """

    __test__ = False  # for pytest: a row, not a test

    member: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.CASCADE, related_name="+"
    )
    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = EncryptedTextField(patient="patient_id")
    patient_id = models.UUIDField(null=True, editable=False)
    kind = models.CharField(max_length=16, choices=KINDS, default=OffsetKind.HOURS_BEFORE.value)
    language = models.CharField(max_length=10)
    template = models.TextField(max_length=600)
    subject_line = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "member", "-created_at"], name="test_send_newest")
        ]
