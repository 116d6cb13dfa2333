"""Reading what the figures are made of, from the apps on the left.

Figures are about a whole practice, so these take no viewer; who is behind a figure is asked for as
somebody, and needs a permission of its own.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.appointments import selectors as appointments
from portal.appointments.models import Appointment
from portal.appointments.selectors import AttendanceRow
from portal.tenancy.errors import NotFound


def attendance_rows(*, start: datetime, end: datetime) -> list[AttendanceRow]:
    """Every time booked in the ambient practice that starts in [start, end), moved ones included.

    Two queries.
    """
    return appointments.attendance_between(start, end)


def appointments_named(viewer: Viewer, ids: Iterable[UUID]) -> dict[UUID, Appointment]:
    """Those appointments with patient and clinician, by id; one query.

    Raises NotFound for somebody who may not see the people behind a figure.
    """
    if not viewer.can(Permission.METRICS_PEOPLE):
        raise NotFound("No such list.")
    rows = appointments.appointments_for(viewer).filter(pk__in=list(ids))
    return {row.pk: row for row in rows}
