"""Every row of one patient, for those who would like to open it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps

from portal.people.models import Cover, Patient
from portal.work.models import Notice
from tests.everywhere.test_every_url import MEANS
from tests.everywhere.urls import Address, practice_addresses

# Nobody's record:
OF_THE_PRACTICE = {
    "type_id",
    "location_id",
    "time_off_id",
    "import_id",
    "policy_id",
    "questionnaire_id",
    "version_id",
}


def rows_of(patient: Patient) -> dict[str, list[UUID]]:
    """Ids by the name of the parameter that takes them; for the ambient practice."""
    found = {}
    for name, label in MEANS.items():
        model: Any = apps.get_model(label)
        rows = model.objects.order_by("pk")
        if model is Patient:
            rows = rows.filter(pk=patient.pk)
        elif hasattr(model, "patient_id"):
            rows = rows.filter(patient_id=patient.pk)
        elif model is Notice:
            rows = rows.filter(item__patient_id=patient.pk)
        elif hasattr(model, "membership_id"):
            rows = rows.filter(membership__patient_id=patient.pk)
        elif name not in OF_THE_PRACTICE:
            assert model is Cover, f"whose rows are those of {label}?"
        found[name] = list(rows.values_list("pk", flat=True))
    return found


def pages_about(rows: dict[str, list[UUID]]) -> Iterator[tuple[Address, str]]:
    """Every address that takes such rows, with each way to fill it in."""
    for address in practice_addresses():
        names = _ids_of(address)
        if not names or OF_THE_PRACTICE & set(names):
            continue
        for ids in itertools.product(*(rows[name] for name in names)):
            yield address, address.path(**dict(zip(names, ids, strict=True)))


def all_pages(rows: dict[str, list[UUID]]) -> Iterator[tuple[Address, str]]:
    """The same, and the pages without an id: lists, searches, figures."""
    yield from pages_about(rows)
    for address in practice_addresses():
        if not _ids_of(address) and address.permission is not None:  # others sign one out
            yield address, address.path()


def _ids_of(address: Address) -> list[str]:
    return [name for name, kind in address.parameters if "uuid" in str(kind).lower()]
