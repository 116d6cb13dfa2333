"""Destroying the keys of one patient, so that nobody can read what they protected."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.encryption import keyring
from portal.encryption.models import PatientKey
from portal.encryption.places import blind_fields_of_patients


def destroy_keys_of(patient_id: UUID) -> int:
    """Take away all keys of a patient, also retired ones, and the tokens that found their numbers.

    Waits for whoever is writing under one of them. The rows stay, empty, and say when it was; so a
    new key is never made. Returns how many keys were destroyed now.
    """
    keys = PatientKey.objects.filter(patient_id=patient_id, destroyed_at=None)
    list(keys.select_for_update().order_by("pk"))
    count = keys.update(wrapped=b"", destroyed_at=clock.now())
    for model, path, fields in blind_fields_of_patients():
        emptied = {field.name: field.nothing for field in fields}
        model.objects.filter(**{path: patient_id}).update(**emptied)
    keyring.forget()
    return count
