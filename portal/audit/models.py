"""One row for each thing that happened."""

from django.db import models

from portal.tenancy.models import PracticeOwned


class Outcome(models.TextChoices):
    DONE = "done", "done"
    REFUSED = "refused", "refused"


class AuditEvent(PracticeOwned):
    """Who did what to whose record, when. Append-only; ids and words from the code, no content.

    `action` is `noun.verb`; `actor_id` is the membership, `user_id` the account behind it.
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

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "-occurred_at", "id"], name="audit_newest"),
            models.Index(
                fields=["practice_id", "patient_id", "-occurred_at"],
                name="audit_by_patient",
                condition=models.Q(patient_id__isnull=False),
            ),
        ]
