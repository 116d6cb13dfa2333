"""A few tasks, so that the work list is not empty on the first day."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from portal.access.viewer import SystemActor, Viewer
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.work import services
from portal.work.models import WorkAudience

DEMO = SystemActor("Demo data")
# Title, for whose list, whose by name ("" for nobody in particular), about whom, hours from now.
_TASKS: tuple[tuple[str, WorkAudience, str, str, int], ...] = (
    ("Ring back about parking", WorkAudience.FRONT_DESK, "", "Ben", 3),
    ("Post the printed sheet", WorkAudience.FRONT_DESK, "Dee", "", 26),
    ("Write to the surgery", WorkAudience.CLINICIANS, "Cole", "Ben", 50),
    ("Go through the waiting list", WorkAudience.CLINICIANS, "Cleo", "", 74),
    ("Renew the room booking", WorkAudience.MANAGERS, "Eve", "", 100),
)


class Demo(Protocol):
    """What is needed of `portal.dev.cast.DemoPractice`, which stands further right."""

    people: dict[str, Viewer]
    patients: dict[str, Patient]
    now: dt.datetime


def seed(demo: Demo) -> None:
    """Tasks for those of the cast who work in this practice."""
    people, patients = demo.people, demo.patients
    for title, audience, who, about, hours in _TASKS:
        if (who and who not in people) or (about and about not in patients):
            continue
        assigned_to = Membership.objects.get(pk=people[who].membership_id) if who else None
        services.raise_task(
            code="desk.note",
            title=title,
            audience=audience,
            due_at=demo.now + dt.timedelta(hours=hours),
            patient_id=patients[about].pk if about else None,
            assigned_to=assigned_to,
            by=DEMO,
        )
