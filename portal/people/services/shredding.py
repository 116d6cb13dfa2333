"""Deleting for good what a patient's key protects."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.access.viewer import Actor
from portal.audit import services as audit
from portal.encryption.services import destroy_keys_of
from portal.people.models import Patient, PatientStatus
from portal.tenancy.errors import DomainError


def destroy_patient_key(*, patient: Patient, by: Actor, reason: str) -> int:
    """Nobody can read this patient's answers, notes, texts and numbers from now on, in any backup.

    `reason` is a word from the practice's rules, kept in the audit. The patient must have ended
    here. Returns how many keys were destroyed; none the second time. There is no way back.
    """
    if patient.status != PatientStatus.ENDED:
        raise DomainError(_("End the person's care here first."))
    if not reason.strip():
        raise DomainError(_("Say why."))
    count = destroy_keys_of(patient.pk)
    audit.record(
        "patient.destroy_keys",
        by=by,
        obj=patient,
        patient_id=patient.pk,
        details={"reason": reason.strip()[:80], "keys": count},
    )
    return count
