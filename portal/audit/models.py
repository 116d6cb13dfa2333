"""One row for each thing that happened."""

from django.db import models
from django.db.models.functions import Now

from portal.tenancy.models import PracticeOwned


class Outcome(models.TextChoices):
    DONE = "done", "done"
    REFUSED = "refused", "refused"


class AuditEvent(PracticeOwned):
    """Who did what to whose record, when. Append-only; ids and words from the code, no content.

    `action` is `noun.verb`; `actor_id` is the membership, `user_id` the account behind it.
    `occurred_at` is the portal's clock, `recorded_at` the database's own, which nobody moves.
    """

    occurred_at = models.DateTimeField()
    action = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.DONE)
    actor_id = models.UUIDField(null=True)
    user_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    actor_roles = models.CharField(max_length=100, blank=True)
    object_type = models.CharField(max_length=64, blank=True)
    object_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "recorded_at"], name="audit_recorded"),
            models.Index(fields=["practice_id", "-occurred_at", "id"], name="audit_newest"),
            models.Index(
                fields=["practice_id", "patient_id", "-occurred_at"],
                name="audit_by_patient",
                condition=models.Q(patient_id__isnull=False),
            ),
        ]


class AuditSeal(PracticeOwned):
    """The place of one event in its practice's chain. Append-only; written by the sealer alone.

    `n` counts from 1; `hash` (32 bytes) is that of the event and of the seal before.
    """

    n = models.BigIntegerField()
    event_id = models.UUIDField()
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "n"], name="audit_seal_place"),
            models.UniqueConstraint(fields=["practice_id", "event_id"], name="audit_sealed_once"),
        ]
