"""What the tests of reminders ask for: a practice that sends, visits, and a moved clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from portal import clock
from portal.access.viewer import SystemActor
from portal.appointments import services as appointments
from portal.appointments.models import Appointment, AppointmentType
from portal.people import services as people
from portal.people.models import ContactPoint, ContactSystem
from portal.tenancy.context import practice_scope
from reminders.models import Attempt, PracticePhoneMessage, Reminder, ReminderPolicy, handset_token
from reminders.rules.answers import Answer
from reminders.rules.timing import OffsetKind
from reminders.services import claiming, outcomes, planning, policies
from reminders.transports.base import Found, Outgoing, Sought
from tests.cast import Cast

BY = SystemActor("Test")
LONDON = ZoneInfo("Europe/London")
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)  # a Tuesday, no clock change near


@dataclass
class Desk:
    """Alder at noon on Tuesday 24 November 2026, with one text 24 hours before each visit."""

    cast: Cast
    type: AppointmentType
    policy: ReminderPolicy
    visit: Appointment = field(init=False, repr=False)
    link: str = field(init=False, repr=False)

    def book(
        self,
        when: dt.datetime = NOON + dt.timedelta(hours=20),
        *,
        patient: str = "ana",
        clinician: str = "cole",
        **more: Any,
    ) -> Appointment:
        """A visit at `when` (an instant), on the practice's wall."""
        local = when.astimezone(LONDON).replace(tzinfo=None)
        return appointments.book(
            patient=self.cast.patient(patient),
            clinician=self.cast.people[clinician].membership,
            type=self.type,
            local_start=local,
            time_zone="Europe/London",
            by=BY,
            **more,
        )

    def book_another(self, when: dt.datetime) -> Appointment:
        """A visit of somebody new: texts to one person that are due together leave as one."""
        number = ContactPoint.objects.count()
        patient = people.add_patient(given_name=f"Nadia{number}", by=BY)
        people.add_contact_point(
            patient=patient,
            system=ContactSystem.SMS,
            value=f"+447700901{number:03d}",
            consent_how="Asked at set-up",
            discreet=False,
            by=BY,
        )
        return appointments.book(
            patient=patient,
            clinician=self.cast.cole.membership,
            type=self.type,
            local_start=when.astimezone(LONDON).replace(tzinfo=None),
            time_zone="Europe/London",
            by=BY,
        )

    def go_to(self, moment: dt.datetime) -> None:
        """Move the portal's clock, a second past `moment` so that what is due then is due."""
        clock.move_to(moment + dt.timedelta(seconds=1))

    def rows(self) -> list[Reminder]:
        """The practice's reminders, by when they are due."""
        return list(Reminder.objects.order_by("due_at", "created_at", "pk"))

    def row(self) -> Reminder:
        """The only one."""
        (row,) = self.rows()
        return row

    def attempts(self) -> list[Attempt]:
        """Every try, the first one first."""
        return list(Attempt.objects.order_by("created_at", "number"))

    def handset(self, number: str = "+447700900101") -> list[str]:
        """The texts on the practice phone."""
        rows = PracticePhoneMessage.objects.filter(
            number_token=handset_token(number), is_reply=False
        )
        return [row.body for row in rows.order_by("at", "pk")]

    def claim(self) -> list[Outgoing]:
        """Claim what is due."""
        return claiming.claim()

    def answer(self, text: Outgoing, answer: Answer) -> int:
        """Record what a call gave."""
        return outcomes.record_answers([(text.attempt_id, answer)])

    def plan(self) -> planning.Planned:
        """One sweep."""
        return planning.plan()

    def sent(self) -> Outgoing:
        """Book, plan, claim: one text on its way."""
        self.book()
        self.plan()
        (text,) = self.claim()
        return text


def hear(**news: Any) -> bool:
    """A provider's news, kept and worked on as behind a webhook. Returns whether it changed
    anything.
    """
    event = outcomes.hear(**news)
    return event is not None and bool(outcomes.work_news(event))


def furnish(cast: Cast) -> Desk:
    """Move the clock and add a type and a policy; inside Alder."""
    clock.move_to(NOON)
    visit = appointments.add_type(name="Meeting", minutes=50, by=BY)
    policy = policies.add_policy(
        name="The day before", kind=OffsetKind.HOURS_BEFORE, offset=24, by=BY
    )
    return Desk(cast, visit, policy)


@pytest.fixture
def desk(cast: Cast) -> Iterator[Desk]:
    """Inside Alder, in the test's own transaction."""
    with practice_scope(cast.alder.pk):
        yield furnish(cast)


@dataclass
class ScriptedTransport:
    """A `Transport` in memory: answers as told, remembers what it was asked."""

    name: str = "practice_phone"
    answers: list[Answer | Exception] = field(default_factory=list)
    known: dict[UUID, Found] = field(default_factory=dict)
    sent: list[Outgoing] = field(default_factory=list)
    default: Callable[[Outgoing], Answer] | None = None

    def send(self, text: Outgoing) -> Answer:
        """Take the next answer."""
        self.sent.append(text)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def find(self, sought: Sought) -> Found | None:
        """What is known of an attempt."""
        return self.known.get(sought.attempt_id)
