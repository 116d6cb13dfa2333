"""Two files of the record system in the demo: one brought in, one with rows to mend."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from portal.access.viewer import Viewer
from portal.appointments import openings
from portal.appointments.importing import runs
from portal.people.models import Patient
from portal.people.services import change_patient
from portal.practices.models import Membership

if TYPE_CHECKING:
    from portal.appointments.demo import Demo

HEAD = "id,patient,clinician,type,date,time,status,Fee"
ROWS = 3
AHEAD = dt.timedelta(days=12)


def bring_files(demo: Demo, dee: Viewer) -> None:
    """Record numbers for everybody, then what Dee did with this morning's export."""
    people = [demo.patients[name] for name in sorted(demo.patients)]
    for number, patient in enumerate(people, start=101):
        change_patient(
            patient=patient, version=patient.version, record_number=f"R-{number}", by=dee
        )
    cole = Membership.objects.get(pk=demo.people["Cole"].membership_id)
    story = [demo.patients[name] for name in ("Ana", "Ben")]  # whose visits are told already
    rows = _rows(demo, cole, [each for each in people if each not in story][:ROWS])
    if not rows:
        return
    with demo.at(demo.now - dt.timedelta(hours=2)):
        good = runs.upload(content=_file(rows), by=dee)
        runs.begin(run=good, by=dee)
    with demo.at(demo.now - dt.timedelta(hours=1)):
        slips = [rows[0].replace("R-", "R-9"), rows[-1].replace("Session", "Sesion")]
        runs.upload(content=_file([*rows, *(f"9{row}" for row in slips)]), by=dee)


def _rows(demo: Demo, cole: Membership, people: list[Patient]) -> list[str]:
    """One visit each on the first day from then on that has room for all of them."""
    day = (demo.now + AHEAD).date()
    for _ in range(7):
        zone_name = demo.practice.time_zone
        free = openings.free_times(cole, day=day, minutes=50, zone_name=zone_name)
        hours = [time for time in free if time.minute == 0]
        if len(hours) >= len(people):
            return [
                f"30{number},{patient.record_number},{cole.display_name},Session,"
                f"{day:%d/%m/%Y},{time:%H:%M},booked,80"
                for number, (patient, time) in enumerate(zip(people, hours, strict=False))
            ]
        day += dt.timedelta(days=1)
    return []


def _file(rows: list[str]) -> bytes:
    return "\r\n".join([HEAD, *rows, ""]).encode()
