"""A plan as a preview shows it. Patients are named by record numbers, as in the file."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.appointments.importing.planning import Plan
from portal.appointments.importing.rows import STATUSES, Row
from portal.appointments.models import CANCELLED, AppointmentType, Status
from portal.practices.models import Membership

MOST_PROBLEMS = 200
MOST_ROWS = 25
DOINGS: dict[str, str | Promise] = {
    "new": _("New"),
    "new_past": _("New, with its outcome"),
    "new_cancelled": _("New, cancelled"),
    "move": _("Moves"),
    "cancel": _("Is cancelled"),
    "book_again": _("Is booked again"),
    "outcome": _("Gets its outcome"),
    "undo": _("Loses its outcome"),
    "details": _("Another clinician, type or place"),
}


def columns_of(*, month_first: bool) -> list[tuple[str, str]]:
    """The headings of a file and what stands below them, for whoever makes one."""
    american = _("11/27/2026 and 2:30 pm, or 2026-11-27 and 14:30.")
    return [
        ("id", gettext("The record system’s number of the appointment: a later file finds it.")),
        ("patient", gettext("The record number, as on the patient’s page.")),
        ("clinician", gettext("The name as under People, or the e-mail.")),
        ("type", gettext("The name of a type of appointment.")),
        ("date, time", str(american if month_first else _("27/11/2026 and 14:30, or 2026-11-27."))),
        ("status", ", ".join(each.value for each in Status if each in STATUSES)),
        ("minutes", gettext("If it is not as long as its type says.")),
        ("cancelled at", gettext("When it was cancelled: whether that was late.")),
        ("moved by", gettext("patient or practice: who wanted another time.")),
        ("location, video", gettext("A location, a room, a link.")),
    ]


def report_of(made: Plan) -> dict[str, Any]:
    """What is kept of a plan: JSON, in the language of whoever asked."""
    shown: list[tuple[Row, str, dt.datetime | None]] = [
        (change.row, change.verbs[-1], change.here.starts_at) for change in made.changes[:MOST_ROWS]
    ]
    shown += [(row, _doing(row), None) for row in made.new[:MOST_ROWS]]
    shown = shown[:MOST_ROWS]
    names = _names(Membership, "display_name", {row.clinician_id for row, _verb, _was in shown})
    types = _names(AppointmentType, "name", {row.type_id for row, _verb, _was in shown})
    return {
        "problems": [[each.row, each.text] for each in made.problems[:MOST_PROBLEMS]],
        "left": [[each.row, each.text] for each in made.left[:MOST_PROBLEMS]],
        "notes": made.notes,
        "rows": [
            {
                "number": row.number,
                "doing": verb,
                "starts_at": row.starts_at.isoformat(),
                "was": was.isoformat() if was and verb == "move" else "",
                "patient": row.patient,
                "clinician": names.get(row.clinician_id, ""),
                "type": types.get(row.type_id, ""),
            }
            for row, verb, was in shown
        ],
    }


def _doing(row: Row) -> str:
    if row.status in CANCELLED:
        return "new_cancelled"
    return "new" if row.status == "booked" else "new_past"


def _names(model: Any, field: str, ids: set[UUID]) -> dict[UUID, str]:
    return dict(model.objects.filter(pk__in=ids).values_list("pk", field))
