"""Files of a record system brought into Alder: what the tests of imports share."""

from __future__ import annotations

from dataclasses import dataclass

from portal.appointments.importing.planning import Plan, plan
from portal.appointments.importing.writing import write
from portal.appointments.models import Appointment, AppointmentStatus
from portal.people.models import Patient
from portal.practices.models import Practice
from portal.tenancy.context import practice_scope
from tests.appointments.conftest import BY, Schedule

HEAD = "id,patient,clinician,type,date,time,status"
ROW = "A1,R1,Cole Staff,Meeting,25/11/2026,10:00,booked"


@dataclass
class Importing:
    """Alder with record numbers R1 (Ana) and R2 (Ben), and files brought into it."""

    schedule: Schedule

    @property
    def practice(self) -> Practice:
        return self.schedule.cast.alder

    def look(self, *rows: str, head: str = HEAD) -> Plan:
        with practice_scope(self.practice.pk):
            return plan("\n".join([head, *rows]), practice=self.practice)

    def bring(self, *rows: str, head: str = HEAD) -> dict[str, int]:
        with practice_scope(self.practice.pk):
            made = plan("\n".join([head, *rows]), practice=self.practice)
            assert not made.problems, made.problems
            return write(made, practice=self.practice, by=BY)

    def one(self, external_id: str = "A1") -> Appointment:
        with practice_scope(self.practice.pk):
            return Appointment.objects.select_related("clinician").get(external_id=external_id)

    def steps(self, external_id: str = "A1") -> list[tuple[str, bool]]:
        with practice_scope(self.practice.pk):
            rows = AppointmentStatus.objects.filter(appointment__external_id=external_id)
            return [(row.status, row.moved) for row in rows.order_by("at", "pk")]

    def everything(self) -> list[tuple[object, ...]]:
        """All that an import could have touched."""
        with practice_scope(self.practice.pk):
            return [
                *Appointment.objects.order_by("pk").values_list(
                    "pk", "starts_at", "status", "version", "external_seen"
                ),
                *AppointmentStatus.objects.order_by("pk").values_list("pk", "status", "at"),
            ]


def furnish(schedule: Schedule) -> Importing:
    """Give Ana and Ben their record numbers."""
    with practice_scope(schedule.cast.alder.pk):
        for number, name in (("R1", "ana"), ("R2", "ben")):
            Patient.objects.filter(pk=schedule.cast.patient(name).pk).update(record_number=number)
    return Importing(schedule)


def problems(made: Plan) -> list[tuple[int, str]]:
    """Row and words of each."""
    return [(each.row, each.text) for each in made.problems]
