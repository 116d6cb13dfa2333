"""What came back: the response as it was answered, its scores, and what calls for a person."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from intake.fhir.answers import Answer, answer_from_json
from intake.fhir.response import answers_in
from intake.models.assignments import Assignment
from intake.models.questionnaires import QuestionnaireVersion
from portal.encryption.fields import EncryptedJSONField
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned
from portal.work.models import WorkItem


class Response(PracticeOwned):
    """A submitted form (FHIR QuestionnaireResponse). Rows are added and never changed.

    `content` is the whole document, one ciphertext; everything else reads it through `document` and
    `answers`.
    """

    assignment: models.ForeignKey[Assignment, Assignment] = PracticeForeignKey(
        Assignment, models.CASCADE, related_name="responses"
    )
    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="responses"
    )
    version: models.ForeignKey[QuestionnaireVersion, QuestionnaireVersion] = PracticeForeignKey(
        QuestionnaireVersion, models.PROTECT, related_name="responses"
    )
    content = EncryptedJSONField(patient="patient_id")
    submitted_at = models.DateTimeField()
    submitted_by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    answered_on = models.DateField()

    class Meta:
        indexes = [
            models.Index(
                fields=["practice_id", "patient", "-submitted_at"], name="response_of_patient"
            ),
            models.Index(fields=["practice_id", "-submitted_at", "id"], name="response_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "assignment"], name="response_once_for_an_assignment"
            )
        ]

    @property
    def document(self) -> Mapping[str, object]:
        """The QuestionnaireResponse as JSON."""
        content: Mapping[str, object] = self.content
        return content

    @property
    def answers(self) -> dict[str, Answer]:
        """The answers by linkId."""
        return answers_in(self.document)


class Score(PracticeOwned):
    """What one instrument adds up to in one response. Rows are added and never changed.

    `total` is empty where the instrument's rules allow none; `prorated` has to be said wherever the
    total is shown. `answered_on` is the day of the answers, in the practice's zone.
    """

    response: models.ForeignKey[Response, Response] = PracticeForeignKey(
        Response, models.CASCADE, related_name="scores"
    )
    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="scores"
    )
    instrument = models.CharField(max_length=40)
    instrument_version = models.CharField(max_length=20)
    total = models.IntegerField(null=True)
    band = models.CharField(max_length=60, blank=True)
    complete = models.BooleanField()
    prorated = models.BooleanField()
    answered = models.PositiveSmallIntegerField()
    answered_on = models.DateField()

    class Meta:
        indexes = [
            models.Index(
                fields=["practice_id", "patient", "instrument", "answered_on"],
                name="score_of_patient",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "response", "instrument"], name="score_once"
            ),
            models.CheckConstraint(
                condition=models.Q(total__isnull=False) | models.Q(band="", prorated=False),
                name="score_without_total_has_no_band",
            ),
        ]


class Flag(PracticeOwned):
    """An answer that calls for a person (FHIR Flag), written in the transaction that saves it.

    `given` is the answer that raised it, empty for a risk item that was left out. `later_given` is
    what the patient changed it to; the first answer stays beside it. The alert (`work_item`) is
    raised when the form is submitted, or once `due_at` has come and the patient has stopped
    writing; who acknowledged it and when is the alert's to say.
    """

    assignment: models.ForeignKey[Assignment, Assignment] = PracticeForeignKey(
        Assignment, models.CASCADE, related_name="flags"
    )
    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="flags"
    )
    code = models.CharField(max_length=40)
    instrument = models.CharField(max_length=40)
    link_id = models.TextField()
    given = EncryptedJSONField(patient="patient_id", null=True)
    raised_at = models.DateTimeField()
    later_given = EncryptedJSONField(patient="patient_id", null=True)
    later_at = models.DateTimeField(null=True)
    work_item: models.ForeignKey[WorkItem | None, WorkItem | None] = PracticeForeignKey(
        WorkItem, models.SET_NULL, null=True, related_name="+"
    )
    alert_raised_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # empty once somebody has been told

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "patient"], name="flag_of_patient"),
            # The dispatcher's question, over all practices and inside one.
            models.Index(
                fields=["due_at", "practice_id"],
                condition=models.Q(due_at__isnull=False),
                name="flag_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "assignment", "code", "link_id"], name="flag_once"
            ),
            models.CheckConstraint(
                condition=models.Q(later_given__isnull=True, later_at=None)
                | models.Q(later_given__isnull=False, later_at__isnull=False),
                name="flag_changed_at_a_time",
            ),
        ]

    @property
    def answer(self) -> Answer | None:
        """The answer that raised it; None for a risk item that was left out."""
        return answer_from_json(self.given) if self.given is not None else None

    @property
    def later_answer(self) -> Answer | None:
        """What it was changed to before the form was sent; None while nothing changed."""
        return answer_from_json(self.later_given) if self.later_given is not None else None
