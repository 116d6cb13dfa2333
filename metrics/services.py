"""Metrics write nothing of their own; they record who took figures out or looked at names."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from metrics.reports import Question
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Period
from portal.access.viewer import Actor
from portal.audit import services as audit


def record_export(*, question: Question, by: Actor) -> None:
    """Somebody took the figures of a period out of the portal."""
    audit.record(
        "metrics.export",
        by=by,
        details={**_period(question.period), "report": "no_shows", "step": question.step.value},
    )


def record_people_list(
    *,
    period: Period,
    outcome: Outcome,
    appointment_ids: Sequence[UUID],
    total: int,
    by: Actor,
) -> None:
    """Somebody saw who is behind a count.

    The ids on the page are kept as one hash: it can prove that a given list was shown, and the
    audit log does not become a second schedule.
    """
    shown = "\n".join(sorted(str(each) for each in appointment_ids))
    audit.record(
        "metrics.list_people",
        by=by,
        details={
            **_period(period),
            "outcome": outcome.value,
            "total": total,
            "shown": len(appointment_ids),
            "ids_sha256": hashlib.sha256(shown.encode()).hexdigest(),
        },
    )


def _period(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}
