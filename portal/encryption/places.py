"""Where encrypted values and their tokens stand: read from the models, so none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from portal.encryption.fields import BlindEndingsField, BlindField, BlindIndexField, EncryptedField


def encrypted_fields() -> Iterator[tuple[Any, list[EncryptedField]]]:
    """Each model with encrypted attributes, and those."""
    for model in apps.get_models():
        fields = [f for f in model._meta.local_fields if isinstance(f, EncryptedField)]
        if fields:
            yield model, fields


def blind_fields_of_patients() -> Iterator[tuple[Any, str, list[BlindField]]]:
    """Each model with tokens of what is under a patient's key: how it finds the patient, those."""
    for model, _ in encrypted_fields():
        fields: list[BlindField] = [
            field
            for field in model._meta.local_fields
            if isinstance(field, BlindIndexField | BlindEndingsField)
            and model._meta.get_field(field.of).patient
        ]
        if fields:
            path = model._meta.get_field(fields[0].of).patient.replace(".", "__")
            yield model, path, fields
