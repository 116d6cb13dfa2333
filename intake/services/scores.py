"""Looking at somebody's totals: clinical content in a list, so it is recorded."""

from __future__ import annotations

from intake import selectors
from intake.selectors import ScoreHistory
from portal.access.viewer import Viewer
from portal.audit import services as audit
from portal.people.models import Patient


def open_scores(*, patient: Patient, by: Viewer) -> list[ScoreHistory]:
    """The last totals of each instrument; empty, and unrecorded, for who may not read answers."""
    histories = selectors.score_histories_for(by, patient)
    if histories:
        ids = [str(row.pk) for history in histories for row in history.rows]
        audit.record("scores.open", by=by, patient_id=patient.pk, details={"ids": ids})
    return histories
