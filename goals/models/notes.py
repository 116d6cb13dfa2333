"""The shared note of a session: a draft, everything it once said, its signature, what was added.

Process notes (psychotherapy notes) are no kind of this note: they can never be shared, and get a
table of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from goals.models.goals import Voice
from goals.note_templates import Template, template_called
from portal.appointments.models import Appointment
from portal.encryption.fields import EncryptedJSONField, EncryptedTextField
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned

Sections = Mapping[str, str]


class Note(PracticeOwned):
    """A note of a session, written from a template. Signed, it never changes; one may add to it.

    `content` maps the keys of the template's sections to text. `version` grows with every accepted
    change of the draft. `shared_at` says that the patient may read it.
    """

    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="notes"
    )
    appointment: models.ForeignKey[Appointment | None, Appointment | None] = PracticeForeignKey(
        Appointment, models.PROTECT, null=True, related_name="notes"
    )
    template = models.CharField(max_length=40)
    template_version = models.PositiveSmallIntegerField()
    content = EncryptedJSONField(patient="patient_id")
    session_on = models.DateField()
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    started_by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField()
    saved_by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)
    signed_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, related_name="+"
    )
    shared_at = models.DateTimeField(null=True)
    shared_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "patient", "-session_on"], name="note_of_patient"),
            models.Index(
                fields=["practice_id", "started_by"],
                name="note_draft_of",
                condition=models.Q(signed_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "patient"],
                name="note_one_draft_of_a_patient",
                condition=models.Q(signed_at=None),
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at=None, signed_by=None)
                | models.Q(signed_at__isnull=False, signed_by__isnull=False),
                name="note_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(shared_at=None, shared_by=None)
                | models.Q(
                    shared_at__isnull=False, shared_by__isnull=False, signed_at__isnull=False
                ),
                name="note_shared_by_somebody_once_signed",
            ),
        ]

    @property
    def is_draft(self) -> bool:
        return self.signed_at is None

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None

    @property
    def sections(self) -> dict[str, str]:
        """Every section of the template with its text, an empty one included."""
        content: Sections = self.content or {}
        return {each.key: content.get(each.key, "") for each in self.form.sections}

    @property
    def form(self) -> Template:
        """The template, in the version that the note was written with."""
        return template_called(self.template, self.template_version)


class NoteRevision(PracticeOwned):
    """What a note said at some moment. Rows are added and never changed.

    `version` is the note's after an accepted save. One that met a newer version is kept as well,
    not accepted: `version` is then the one its writer had seen.
    """

    note: models.ForeignKey[Note, Note] = PracticeForeignKey(
        Note, models.CASCADE, related_name="revisions"
    )
    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="+"
    )
    version = models.PositiveIntegerField()
    is_accepted = models.BooleanField()
    content = EncryptedJSONField(patient="patient_id")
    at = models.DateTimeField()
    by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["practice_id", "note", "-at"], name="note_revisions")]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "note", "version"],
                name="note_version_accepted_once",
                condition=models.Q(is_accepted=True),
            ),
        ]


class NoteAddendum(PracticeOwned):
    """What somebody added to a signed note. Rows are added and never changed."""

    note: models.ForeignKey[Note, Note] = PracticeForeignKey(
        Note, models.CASCADE, related_name="addenda"
    )
    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="+"
    )
    voice = models.CharField(max_length=4, choices=Voice.choices)
    text = EncryptedTextField(patient="patient_id")
    at = models.DateTimeField()
    by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name_plural = "addenda"
        indexes = [models.Index(fields=["practice_id", "note", "at"], name="note_addenda")]
