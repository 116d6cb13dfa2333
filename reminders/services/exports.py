"""Taking the ledger out of the portal is an event."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from portal.access.viewer import Viewer
from portal.audit import services as audit


def record_export(
    *, count: int, patient_id: UUID | None, asked: Mapping[str, str], by: Viewer
) -> None:
    """Somebody took `count` rows as a file. `asked` is the filter, as ids, dates and codes."""
    audit.record("reminder.export", by=by, patient_id=patient_id, details={"count": count, **asked})
