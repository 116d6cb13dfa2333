"""Whoever can write into the database asks the portal to decrypt for them (T-KEY-02).

A row that is put under another patient, with nothing else changed, would show that patient and
their clinicians what stands in it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from portal.appointments.models import Appointment
from portal.appointments.selectors import history_of
from portal.encryption.errors import Unreadable
from portal.encryption.fields import EncryptedField, Sealed
from portal.encryption.places import encrypted_fields
from portal.tenancy.context import practice_scope
from tests.cast import Cast
from tests.everywhere.test_every_url import foreign

__all__ = ["foreign"]
pytestmark = pytest.mark.django_db


def owner_of(row: Any, field: EncryptedField) -> tuple[Any, str]:
    """The object and its attribute that say whose the value is."""
    *way, name = field.patient.split(".")
    for step in way:
        row = getattr(row, step)
    return row, name


@pytest.mark.parametrize("thief", ["ben", None])
def test_what_stands_in_a_row_opens_for_its_own_patient_alone(
    cast: Cast, foreign: dict[str, UUID], thief: str | None
) -> None:
    tried = set()
    with practice_scope(cast.alder.pk):
        other = cast.patient(thief).pk if thief else None
        for model, fields in encrypted_fields():
            for pk in model.objects.values_list("pk", flat=True):
                for field in fields:
                    row = model.objects.get(pk=pk)
                    value = row.__dict__[field.attname]
                    if not field.patient or not isinstance(value, Sealed) or not value.data:
                        continue
                    owner, name = owner_of(row, field)
                    if getattr(owner, name) in (None, other):
                        continue
                    setattr(owner, name, other)
                    with pytest.raises(Unreadable):
                        getattr(row, field.attname)
                    setattr(owner, name, None)
                    tried.add(f"{model.__name__}.{field.attname}")
    assert len(tried) >= 8, tried


def test_whoever_reads_such_rows_has_loaded_whose_they_are(
    cast: Cast, foreign: dict[str, UUID]
) -> None:
    """What is not loaded cannot be compared."""
    with practice_scope(cast.alder.pk):
        visit = Appointment.objects.get(pk=foreign["appointments.Appointment"])
        rows = list(history_of(visit))
        assert rows
        assert all(row._meta.get_field("appointment").is_cached(row) for row in rows)
