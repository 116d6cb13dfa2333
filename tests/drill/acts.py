"""People who move and cancel visits while their texts leave; a process of its own.

Each act has a place in the order in which texts are claimed, and is done when the claims come
near: a little before, a little after, and now and then in the same moment.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from portal.access.viewer import SystemActor
from portal.appointments import services as appointments
from portal.appointments.models import Appointment
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from reminders.models import Reminder
from reminders.rules.states import State

DESK = SystemActor("Front desk")
LATER = dt.timedelta(minutes=330)
_LOOK_EVERY = 10
_GIVE_UP_SECONDS = 20.0
"""When the claims stand still for so long, the rest is done all the same."""


@dataclass(frozen=True)
class Act:
    """`what` is `move` or `cancel`; it is done once so many texts were looked at."""

    what: str
    appointment: str
    after: int


def write(path: Path, practice: UUID, acts: list[Act]) -> None:
    """Leave the acts for the process that does them."""
    path.write_text(json.dumps({"practice": str(practice), "acts": [asdict(a) for a in acts]}))


def play(path: Path) -> None:
    """Do them all; says on the way how many were done, in the file's sibling."""
    told = json.loads(path.read_text())
    practice = UUID(told["practice"])
    acts = sorted((Act(**each) for each in told["acts"]), key=lambda act: act.after)
    done = 0
    for number, act in enumerate(acts):
        if number % _LOOK_EVERY == 0:
            _wait_for(practice, act.after)
        try:
            with practice_scope(practice):
                _do(act)
            done += 1
        except DomainError:
            continue  # it has begun, or somebody else has the hour
    path.with_suffix(".done").write_text(str(done))


def _do(act: Act) -> None:
    appointment = Appointment.objects.get(pk=act.appointment)
    if act.what == "cancel":
        appointments.cancel(appointment=appointment, by_patient=False, by=DESK, reason="Drill")
        return
    local = dt.datetime.fromisoformat(appointment.local_start)
    appointments.move(
        appointment=appointment, local_start=local + LATER, by=DESK, wished_by_patient=True
    )


def _wait_for(practice: UUID, count: int) -> None:
    before, since = -1, time.monotonic()
    while time.monotonic() - since < _GIVE_UP_SECONDS:
        with practice_scope(practice):
            rows = Reminder.objects.filter(subject_version=1)
            looked_at = rows.exclude(state=State.PLANNED.value).count()
        if looked_at >= count:
            return
        if looked_at != before:
            before, since = looked_at, time.monotonic()
        time.sleep(0.05)
