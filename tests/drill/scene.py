"""The people and visits of a drill, written in bulk: ten thousand in seconds.

Alder of the tests' cast, with patients who have one number and one visit each. So the provider's
book tells by the number alone which visit a message is about, and by the hour in its words whether
it is the right one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from portal import clock
from portal.access.roles import Role
from portal.access.viewer import SystemActor
from portal.appointments import services as appointments
from portal.appointments.models import Appointment, AppointmentType, Status
from portal.appointments.wall_time import wall_text
from portal.encryption import keyring
from portal.encryption.models import PatientKey, PracticeKey
from portal.encryption.opened import open_patient_key
from portal.people.accounts import make_account
from portal.people.models import ContactPoint, ContactSystem, Patient
from portal.practices import services as practices
from portal.practices.models import Membership, Practice
from portal.practices.selectors import practice_named
from portal.tenancy.context import practice_scope
from reminders.rules.timing import OffsetKind
from reminders.services import policies
from tests.fakes.accounts import give_account

BY = SystemActor("Drill")
LONDON = ZoneInfo("Europe/London")
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
"""A Tuesday with no clock change near. Every text of a scene is wanted at this moment."""
FIRST_VISIT = dt.datetime(2026, 11, 25, 13)  # noqa: DTZ001 - a wall has no zone
"""On the practice's wall, the day after."""
_MINUTES = 330
_CHUNK = 1_000


@dataclass(frozen=True)
class Visit:
    """What the verdict needs to know of a visit, kept outside the database."""

    number: str
    appointment: UUID
    patient: UUID
    hour: str
    """As the words tell it: `14:07`."""


@dataclass(frozen=True)
class Scene:
    """Alder with its visits, in the database called `database`."""

    practice: UUID
    visits: tuple[Visit, ...]
    database: str

    def inside(self) -> AbstractContextManager[None]:
        """The practice, for a few lines."""
        return practice_scope(self.practice)


def build(database: str, size: int) -> Scene:
    """Fill that database, which is the tests' template so far; the clock stands before noon."""
    from tests.environment import databases

    with databases.everything_uses(database):
        clock.move_to(NOON - dt.timedelta(hours=1))
        practice = practice_named("alder")
        with practice_scope(practice.pk):
            kind = appointments.add_type(name="Meeting", minutes=50, by=BY)
            policies.add_policy(
                name="The day before",
                kind=OffsetKind.DAYS_BEFORE,
                offset=1,
                at=dt.time(12),
                by=BY,
            )
            give_account(by=BY)
        visits = []
        clinicians = _clinicians(practice, -(-size // _MINUTES))
        for first in range(0, size, _CHUNK):
            numbers = range(first, min(first + _CHUNK, size))
            with practice_scope(practice.pk):
                visits += _fill(numbers, kind, clinicians)
    clock.forget()
    return Scene(practice.pk, tuple(visits), database)


def _clinicians(practice: Practice, count: int) -> list[Membership]:
    found = []
    with practice_scope(practice.pk):
        for number in range(count):
            user = make_account(username=f"drill-{number}", email="", password=None)
            found.append(
                practices.add_member(
                    user=user,
                    roles={Role.CLINICIAN},
                    display_name=f"Clinician {number}",
                    by=BY,
                )
            )
    return found


def _fill(numbers: range, kind: AppointmentType, clinicians: list[Membership]) -> list[Visit]:
    now = clock.now()
    patients = Patient.objects.bulk_create(
        Patient(
            given_name=f"Pat{n}",
            family_name="Drill",
            birth_date=dt.date(1990, 5, 17),
            created_at=now,
        )
        for n in numbers
    )
    keys = [keyring.make_key(patient.pk) for patient in patients]
    PatientKey.objects.bulk_create(key for key in keys if isinstance(key, PatientKey))
    _have_at_hand(keys)
    points = [
        ContactPoint(
            patient=patient,
            system=ContactSystem.SMS,
            value=f"+4477{n:08d}",
            discreet=False,
            consent_given_at=now,
            consent_how="Asked at the desk",
            created_at=now,
        )
        for n, patient in zip(numbers, patients, strict=True)
    ]
    ContactPoint.objects.bulk_create(points)
    visits = [
        _visit(patient, clinicians[n // _MINUTES], kind, n % _MINUTES, now)
        for n, patient in zip(numbers, patients, strict=True)
    ]
    Appointment.objects.bulk_create(visits)
    return [
        Visit(point.value, visit.pk, visit.patient_id, visit.local_start[-5:])
        for point, visit in zip(points, visits, strict=True)
    ]


def _have_at_hand(keys: Iterable[PatientKey | PracticeKey]) -> None:
    """Else each is read and locked by itself, and half of the time goes there."""
    writing = keyring._remembered(keyring._Writing, here=True)
    for key in keys:
        if isinstance(key, PatientKey):
            writing.current[key.practice_id, key.patient_id] = open_patient_key(key)


def _visit(
    patient: Patient, clinician: Membership, kind: AppointmentType, minute: int, now: dt.datetime
) -> Appointment:
    """One minute long, so that one clinician has one each minute of the afternoon."""
    local = FIRST_VISIT + dt.timedelta(minutes=minute)
    starts_at = local.replace(tzinfo=LONDON).astimezone(dt.UTC)
    return Appointment(
        patient=patient,
        clinician=clinician,
        type=kind,
        local_start=wall_text(local),
        time_zone="Europe/London",
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=1),
        status=Status.BOOKED,
        status_at=now,
        created_at=now,
    )
