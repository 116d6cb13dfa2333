"""What people text back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.encryption.fields import BlindIndexField, EncryptedTextField
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned
from reminders.models.ledger import Reminder
from reminders.rules.replies import Meaning

DISTRESS = "inbound.distress"
"""The code of an alert about words that sound like distress."""


class InboundState(models.TextChoices):
    """Whether somebody has still to do something about a message."""

    NEW = "new", _("Arriving")
    WAITING = "waiting", _("Waiting")
    HANDED = "handed", _("With a clinician")
    DONE = "done", _("Done")


class InboundMessage(PracticeOwned):
    """A text from a person, stored once however often the provider calls.

    `body` is personal and may be a cry for help: only people with `inbound.read` see it, never a
    log. `patient` stays empty where nobody or several people have the number; its key is the
    practice's until then.
    """

    sid = models.CharField(max_length=64)
    number = EncryptedTextField(patient="patient_id")
    number_token = BlindIndexField(of="number")
    body = EncryptedTextField(patient="patient_id")
    received_at = models.DateTimeField()
    meaning = models.CharField(max_length=12, choices=[(m.value, m.value) for m in Meaning])
    distress = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=InboundState.choices, default=InboundState.NEW)
    worked_at = models.DateTimeField(null=True, blank=True)
    patient: models.ForeignKey[Patient | None, Patient | None] = PracticeForeignKey(
        Patient, models.CASCADE, null=True, blank=True, related_name="inbound_messages"
    )
    reminder: models.ForeignKey[Reminder | None, Reminder | None] = PracticeForeignKey(
        Reminder, models.SET_NULL, null=True, blank=True, related_name="replies"
    )
    handed_to: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    handed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    # Set by the views that show it.
    is_strangers = False
    is_shared = False
    sharers = ""

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "-received_at", "id"], name="inbound_newest"),
            models.Index(fields=["practice_id", "patient", "-received_at"], name="inbound_of"),
            models.Index(
                fields=["practice_id", "state"],
                condition=~models.Q(state="done"),
                name="inbound_open",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "sid"], name="inbound_once"),
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="inbound_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(handed_at=None, handed_to=None)
                | models.Q(handed_at__isnull=False, handed_to__isnull=False),
                name="inbound_handed_to_somebody",
            ),
        ]


_TOKEN: BlindIndexField = InboundMessage._meta.get_field("number_token")


def inbound_token(number: str) -> bytes:
    """What `number_token` holds for a number."""
    return _TOKEN.token_of(number) or b""
