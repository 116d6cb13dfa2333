"""Past appointments in quantity, for tests of figures.

Written as rows: the services refuse to book the past, and three hundred of them would be slow.
"""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from portal.appointments.models import Appointment, AppointmentType, Status
from portal.people.models import Patient
from portal.tenancy.context import practice_scope
from tests.cast import Person

LONDON = "Europe/London"
MONDAY = dt.date(2024, 6, 3)


def at(day: dt.date, hour: int = 10, minute: int = 0, zone: str = LONDON) -> dt.datetime:
    """A wall-clock time as an instant."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def past(
    clinician: Person,
    patient: Patient,
    starts_at: dt.datetime,
    status: Status = Status.ATTENDED,
    *,
    status_at: dt.datetime | None = None,
) -> Appointment:
    """One appointment of the clinician's practice, not saved."""
    with practice_scope(clinician.practice.pk):
        return Appointment(
            patient=patient,
            clinician=clinician.membership,
            type=_a_type(),
            local_start=starts_at.astimezone(ZoneInfo(LONDON)).strftime("%Y-%m-%dT%H:%M"),
            time_zone=LONDON,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=10),
            status=status,
            status_at=status_at or starts_at,
            created_at=starts_at - dt.timedelta(days=20),
        )


def weeks_of(
    clinician: Person,
    patients: Iterable[Patient],
    *,
    weeks: int,
    came: int,
    missed: int,
    first: dt.date = MONDAY,
) -> None:
    """So many who came and who did not in each week, ten minutes apart, patients in turn."""
    people = list(patients)
    rows = []
    with practice_scope(clinician.practice.pk):
        for week in range(weeks):
            day = first + dt.timedelta(weeks=week)
            for n in range(came + missed):
                status = Status.ATTENDED if n < came else Status.NO_SHOW
                starts_at = at(day, 8) + dt.timedelta(minutes=10 * n)
                rows.append(past(clinician, people[n % len(people)], starts_at, status))
    save(clinician, *rows)


def save(clinician: Person, *rows: Appointment) -> None:
    """Keep rows made by `past` in the clinician's practice."""
    with practice_scope(clinician.practice.pk):
        Appointment.objects.bulk_create(rows)


def more_patients(person: Person, count: int) -> list[Patient]:
    """So many patients more in that person's practice."""
    with practice_scope(person.practice.pk):
        return Patient.objects.bulk_create(
            Patient(given_name=f"Extra{n}", family_name="Person", created_at=at(MONDAY))
            for n in range(count)
        )


def _a_type() -> AppointmentType:
    found, _made = AppointmentType.objects.get_or_create(name="Meeting")
    return found
