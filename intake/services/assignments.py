"""Asking a form of a patient, and taking it back."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from intake import selectors
from intake.models import Assignment, AssignmentState, QuestionnaireVersion, VersionState
from intake.services.alerts import raise_alerts
from portal import clock
from portal.access.viewer import Actor
from portal.audit import services as audit
from portal.people.models import Patient, PatientStatus
from portal.tenancy.errors import DomainError

WHY_LENGTH = 300


def assign(
    *,
    patient: Patient,
    version: QuestionnaireVersion,
    by: Actor,
    due_on: dt.date | None = None,
    why: str = "",
) -> Assignment:
    """Ask a published form of a patient; once at a time.

    Raises DomainError for a form that is not in use, a patient whose care has ended, and a form
    that is already waiting for this patient.
    """
    if version.state != VersionState.PUBLISHED:
        raise DomainError(_("This form is not in use."))
    if patient.status != PatientStatus.ACTIVE:
        raise DomainError(_("This person’s care here has ended."))
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(
                version=version,
                patient=patient,
                due_on=due_on,
                why=why.strip()[:WHY_LENGTH],
                assigned_at=clock.now(),
                assigned_by_id=by.membership_id,
            )
    except IntegrityError as error:
        raise DomainError(
            _("%(name)s has this form already and has not sent it yet.")
            % {"name": patient.display_name}
        ) from error
    audit.record("assignment.assign", by=by, obj=assignment, patient_id=patient.pk)
    return assignment


def withdraw(*, assignment: Assignment, by: Actor) -> Assignment:
    """Take a form back. What was answered is kept; a risk in it still reaches a clinician."""
    return _end(assignment, AssignmentState.WITHDRAWN, "assignment.withdraw", by)


def expire(*, assignment: Assignment, by: Actor) -> Assignment:
    """End a form that nobody will fill in any more."""
    return _end(assignment, AssignmentState.EXPIRED, "assignment.expire", by)


def expire_overdue(*, before: dt.date, by: Actor) -> int:
    """End every form whose day was before `before`; returns how many."""
    overdue = list(selectors.overdue_since(before))
    for assignment in overdue:
        expire(assignment=assignment, by=by)
    return len(overdue)


def locked(assignment_id: UUID) -> Assignment:
    """The row, held until the transaction ends: saving, sending and taking back take turns."""
    return (
        Assignment.objects.select_related("version", "version__questionnaire")
        .defer("version__document", "version__translations")
        .select_for_update(of=("self",))
        .get(pk=assignment_id)
    )


def _end(assignment: Assignment, state: AssignmentState, action: str, by: Actor) -> Assignment:
    row = locked(assignment.pk)
    if row.state == state:
        return row
    if not row.is_open:
        raise DomainError(_("This form is not open any more."))
    row.state, row.ended_at = state, clock.now()
    row.save(update_fields=["state", "ended_at"])
    raise_alerts(assignment=row, source=row, by=by)
    audit.record(action, by=by, obj=row, patient_id=row.patient_id)
    return row
