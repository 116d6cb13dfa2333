"""Patients, visits and due texts by the thousand, written in bulk."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import TypeVar

from django.db.models import Sum

from portal import clock
from portal.access.roles import Role
from portal.appointments.models import Appointment, AppointmentType, Status
from portal.people.models import ContactPoint, ContactSystem, Patient, User
from portal.practices import services as practices
from portal.practices.models import Membership
from portal.practices.selectors import practice_named
from portal.tenancy.context import practice_scope
from reminders.models import Channel, Reminder, ReminderPolicy, Subject
from reminders.rules.states import State
from reminders.rules.timing import OffsetKind
from reminders.services import accounts
from reminders.transports import forget_accounts

TOMORROW = dt.timedelta(hours=20)
NEXT_WEEK = dt.timedelta(days=7)
"""Beyond what is planned ahead: the sweep leaves these visits to the rows that were made here."""
_BY_ONE_CLINICIAN = 2_000
_APART = dt.timedelta(minutes=10)
_CHUNK = 1_000
_T = TypeVar("_T")


def add_due_texts(slug: str, count: int, say: Callable[[str], None]) -> None:
    """`count` patients of a practice, each with a visit and a text about it that is due now."""
    visits = add_visits(slug, count, say)
    practice_id = practice_named(slug).pk
    for chunk in _chunks(visits):
        with practice_scope(practice_id):
            policy, now = (
                ReminderPolicy.objects.filter(
                    retired_at=None, channel=Channel.SMS, kind=OffsetKind.HOURS_BEFORE.value
                )[0],
                clock.now(),
            )
            Reminder.objects.bulk_create(_due(visit, policy, now) for visit in chunk)


def add_visits(
    slug: str,
    count: int,
    say: Callable[[str], None],
    *,
    first: dt.timedelta = NEXT_WEEK,
    by_one: int = _BY_ONE_CLINICIAN,
) -> list[Appointment]:
    """`count` new patients with a number and one visit each, ten minutes apart from `first` on.

    One clinician sees `by_one` of them: fewer each, and the last visit is sooner.
    """
    practice_id = practice_named(slug).pk
    visits: list[Appointment] = []
    with practice_scope(practice_id):
        kind = AppointmentType.objects.filter(is_video=False)[0]
        staff = [_clinician(n) for n in range(-(-count // by_one))]
        begins = clock.now() + first
    for chunk in _chunks(list(range(count))):
        with practice_scope(practice_id):
            people = Patient.objects.bulk_create(_patient(n) for n in chunk)
            ContactPoint.objects.bulk_create(
                _number(n, patient) for n, patient in zip(chunk, people, strict=True)
            )
            visits += Appointment.objects.bulk_create(
                _visit(n, patient, staff, kind, begins)
                for n, patient in zip(chunk, people, strict=True)
            )
        say(f"{len(visits)} of {count} patients with a visit")
    return visits


def use_twilio(slug: str, segments_a_second: int | None) -> None:
    """Let a practice send through an account; where its provider is says TWILIO_API_BASE."""
    from benchmarks.scene import BENCH

    forget_accounts()
    with practice_scope(practice_named(slug).pk):
        accounts.use_twilio(
            account_sid="AC" + "0" * 32,
            token="t",  # noqa: S106 - the stand-in asks for none
            sender="+441134960142",
            segments_a_second=segments_a_second,
            by=BENCH,
        )


def waiting(slug: str) -> int:
    """How many texts of a practice are due and have not been claimed."""
    with practice_scope(practice_named(slug).pk):
        return Reminder.objects.filter(state=State.PLANNED, due_at__lte=clock.now()).count()


def segments_gone(slug: str) -> int:
    """How many segments have been handed over in a practice."""
    with practice_scope(practice_named(slug).pk):
        sent = Reminder.objects.filter(state=State.SENT)
        return int(sent.aggregate(total=Sum("segments"))["total"] or 0)


def _clinician(number: int) -> Membership:
    from benchmarks.scene import BENCH

    user = User.objects.create_account(f"bench-c-{uuid.uuid4().hex[:12]}", "", None)
    return practices.add_member(
        user=user, roles={Role.CLINICIAN}, display_name=f"Clinician {number}", by=BENCH
    )


def _patient(number: int) -> Patient:
    return Patient(
        given_name=f"Nadia{number}", family_name="Example", language="en", created_at=clock.now()
    )


def _number(number: int, patient: Patient) -> ContactPoint:
    now = clock.now()
    return ContactPoint(
        patient=patient,
        system=ContactSystem.SMS,
        value=f"+4477{number:08d}",
        discreet=False,
        consent_how="benchmark",
        consent_given_at=now,
        created_at=now,
    )


def _visit(
    number: int,
    patient: Patient,
    staff: list[Membership],
    kind: AppointmentType,
    begins: dt.datetime,
) -> Appointment:
    starts_at = begins + (number // len(staff)) * _APART
    now = clock.now()
    return Appointment(
        patient=patient,
        clinician=staff[number % len(staff)],
        type=kind,
        local_start=f"{clock.local_time(starts_at, 'Europe/London'):%Y-%m-%dT%H:%M}",
        time_zone="Europe/London",
        starts_at=starts_at,
        ends_at=starts_at + _APART,
        status=Status.BOOKED,
        status_at=now,
        created_at=now,
    )


def _due(visit: Appointment, policy: ReminderPolicy, now: dt.datetime) -> Reminder:
    return Reminder(
        patient_id=visit.patient_id,
        recipient_id=visit.patient_id,
        subject_type=Subject.APPOINTMENT,
        subject_id=visit.pk,
        subject_version=visit.version,
        policy=policy,
        policy_step=policy.step.key,
        channel=Channel.SMS,
        wanted_at=now,
        due_at=now,
        expires_at=visit.starts_at - dt.timedelta(minutes=30),
        created_at=now,
    )


def _chunks(items: list[_T]) -> Iterator[list[_T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
