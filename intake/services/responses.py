"""Opening what a patient has sent: an event, so a verb."""

from __future__ import annotations

from uuid import UUID

from intake import selectors
from intake.models import Assignment, Flag, Response
from portal import clock
from portal.access.viewer import Viewer
from portal.audit import services as audit


def open_response(*, response_id: UUID, by: Viewer) -> Response:
    """One response for this person to read; recorded, and the patient sees that it was read.

    Raises NotFound for a missing one and for one out of reach alike.
    """
    response = selectors.response_for(by, response_id)
    if by.is_staff and response.assignment.read_at is None:
        now = clock.now()
        changed = Assignment.objects.filter(pk=response.assignment_id, read_at=None).update(
            read_at=now, read_by_id=by.membership_id
        )
        if changed:
            response.assignment.read_at = now
            response.assignment.read_by_id = by.membership_id
    audit.record("response.open", by=by, obj=response, patient_id=response.patient_id)
    return response


def open_flags(*, assignment: Assignment, by: Viewer) -> list[Flag]:
    """The risk answers of an assignment that `by` may read; recorded where there are any."""
    flags = list(selectors.flags_for(by, assignment))
    if flags:
        audit.record("flags.open", by=by, obj=assignment, patient_id=assignment.patient_id)
    return flags


def open_responses(*, responses: list[Response], by: Viewer) -> list[Response]:
    """Several at once, for the API's list: one audit row with their ids."""
    audit.record(
        "response.list",
        by=by,
        details={"ids": [str(response.pk) for response in responses]},
    )
    return responses
