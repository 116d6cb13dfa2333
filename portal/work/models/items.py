"""One row for each thing that somebody must do."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.encryption.fields import EncryptedTextField
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeManager, PracticeOwned


class WorkKind(models.TextChoices):
    ALERT = "alert", _("Alert")
    TASK = "task", _("Task")


class WorkState(models.TextChoices):
    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    DONE = "done", _("Done")


class WorkAudience(models.TextChoices):
    """Whose list it stands on when nobody in particular has it."""

    CLINICIANS = "clinician", _("Clinicians")
    FRONT_DESK = "front_desk", _("Front desk")
    MANAGERS = "manager", _("Managers")


class WorkQuerySet(models.QuerySet["WorkItem"]):
    def unfinished(self) -> WorkQuerySet:
        return self.exclude(state=WorkState.DONE)

    def unacknowledged_alerts(self) -> WorkQuerySet:
        return self.filter(kind=WorkKind.ALERT, state=WorkState.OPEN)


class WorkItem(PracticeOwned):
    """An alert or a task (FHIR Task, and Flag for an alert).

    `title` holds words from the code and never what a patient wrote: a manager may read it. What
    it is about is found through `source_type` (a model label) and `source_id`, by those who may.
    """

    kind = models.CharField(max_length=5, choices=WorkKind.choices)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    patient: models.ForeignKey[Patient | None, Patient | None] = PracticeForeignKey(
        Patient, models.CASCADE, null=True, blank=True, related_name="work_items"
    )
    assigned_to: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="work_items"
    )
    audience = models.CharField(max_length=12, choices=WorkAudience.choices)
    state = models.CharField(max_length=12, choices=WorkState.choices, default=WorkState.OPEN)
    source_type = models.CharField(max_length=64, blank=True)
    source_id = models.UUIDField(null=True, blank=True)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = EncryptedTextField(patient="patient_id", blank=True)

    objects = PracticeManager.from_queryset(WorkQuerySet)()  # type: ignore[misc]  # narrower

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "state", "due_at"], name="work_due"),
            models.Index(fields=["practice_id", "assigned_to", "state"], name="work_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                # One message from a shared phone may be about several patients.
                fields=["practice_id", "code", "source_type", "source_id", "patient"],
                nulls_distinct=False,
                name="work_once_for_source_and_patient",
                condition=models.Q(source_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at=None, acknowledged_by=None)
                | models.Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="work_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                # Over by itself, through an answer to a text, say, it is done by nobody.
                condition=models.Q(done_by=None) | models.Q(done_at__isnull=False),
                name="work_done_at_a_time",
            ),
        ]


class WorkStep(PracticeOwned):
    """What became of an item, step by step: raised, passed on, acknowledged, done."""

    item: models.ForeignKey[WorkItem, WorkItem] = PracticeForeignKey(
        WorkItem, models.CASCADE, related_name="steps"
    )
    verb = models.CharField(max_length=16)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)
    assigned_to: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["practice_id", "item", "at"], name="work_steps")]
