"""A form asked of a patient, and the answers given so far."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.fhir.answers import Answer, answer_from_json
from intake.models.questionnaires import QuestionnaireVersion
from portal.encryption.fields import EncryptedJSONField, EncryptedTextField
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeManager, PracticeOwned


class AssignmentState(models.TextChoices):
    ASSIGNED = "assigned", _("Not started")
    STARTED = "started", _("Started")
    SUBMITTED = "submitted", _("Done")
    WITHDRAWN = "withdrawn", _("Taken back")
    EXPIRED = "expired", _("Ended")


OPEN_STATES = (AssignmentState.ASSIGNED, AssignmentState.STARTED)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def waiting(self) -> AssignmentQuerySet:
        """Still to be filled in."""
        return self.filter(state__in=OPEN_STATES)

    def done(self) -> AssignmentQuerySet:
        return self.filter(state=AssignmentState.SUBMITTED)

    def with_names(self) -> AssignmentQuerySet:
        """Patient, form and people loaded; the form's document left out."""
        return self.select_related(
            "patient", "version", "version__questionnaire", "assigned_by"
        ).defer("version__document", "version__translations")


class Assignment(PracticeOwned):
    """One version of a form asked of one patient (FHIR Task, focus Questionnaire).

    `why` is a line from the clinician to the patient. `read_at` is when somebody of the care team
    first opened the response, which the patient is shown.
    """

    version: models.ForeignKey[QuestionnaireVersion, QuestionnaireVersion] = PracticeForeignKey(
        QuestionnaireVersion, models.PROTECT, related_name="assignments"
    )
    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="assignments"
    )
    state = models.CharField(
        max_length=10, choices=AssignmentState.choices, default=AssignmentState.ASSIGNED
    )
    why = EncryptedTextField(patient="patient_id", blank=True)
    due_on = models.DateField(null=True, blank=True)
    assigned_at = models.DateTimeField()
    assigned_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PracticeManager.from_queryset(AssignmentQuerySet)()  # type: ignore[misc]  # narrower

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "patient", "state"], name="assignment_of_patient"),
            models.Index(fields=["practice_id", "state", "due_on"], name="assignment_due"),
            models.Index(fields=["practice_id", "-assigned_at", "id"], name="assignment_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "patient", "version"],
                condition=models.Q(state__in=["assigned", "started"]),
                name="assignment_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="submitted", submitted_at__isnull=False)
                | (~models.Q(state="submitted") & models.Q(submitted_at=None)),
                name="assignment_submitted_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["withdrawn", "expired"], ended_at__isnull=False)
                | (~models.Q(state__in=["withdrawn", "expired"]) & models.Q(ended_at=None)),
                name="assignment_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(read_at=None, read_by=None)
                | models.Q(read_at__isnull=False, read_by__isnull=False),
                name="assignment_read_by_somebody",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class DraftAnswer(PracticeOwned):
    """What stands at one question of a form that is still open; gone once it is submitted.

    The id follows from the question, so that saving over an answer keeps its row's id: what is
    encrypted is bound to it.
    """

    assignment: models.ForeignKey[Assignment, Assignment] = PracticeForeignKey(
        Assignment, models.CASCADE, related_name="draft_answers"
    )
    link_id = models.TextField()
    given = EncryptedJSONField(patient="assignment.patient_id")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "assignment", "link_id"], name="draft_answer_once"
            )
        ]

    @property
    def answer(self) -> Answer:
        """The values or the reason: the one way to read `given`."""
        return answer_from_json(self.given)

    @staticmethod
    def id_for(assignment_id: UUID, link_id: str) -> UUID:
        """The id of the row of that question."""
        return uuid5(assignment_id, link_id)
