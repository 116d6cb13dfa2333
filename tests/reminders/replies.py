"""Somebody writes back: what the tests of replies say and look at."""

from __future__ import annotations

import pytest

from portal.appointments.models import Appointment
from portal.people import services as people
from portal.people.models import ContactSystem
from portal.work.models import WorkItem
from reminders.models import InboundMessage, Reminder, Subject
from reminders.rules.answers import Answer, Meaning
from reminders.services import receiving
from tests.reminders.conftest import BY, Desk

ANA = "+447700900101"


@pytest.fixture
def told(desk: Desk) -> Desk:
    """Ana has been texted about tomorrow."""
    desk.visit = desk.book()
    desk.plan()
    (text,) = desk.claim()
    desk.answer(text, Answer(Meaning.ACCEPTED, sid="SM1"))
    return desk


_count = iter(range(10_000))


def say(body: str, number: str = ANA, sid: str = "") -> InboundMessage:
    message = receiving.receive(sid=sid or f"IN{next(_count)}", number=number, body=body)
    assert message is not None
    receiving.work(message.pk)
    message.refresh_from_db()
    return message


def answered() -> list[str]:
    rows = Reminder.objects.filter(subject_type=Subject.INBOUND).order_by("created_at")
    return [row.policy_step.removeprefix("reply:") for row in rows]


def answer_text(desk: Desk) -> str:
    (text,) = desk.claim()
    return text.body


def visit_now(desk: Desk) -> Appointment:
    return Appointment.objects.get(pk=desk.visit.pk)


def tasks() -> dict[str, str]:
    return dict(WorkItem.objects.values_list("code", "audience"))


def share_the_phone(told: Desk) -> None:
    people.add_contact_point(
        patient=told.cast.patient("ben"),
        system=ContactSystem.SMS,
        value=ANA,
        consent_how="Asked",
        by=BY,
    )
