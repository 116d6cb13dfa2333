"""A phone that several patients have: whose visit, whose STOP, and who is alerted."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.appointments.models import Appointment, Status
from portal.people import services as people
from portal.people.models import CareRole, ContactPoint, ContactSystem, contact_token
from portal.work.models import WorkItem, WorkKind
from portal.work.services import responsible_for
from reminders.models import InboundMessage
from reminders.services import receiving
from tests.reminders.conftest import BY, NOON, Desk
from tests.reminders.replies import (
    ANA,
    answer_text,
    answered,
    say,
    share_the_phone,
    tasks,
    told,
    visit_now,
)

__all__ = ["told"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("word", ["X", "R"])
def test_on_a_phone_of_two_patients_it_is_asked_whose_visit_is_meant(told: Desk, word: str):
    share_the_phone(told)
    told.book(NOON + dt.timedelta(hours=23), patient="ben", clinician="cleo")
    told.plan()
    (text,) = told.claim()
    assert text.body.startswith("Hello Ben.")  # each their own, whoever holds the phone
    assert "Ana" not in text.body
    say(word)
    assert tasks() == {"inbound.which_visit": "front_desk"}
    assert {row.status for row in Appointment.objects.all()} == {Status.BOOKED}


def test_on_a_phone_of_two_patients_of_whom_one_has_no_visit_x_cancels(told: Desk):
    share_the_phone(told)
    told.book(NOON + dt.timedelta(days=9), patient="ben", clinician="cleo")  # not told of it yet
    told.plan()
    say("X")
    assert visit_now(told).status == Status.CANCELLED_BY_PATIENT


def test_r_on_a_shared_phone_is_answered_without_an_address(told: Desk):
    point = ContactPoint.objects.get(value_token=contact_token(ANA))
    people.change_contact_point(point=point, discreet=True, by=BY)
    say("R")
    assert answered() == ["call_back"]
    assert "/a/" not in answer_text(told)


def test_stop_stops_every_patient_of_a_shared_phone(told: Desk):
    people.add_contact_point(
        patient=told.cast.patient("ben"),
        system=ContactSystem.SMS,
        value=ANA,
        consent_how="Asked",
        by=BY,
    )
    say("STOP")
    assert not ContactPoint.objects.filter(value_token=contact_token(ANA), stopped_at=None).exists()


def test_distress_from_a_shared_phone_alerts_the_clinician_of_each(told: Desk):
    """Ana was texted last, but Ben may hold the phone."""
    share_the_phone(told)
    ben = told.cast.patient("ben")
    message = say("I can't go on anymore")
    alerts = WorkItem.objects.filter(code="inbound.distress")
    people_told = {item.patient_id: item.assigned_to_id for item in alerts}
    assert people_told == {
        told.cast.patient("ana").pk: told.cast.cole.membership.pk,
        ben.pk: responsible_for(ben.pk),
    }
    assert {item.kind for item in alerts} == {WorkKind.ALERT}
    assert all("shared phone" in item.title for item in alerts)
    receiving._alarm(receiving._context(message))  # a second time changes nothing
    assert alerts.count() == 2


def test_distress_from_a_shared_phone_that_was_never_texted_alerts_for_each(desk: Desk):
    share_the_phone(desk)
    say("I want to die")
    assert WorkItem.objects.filter(kind=WorkKind.ALERT).count() == 2
    say("I want to die")  # another message, another alert for each
    assert WorkItem.objects.filter(kind=WorkKind.ALERT).count() == 4


def address_of(message: InboundMessage) -> str:
    return f"/alder/staff/reminders/replies/{message.pk}/"


def test_the_other_patients_clinician_reads_the_words_and_no_strange_name(told: Desk):
    cleo = told.cast.cleo
    message = say("I can't go on anymore")
    assert cleo.client().get(address_of(message)).status_code == 404
    mine = people.add_patient(given_name="Nadia", by=BY)
    people.join_care_team(patient=mine, membership=cleo.membership, role=CareRole.LEAD, by=BY)
    people.add_contact_point(
        patient=mine, system=ContactSystem.SMS, value=ANA, consent_how="Asked", by=BY
    )
    message = say("I can't go on anymore")
    words = cleo.client().get(address_of(message)).content.decode()
    assert "go on anymore" in words
    assert "Somebody who shares this phone" in words
    assert "Ana" not in words
    assert "Change the number" not in words  # it would be Ana's
    assert cleo.client().get(f"{address_of(message)}number/").status_code == 404
    assert "Ana" in told.cast.dee.client().get("/alder/staff/reminders/replies/").content.decode()


def test_whoever_reads_a_reply_from_a_shared_phone_is_told_that_it_is_shared(told: Desk):
    """The front desk rings back: it reads every name, and that nobody knows who wrote."""
    alone = say("is there parking")
    replies = "/alder/staff/reminders/replies/"
    dee, cole = told.cast.dee.client(), told.cast.cole.client()
    assert "share this phone" not in dee.get(replies).content.decode()
    share_the_phone(told)
    message = say("I can't go on anymore")
    page = dee.get(replies).content.decode()
    names = {told.cast.patient(who).display_name for who in ("ana", "ben")}
    assert any(f"{a} and {b} share this phone." in page for a in names for b in names - {a})
    words = cole.get(f"{replies}{message.pk}/").content.decode()
    assert "Several people share this phone." in words
    assert cole.get(f"{replies}{alone.pk}/").status_code == 404


def test_a_reply_that_may_be_of_several_is_not_said_to_be_of_nobody(desk: Desk):
    share_the_phone(desk)
    message = say("is there parking")
    assert message.patient_id is None
    page = desk.cast.dee.client().get("/alder/staff/reminders/replies/").content.decode()
    assert "One of those who share this phone" in page
    assert "Nobody we know" not in page


def test_a_number_of_two_patients_belongs_to_the_one_last_texted(told: Desk):
    people.add_contact_point(
        patient=told.cast.patient("ben"), system=ContactSystem.SMS, value=ANA, by=BY
    )
    assert say("C").patient_id == told.cast.patient("ana").pk


def test_a_number_of_two_patients_never_texted_is_nobodys(desk: Desk):
    people.add_contact_point(
        patient=desk.cast.patient("ben"), system=ContactSystem.SMS, value=ANA, by=BY
    )
    assert say("hello").patient_id is None
