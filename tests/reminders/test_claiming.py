"""The claim: everything is checked again, and what changed meanwhile wins (T-REM-07, -08, -11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from portal.appointments import services as appointments
from portal.appointments.models import Status
from portal.people import services as people
from portal.people.models import ContactPoint, ContactSystem
from portal.practices import services as practices
from portal.practices.selectors import settings_of_practice
from portal.tenancy.context import practice_scope
from reminders.models import Attempt, LinkToken, Reason, Reminder
from reminders.rules.states import Outcome, State
from reminders.rules.timing import OffsetKind
from reminders.services import channels, claiming, planning, policies
from reminders.texts import token_hash
from reminders.transports.base import digest
from tests.reminders.conftest import BY, LONDON, NOON, Desk

pytestmark = pytest.mark.django_db


def point_of(desk: Desk) -> ContactPoint:
    return ContactPoint.objects.get(patient=desk.cast.patient("ana"), system=ContactSystem.SMS)


def test_what_is_due_comes_in_order_from_the_index_and_is_joined_to_nothing(desk: Desk):
    """Else each claim reads and sorts all that is due, and may hold it against every patient."""
    desk.book()
    desk.plan()
    with CaptureQueriesContext(connections["default"]) as asked:
        assert desk.claim()
    look = next(each["sql"] for each in asked if each["sql"].endswith("SKIP LOCKED"))
    assert "JOIN" not in look
    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")  # said to be dear: only if there is no index
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {look}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "reminder_due_in_order" in plan
    assert "Sort" not in plan


def test_another_practices_rows_are_never_claimed(desk: Desk):
    desk.book()
    desk.plan()
    with practice_scope(desk.cast.birch.pk):
        assert claiming.claim() == []


def test_a_due_text_is_claimed_with_a_lease_and_an_attempt(desk: Desk):
    desk.book()
    desk.plan()
    (text,) = desk.claim()
    row, attempt = desk.row(), Attempt.objects.get()
    assert text.to == "+447700900101"
    assert text.body.startswith("Hello Ana. You are booked with Cole Staff on Wed 25 Nov at 08:00.")
    assert (row.state, row.attempts, row.segments) == (State.SENDING, 1, 2)
    assert (
        row.lease_until
        == row.due_at
        == pytest.approx(NOON + claiming.LEASE, abs=dt.timedelta(minutes=1))
    )
    assert (attempt.pk, attempt.outcome) == (text.attempt_id, Outcome.OPEN)
    assert attempt.body_digest == digest(text.body)
    assert text.callback_url.endswith(f"/alder/hooks/twilio/status?attempt={attempt.pk}")


def test_a_claimed_row_is_not_claimed_again(desk: Desk):
    desk.sent()
    assert desk.claim() == []


def test_nothing_is_claimed_before_it_is_due(desk: Desk):
    desk.book(NOON + dt.timedelta(hours=30))
    desk.plan()
    assert desk.claim() == []
    desk.go_to(NOON + dt.timedelta(hours=6, minutes=1))
    assert len(desk.claim()) == 1


def test_the_link_in_a_text_is_random_and_only_its_hash_is_kept(desk: Desk):
    text = desk.sent()
    token = text.body.rsplit("/a/", 1)[1].strip("/")
    assert len(token) == 22  # 16 random bytes
    assert LinkToken.objects.get().token_hash == token_hash(token)
    assert token not in str(LinkToken.objects.values().get())


def test_a_discreet_number_gets_discreet_words_and_no_address(desk: Desk):
    people.change_contact_point(point=point_of(desk), discreet=True, by=BY)
    text = desk.sent()
    assert text.body == (
        "Hello Ana. A reminder for Wed 25 Nov, 08:00. Reply C, R or X, or ring 0113 496 0142. "
        "Automatic text."
    )
    assert not LinkToken.objects.exists()


def test_a_video_visit_names_the_zone_of_the_patients_time(desk: Desk):
    ana = desk.cast.patient("ana")
    people.change_patient(patient=ana, version=ana.version, time_zone="Europe/Athens", by=BY)
    desk.book(NOON + dt.timedelta(hours=23), video_url="https://video.example/1")
    desk.plan()
    (text,) = desk.claim()
    assert "on Wed 25 Nov at 13:00 (Athens time)" in text.body


def moved(desk: Desk) -> None:
    visit = desk.visit
    later = (visit.starts_at + dt.timedelta(hours=2)).astimezone(LONDON).replace(tzinfo=None)
    appointments.move(appointment=visit, local_start=later, by=BY, wished_by_patient=True)


def cancelled(desk: Desk) -> None:
    appointments.cancel(appointment=desk.visit, by_patient=True, by=BY)


def arrived(desk: Desk) -> None:
    appointments.record_outcome(appointment=desk.visit, outcome=Status.ARRIVED, by=BY)


def stopped(desk: Desk) -> None:
    people.stop_texts(value="+447700900101", by=BY)


def no_consent(desk: Desk) -> None:
    people.withdraw_consent(point=point_of(desk), by=BY)


def bad_number(desk: Desk) -> None:
    people.mark_bad(point=point_of(desk), by=BY)


def no_number(desk: Desk) -> None:
    people.remove_contact_point(point=point_of(desk), by=BY)


def paused(desk: Desk) -> None:
    people.pause_automation(patient=desk.cast.patient("ana"), paused=True, by=BY)


def record_ended(desk: Desk) -> None:
    people.end_record(patient=desk.cast.patient("ana"), by=BY)


def texts_off(desk: Desk) -> None:
    practices.change_settings(settings=settings_of_practice(), texts_enabled=False, by=BY)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (moved, Reason.MOVED),
        (cancelled, Reason.CANCELLED),
        (arrived, Reason.BEGUN),
        (stopped, Reason.STOPPED),
        (no_consent, Reason.NO_CONSENT),
        (bad_number, Reason.BAD_NUMBER),
        (no_number, Reason.NO_NUMBER),
        (paused, Reason.PAUSED),
        (record_ended, Reason.ENDED),
        (texts_off, Reason.TEXTS_OFF),
    ],
)
def test_what_changed_between_plan_and_claim_stops_the_text(
    desk: Desk, change: Callable[[Desk], None], reason: Reason
):
    desk.visit = desk.book()
    desk.plan()
    change(desk)
    assert desk.claim() == []
    row = desk.row()
    assert (row.state, row.reason) == (State.SUPPRESSED, reason)
    assert row.settled_at is not None
    assert not Attempt.objects.exists()


def test_a_confirmed_visit_needs_no_text_where_the_policy_says_so(desk: Desk):
    policies.retire_policy(policy=desk.policy, by=BY)
    policies.add_policy(
        name="Only if open",
        kind=OffsetKind.HOURS_BEFORE,
        offset=23,
        skip_when_confirmed=True,
        by=BY,
    )
    visit = desk.book()
    desk.plan()
    appointments.confirm(appointment=visit, by=BY)
    assert desk.claim() == []
    assert desk.row().reason == Reason.CONFIRMED


def test_a_confirmed_visit_is_reminded_of_by_default(desk: Desk):
    visit = desk.book()
    desk.plan()
    appointments.confirm(appointment=visit, by=BY)
    assert len(desk.claim()) == 1


def test_a_backlog_sends_nothing_after_the_visit_began(desk: Desk):
    visit = desk.book()
    desk.plan()
    desk.go_to(visit.starts_at + dt.timedelta(minutes=1))
    assert desk.claim() == []
    assert (desk.row().state, desk.row().reason) == (State.EXPIRED, Reason.TOO_LATE)


def test_a_backlog_at_night_waits_for_the_morning(desk: Desk):
    desk.book(NOON + dt.timedelta(hours=23))  # Wednesday 11:00
    desk.plan()
    desk.go_to(NOON.replace(hour=22))
    assert desk.claim() == []
    row = desk.row()
    assert row.state == State.PLANNED
    assert row.due_at.astimezone(LONDON).strftime("%a %H:%M") == "Wed 08:00"
    desk.go_to(row.due_at)
    assert len(desk.claim()) == 1


def test_a_backlog_at_night_is_dropped_when_the_morning_is_too_late(desk: Desk):
    desk.book()  # Wednesday 08:00
    desk.plan()
    desk.go_to(NOON.replace(hour=22))
    assert desk.claim() == []
    assert (desk.row().state, desk.row().reason) == (State.EXPIRED, Reason.QUIET)


def test_safe_hours_hold_like_quiet_hours(desk: Desk):
    people.change_contact_point(
        point=point_of(desk), safe_from=dt.time(17), safe_until=dt.time(19), by=BY
    )
    desk.book(NOON + dt.timedelta(hours=23))
    desk.plan()
    assert desk.claim() == []
    desk.go_to(NOON.replace(hour=17, minute=5))
    assert len(desk.claim()) == 1


def test_of_two_late_texts_about_one_visit_only_the_later_goes(desk: Desk):
    policies.add_policy(name="Two days", kind=OffsetKind.HOURS_BEFORE, offset=47, by=BY)
    desk.book()
    desk.plan()
    (text,) = desk.claim()
    states = {row.policy_step: (row.state, row.reason) for row in desk.rows()}
    assert states == {
        "hours_before:47": (State.SUPPRESSED, Reason.OVERTAKEN),
        "hours_before:24": (State.SENDING, Reason.NONE),
    }
    assert Attempt.objects.get().pk == text.attempt_id


def test_a_stopped_channel_holds_rows_and_resumes_them(desk: Desk):
    desk.book()
    desk.plan()
    channels.stop(cause="our_fault", code=20003)
    assert desk.claim() == []
    assert desk.row().state == State.PLANNED
    channels.resume(by=desk.cast.eve.viewer)
    desk.go_to(NOON + claiming.HELD + dt.timedelta(minutes=1))
    assert len(desk.claim()) == 1


def test_a_stopped_channel_lets_useless_rows_end(desk: Desk):
    visit = desk.book()
    desk.plan()
    channels.stop(cause="our_fault", code=20003)
    desk.go_to(visit.starts_at)
    assert desk.claim() == []
    assert desk.row().state == State.EXPIRED


def test_at_most_a_batch_is_claimed_at_once(desk: Desk):
    for patient, clinician in (("ana", "cole"), ("ben", "cleo")):
        desk.book(patient=patient, clinician=clinician)
    desk.plan()
    assert len(claiming.claim(limit=1)) == 1
    assert len(claiming.claim(limit=1)) == 1
    assert claiming.claim(limit=1) == []


def test_claiming_asks_the_same_number_of_questions_for_many_rows(
    desk: Desk, django_assert_max_num_queries
):
    for hours in range(15, 24):
        desk.book(NOON + dt.timedelta(hours=hours), patient="ana" if hours % 2 else "ben")
    planning.plan()
    with django_assert_max_num_queries(19):
        assert len(desk.claim()) == 2
    assert {row.state for row in desk.rows()} == {State.SENDING}


def test_rows_of_a_rolled_back_claim_are_free_again(desk: Desk):
    from django.db import transaction

    desk.book()
    desk.plan()
    with transaction.atomic():
        desk.claim()
        transaction.set_rollback(True)
    assert Reminder.objects.get().state == State.PLANNED
    assert not Attempt.objects.exists()
