"""Writing patients' records."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor, Viewer
from portal.audit import services as audit
from portal.people.models import EpisodeOfCare, EpisodeStatus, Patient, PatientStatus
from portal.people.selectors import find_patients, with_care
from portal.practices.models import Membership
from portal.practices.selectors import current_practice
from portal.tenancy.errors import DomainError

PATIENT_FACTS = frozenset(
    {
        "given_name",
        "family_name",
        "preferred_name",
        "birth_date",
        "pronouns",
        "language",
        "time_zone",
        "record_number",
    }
)


class ChangedMeanwhile(DomainError):
    """Somebody else has changed the row since it was read; `current` is how it stands now."""

    def __init__(self, current: Any) -> None:
        super().__init__(
            _("Someone changed this while you were writing. Look again before saving.")
        )
        self.current = current


def hold(patient: Patient) -> None:
    """Let others who write around this patient wait until this transaction ends."""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def open_patient(*, patient: Patient, by: Actor) -> Patient:
    """Note that somebody has opened this record, and hand it back."""
    audit.record("patient.open", by=by, obj=patient, patient_id=patient.pk)
    return patient


def add_patient(*, by: Actor, opened_on: dt.date | None = None, **facts: Any) -> Patient:
    """A new record with an open episode of care; `facts` are any of PATIENT_FACTS.

    Raises DomainError for a record number that is in use.
    """
    only_these(facts, PATIENT_FACTS)
    try:
        with transaction.atomic():
            patient = Patient.objects.create(created_at=clock.now(), **facts)
    except IntegrityError as error:
        raise DomainError(_("Another patient has this record number.")) from error
    EpisodeOfCare.objects.create(
        patient=patient,
        status=EpisodeStatus.ACTIVE,
        opened_on=opened_on or clock.today(current_practice().time_zone),
    )
    audit.record("patient.add", by=by, obj=patient, patient_id=patient.pk)
    return patient


def change_patient(*, patient: Patient, version: int, by: Actor, **facts: Any) -> Patient:
    """Change the facts named. Raises ChangedMeanwhile when `version` is no longer the row's."""
    only_these(facts, PATIENT_FACTS)
    try:
        with transaction.atomic():
            changed = Patient.objects.filter(pk=patient.pk, version=version).update(
                version=version + 1, **facts
            )
    except IntegrityError as error:
        raise DomainError(_("Another patient has this record number.")) from error
    patient.refresh_from_db()
    if not changed:
        raise ChangedMeanwhile(patient)
    audit.record(
        "patient.change",
        by=by,
        obj=patient,
        patient_id=patient.pk,
        details={"fields": sorted(facts)},
    )
    return patient


def pause_automation(*, patient: Patient, paused: bool, by: Actor) -> Patient:
    """One switch for everything that the portal sends this person by itself.

    Pressed twice it stays as it was first pressed, with that time and person.
    """
    if paused == (patient.automation_paused_at is not None):
        return patient
    patient.automation_paused_at = clock.now() if paused else None
    patient.automation_paused_by_id = by.membership_id if paused else None
    patient.save(update_fields=["automation_paused_at", "automation_paused_by"])
    verb = "patient.pause_automation" if paused else "patient.resume_automation"
    audit.record(verb, by=by, obj=patient, patient_id=patient.pk)
    return patient


def end_record(*, patient: Patient, by: Actor) -> Patient:
    """The person is no longer a patient here; nothing is deleted."""
    patient.status = PatientStatus.ENDED
    patient.save(update_fields=["status"])
    audit.record("patient.end", by=by, obj=patient, patient_id=patient.pk)
    return patient


def resume_record(*, patient: Patient, by: Actor) -> Patient:
    """The person is a patient here again."""
    patient.status = PatientStatus.ACTIVE
    patient.save(update_fields=["status"])
    audit.record("patient.resume", by=by, obj=patient, patient_id=patient.pk)
    return patient


def search_patients(*, words: str, by: Viewer, most: int) -> list[Patient]:
    """Look for patients by name, record number or telephone, at most that many.

    A search is an event: who looked, and whose names they were shown; never the words.
    """
    found = list(with_care(find_patients(by, words=words))[:most])
    audit.record(
        "patient.search",
        by=by,
        details={"found": len(found), "patients": [str(patient.pk) for patient in found]},
    )
    return found


def link_account(*, patient: Patient, membership: Membership, by: Actor) -> UUID:
    """Tie an account's place in the practice to the person's own record."""
    membership.patient_id = patient.pk
    membership.save(update_fields=["patient_id"])
    audit.record("patient.link_account", by=by, obj=membership, patient_id=patient.pk)
    return patient.pk


def only_these(values: dict[str, Any], allowed: frozenset[str]) -> None:
    """Raise TypeError for names that may not be set: a slip in the code."""
    unknown = set(values) - allowed
    if unknown:
        raise TypeError(f"cannot be set here: {sorted(unknown)}")
