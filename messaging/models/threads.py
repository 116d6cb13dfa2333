"""Threads of sealed messages: who may read which stretch, the envelopes, and their receipts."""

from __future__ import annotations

from django.db import models

from messaging import blobs
from messaging.models.fields import BytesField, SealedField
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned


class Thread(PracticeOwned):
    """A patient's messages with their care team. `counter` numbers envelopes and receipts alike.

    There is one for each `purpose`; the care team's is the first of them.
    """

    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="+"
    )
    purpose = models.CharField(max_length=20, default="care")
    counter = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)
    last_sender: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "patient", "purpose"], name="thread_one_for_a_purpose"
            )
        ]


class Epoch(PracticeOwned):
    """A stretch of a thread under one key, with its signed roster. Append-only.

    `members` is the roster: a list of `{"person", "kid", "role", "reads_from"}`, as it was signed.
    """

    thread: models.ForeignKey[Thread, Thread] = PracticeForeignKey(
        Thread, models.CASCADE, related_name="epochs"
    )
    number = models.PositiveIntegerField()
    members = models.JSONField()
    commit = BytesField(size=32)
    signature = BytesField(size=64)
    signer: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    signer_kid = models.CharField(max_length=16)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "thread", "number"], name="epoch_number_once"
            ),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="epoch_from_one"),
        ]


class SealedKey(PracticeOwned):
    """An epoch's key sealed to one reader. Append-only; who has none gets no ciphertext of it."""

    epoch: models.ForeignKey[Epoch, Epoch] = PracticeForeignKey(
        Epoch, models.CASCADE, related_name="sealed_keys"
    )
    person: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    kid = models.CharField(max_length=16)
    blob = SealedField(size=blobs.EPOCH_KEY)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "epoch", "person", "kid"], name="sealed_key_once"
            )
        ]


class Envelope(PracticeOwned):
    """One sealed message. Append-only; `hash` is what its sender signed and receipts name."""

    thread: models.ForeignKey[Thread, Thread] = PracticeForeignKey(
        Thread, models.CASCADE, related_name="envelopes"
    )
    epoch: models.ForeignKey[Epoch, Epoch] = PracticeForeignKey(
        Epoch, models.CASCADE, related_name="envelopes"
    )
    position = models.PositiveIntegerField()
    message_id = models.UUIDField()
    sender: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    kid = models.CharField(max_length=16)
    sequence = models.PositiveIntegerField()
    previous = BytesField(size=32)
    directory = BytesField(size=32)
    kind = models.CharField(max_length=16)
    nonce = BytesField(size=blobs.NONCE)
    ciphertext = SealedField(at_most=1 + blobs.MOST_PADDED + blobs.TAG)
    signature = BytesField(size=64)
    hash = BytesField(size=32)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "thread", "position"], name="envelope_place"
            ),
            models.UniqueConstraint(
                fields=["practice_id", "thread", "message_id"], name="envelope_once"
            ),
            models.UniqueConstraint(
                fields=["practice_id", "thread", "sender", "sequence"], name="envelope_sequence"
            ),
        ]


class ReceiptState(models.TextChoices):
    DELIVERED = "delivered", "delivered"
    READ = "read", "read"


class Receipt(PracticeOwned):
    """A reader's signed word that an envelope came or was read. Append-only.

    `at` is a text because it is signed as one (ISO 8601, UTC).
    """

    thread: models.ForeignKey[Thread, Thread] = PracticeForeignKey(
        Thread, models.CASCADE, related_name="+"
    )
    envelope: models.ForeignKey[Envelope, Envelope] = PracticeForeignKey(
        Envelope, models.CASCADE, related_name="receipts"
    )
    position = models.PositiveIntegerField()
    reader: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    kid = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=ReceiptState.choices)
    at = models.CharField(max_length=32)
    signature = BytesField(size=64)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "envelope", "reader", "state"], name="receipt_once"
            ),
            models.UniqueConstraint(
                fields=["practice_id", "thread", "position"], name="receipt_place"
            ),
        ]
