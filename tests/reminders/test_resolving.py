"""Doubts: a dead sender, a lost answer (T-REM-01, -02, -03 without a storm)."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.appointments import services as appointments
from portal.work.models import WorkItem
from reminders.models import Reason
from reminders.rules.answers import GRACE, Answer, Meaning
from reminders.rules.states import Outcome, Receipt, State
from reminders.services import claiming, resolving
from reminders.transports.base import Found, digest
from tests.reminders.conftest import BY, NOON, Desk, hear

pytestmark = pytest.mark.django_db

SID = "SM" + "1" * 32
AFTER_LEASE = NOON + claiming.LEASE + dt.timedelta(seconds=5)
AFTER_GRACE = NOON + GRACE + dt.timedelta(seconds=5)


def look(desk: Desk, found: Found | None = None) -> list[resolving.Doubt]:
    resolving.end_leases()
    doubts = resolving.pick_doubts()
    for doubt in doubts:
        resolving.record_lookup(doubt.sought.attempt_id, found)
    return doubts


def test_a_sender_that_dies_between_claim_and_send_loses_nothing(desk: Desk):
    desk.sent()
    desk.go_to(AFTER_LEASE)
    assert desk.claim() == []  # never sent again blindly
    look(desk)
    assert desk.row().state == State.AMBIGUOUS
    desk.go_to(AFTER_GRACE)
    look(desk)
    assert (desk.row().state, desk.attempts()[0].outcome) == (State.PLANNED, Outcome.LOST)
    (again,) = desk.claim()
    desk.answer(again, Answer(Meaning.ACCEPTED, sid=SID))
    row = desk.row()
    assert (row.state, row.attempts, row.possible_double) == (State.SENT, 2, False)


def test_a_time_out_after_accept_is_found_at_the_provider_and_not_sent_again(desk: Desk):
    text = desk.sent()
    desk.answer(text, Answer(Meaning.DOUBT))
    assert desk.row().state == State.AMBIGUOUS
    desk.go_to(NOON + dt.timedelta(minutes=1))
    (doubt,) = look(desk, Found(SID, Receipt.SENT))
    assert doubt.sought.body_digest == digest(text.body)
    assert doubt.sought.to == text.to
    assert (desk.row().state, desk.attempts()[0].provider_sid) == (State.SENT, SID)
    desk.go_to(AFTER_GRACE)
    assert desk.claim() == []


def test_a_lease_that_has_not_ended_is_left_alone(desk: Desk):
    desk.sent()
    desk.go_to(NOON + dt.timedelta(minutes=1))
    assert resolving.end_leases() == 0


def test_not_finding_a_text_proves_nothing_before_the_grace_time(desk: Desk):
    desk.answer(desk.sent(), Answer(Meaning.DOUBT))
    for minutes in (1, 5, 14):
        desk.go_to(NOON + dt.timedelta(minutes=minutes))
        look(desk)
        assert desk.row().state == State.AMBIGUOUS


def test_looks_are_spaced(desk: Desk):
    desk.answer(desk.sent(), Answer(Meaning.DOUBT))
    desk.go_to(NOON + dt.timedelta(minutes=2))
    assert len(look(desk)) == 1
    assert look(desk) == []


def test_two_doubts_end_with_a_person(desk: Desk):
    text = desk.sent()
    desk.answer(text, Answer(Meaning.DOUBT))
    desk.go_to(AFTER_GRACE)
    look(desk)
    (again,) = desk.claim()
    desk.answer(again, Answer(Meaning.DOUBT))
    desk.go_to(AFTER_GRACE + GRACE + dt.timedelta(seconds=5))
    look(desk)
    assert (desk.row().state, desk.row().reason) == (State.FAILED, Reason.DOUBT)
    assert WorkItem.objects.get().code == "reminder.doubt"
    assert desk.claim() == []


def test_a_doubt_about_a_past_visit_ends_with_a_person(desk: Desk):
    visit = desk.book()
    desk.plan()
    (text,) = desk.claim()
    desk.answer(text, Answer(Meaning.DOUBT))
    desk.go_to(visit.starts_at)
    look(desk)
    assert desk.row().state == State.FAILED


def test_a_cancelled_visit_is_not_tried_again_after_a_doubt(desk: Desk):
    visit = desk.book()
    desk.plan()
    (text,) = desk.claim()
    desk.answer(text, Answer(Meaning.DOUBT))
    appointments.cancel(appointment=visit, by_patient=True, by=BY)
    desk.go_to(AFTER_GRACE)
    look(desk)
    assert desk.claim() == []
    assert (desk.row().state, desk.row().reason) == (State.SUPPRESSED, Reason.CANCELLED)


def test_a_late_receipt_saves_the_second_try(desk: Desk):
    desk.answer(desk.sent(), Answer(Meaning.DOUBT))
    desk.go_to(AFTER_GRACE)
    look(desk)
    assert desk.row().state == State.PLANNED
    hear(status="delivered", sid=SID, attempt_id=desk.attempts()[0].pk)
    assert desk.row().state == State.DELIVERED
    assert not desk.row().possible_double
    assert desk.claim() == []


def test_a_receipt_later_than_the_second_try_is_marked_as_a_possible_double(desk: Desk):
    desk.answer(desk.sent(), Answer(Meaning.DOUBT))
    desk.go_to(AFTER_GRACE)
    look(desk)
    (again,) = desk.claim()
    hear(status="sent", sid=SID, attempt_id=desk.attempts()[0].pk)
    desk.answer(again, Answer(Meaning.ACCEPTED, sid="SM2"))
    hear(status="delivered", sid="SM2")
    row = desk.row()
    assert (row.state, row.possible_double) == (State.DELIVERED, True)


def test_a_very_late_yes_counts(desk: Desk):
    text = desk.sent()
    desk.answer(text, Answer(Meaning.DOUBT))
    desk.go_to(AFTER_GRACE)
    look(desk)
    assert desk.answer(text, Answer(Meaning.ACCEPTED, sid=SID)) == 0
    assert desk.row().state == State.SENT
    assert desk.claim() == []


def test_a_list_that_cannot_be_read_settles_nothing_until_the_text_is_useless(desk: Desk):
    visit = desk.book()
    desk.plan()
    (text,) = desk.claim()
    desk.answer(text, Answer(Meaning.DOUBT))
    desk.go_to(AFTER_GRACE)
    resolving.record_unreadable(text.attempt_id)
    assert desk.row().state == State.AMBIGUOUS
    desk.go_to(visit.starts_at)
    resolving.record_unreadable(text.attempt_id)
    assert (desk.row().state, desk.row().reason) == (State.FAILED, Reason.DOUBT)


def test_news_that_came_before_still_ends_the_doubt(desk: Desk):
    from reminders.models import Attempt

    desk.answer(desk.sent(), Answer(Meaning.DOUBT))
    Attempt.objects.update(receipt="sent")
    desk.go_to(NOON + dt.timedelta(minutes=1))
    look(desk, Found(SID, Receipt.SENT))
    assert desk.row().state == State.SENT
