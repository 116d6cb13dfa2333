"""Every row of one patient, for those who would like to open it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from uuid import UUID

from intake.models import Assignment, Response
from portal.appointments.models import Appointment
from portal.people.models import (
    CareTeamMember,
    ContactPoint,
    Cover,
    Invitation,
    Patient,
    ProxyGrant,
)
from portal.practices.models import Membership
from portal.work.models import WorkItem
from reminders.models import InboundMessage, Reminder
from tests.everywhere.urls import Address, practice_addresses

OF_THE_PRACTICE = {"type_id", "questionnaire_id", "version_id"}  # nobody's record


def rows_of(patient: Patient) -> dict[str, list[UUID]]:
    """Ids by the name of the parameter that takes them; for the ambient practice."""
    kinds = {
        "member_id": CareTeamMember,
        "point_id": ContactPoint,
        "grant_id": ProxyGrant,
        "appointment_id": Appointment,
        "item_id": WorkItem,
        "invitation_id": Invitation,
        "assignment_id": Assignment,
        "response_id": Response,
        "reminder_id": Reminder,
        "message_id": InboundMessage,
    }
    found = {
        name: list(model.objects.filter(patient_id=patient.pk).values_list("pk", flat=True))
        for name, model in kinds.items()
    }
    found["patient_id"] = [patient.pk]
    found["membership_id"] = list(
        Membership.objects.filter(patient_id=patient.pk).values_list("pk", flat=True)
    )
    found["cover_id"] = list(Cover.objects.values_list("pk", flat=True))
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
