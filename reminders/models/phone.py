"""The practice phone: where texts go while there is no provider."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import models

from portal.encryption.fields import BlindIndexField, EncryptedTextField
from portal.tenancy.models import PracticeOwned


class PracticePhoneMessage(PracticeOwned):
    """A text on a made-up handset, in either direction. `number` is the patient's.

    `attempt_id` makes handing over the same attempt twice one message.
    """

    number = EncryptedTextField(patient="patient_id")
    number_token = BlindIndexField(of="number")
    patient_id = models.UUIDField(null=True, editable=False)
    is_reply = models.BooleanField(default=False)
    body = EncryptedTextField(patient="patient_id")
    attempt_id = models.UUIDField(null=True, blank=True, editable=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["practice_id", "number_token", "at"], name="phone_inbox")]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "attempt_id"],
                condition=models.Q(attempt_id__isnull=False),
                name="phone_message_once",
            )
        ]


def keep_text(*, number: str, body: str, attempt_id: UUID, at: dt.datetime) -> None:
    """Put a text on the handset, once for each attempt."""
    row = PracticePhoneMessage(number=number, body=body, attempt_id=attempt_id, at=at)
    PracticePhoneMessage.objects.bulk_create([row], ignore_conflicts=True)


def has_attempt(attempt_id: UUID) -> bool:
    """Whether that attempt's text stands on a handset."""
    return PracticePhoneMessage.objects.filter(attempt_id=attempt_id).exists()


_TOKEN: BlindIndexField = PracticePhoneMessage._meta.get_field("number_token")


def handset_token(number: str) -> bytes:
    """What `number_token` holds for a number."""
    return _TOKEN.token_of(number) or b""
