"""Change a visit because of an answer, only while it is the visit that the text spoke of."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from portal.access.viewer import Actor
from portal.appointments import services as appointments
from portal.appointments.models import Appointment
from portal.tenancy.errors import DomainError


def confirm(*, appointment: Appointment, version: int, by: Actor) -> Appointment:
    """Confirm the visit of that version. Raises DomainError if it was changed meanwhile."""
    with transaction.atomic():
        row = appointments.confirm(appointment=appointment, by=by)
        _same(row.version, version)
    return row


def cancel(*, appointment: Appointment, version: int, reason: str, by: Actor) -> Appointment:
    """Cancel the visit of that version for the patient; errors as in `confirm`."""
    with transaction.atomic():
        row = appointments.cancel(appointment=appointment, by_patient=True, by=by, reason=reason)
        _same(row.version, version + 1)  # cancelling is a change of its own
    return row


def _same(version: int, expected: int) -> None:
    if version != expected:
        raise DomainError(_("This appointment was changed meanwhile."))
