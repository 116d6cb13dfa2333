"""The stored keys, each wrapped: two small tables that can be backed up apart from the rest."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import PracticeForeignKey, PracticeOwned


class Purpose(models.TextChoices):
    """What a key of the practice is for."""

    DATA = "data", _("Wraps patients' keys, and encrypts what belongs to no patient")
    LOOKUP = "lookup", _("Makes the tokens by which equal values are found")


class StoredKey(PracticeOwned):
    """A wrapped key; its row's id stands in front of every value that it encrypted.

    Retired keys still open what is not encrypted anew yet. A destroyed one keeps its row, without
    the key, so that the portal can say why there is nothing to read.
    """

    kept_apart: ClassVar[bool] = True  # a backup of the rest must not undo a key's destruction

    wrapped = models.BinaryField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pk}>"


class PracticeKey(StoredKey):
    """A key of the practice, wrapped under the key-encryption key called `kek`."""

    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    kek = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "purpose"],
                condition=models.Q(retired_at=None),
                name="practice_key_one_current",
            )
        ]


class PatientKey(StoredKey):
    """A key of one patient, wrapped under a key of the practice.

    `patient_id` is only an id: the row outlives the patient's record, as proof of the shredding.
    """

    patient_id = models.UUIDField(editable=False)
    wrapped_by: models.ForeignKey[PracticeKey, PracticeKey] = PracticeForeignKey(
        PracticeKey, models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["practice_id", "patient_id"], name="patient_key_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "patient_id"],
                condition=models.Q(retired_at=None),
                name="patient_key_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None) | models.Q(wrapped=b""),
                name="patient_key_destroyed_is_empty",
            ),
        ]


def place_of(key: Any) -> tuple[str, object]:
    """The kind of key, and whose or what for: the words that its wrapping is bound to."""
    if hasattr(key, "patient_id"):
        return "patient", key.patient_id
    return "practice", key.purpose


class KeyRotation(PracticeOwned):
    """A rotation of the practice's keys, begun and perhaps not ended: what a new run takes up.

    Keys made before `started_at` are replaced: the practice's own, and with `of_patients` those of
    its patients.
    """

    of_patients = models.BooleanField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id"],
                condition=models.Q(finished_at=None),
                name="key_rotation_one_at_a_time",
            )
        ]
