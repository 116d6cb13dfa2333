"""What came back: answers, receipts, and what follows (T-REM-09, -13)."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from uuid import uuid4

import pytest

from portal.people.models import ContactPoint, contact_token
from portal.tenancy.context import practice_scope
from portal.work.models import WorkItem
from reminders.models import Attempt, ChannelStop, DeliveryEvent, Reason
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import Outcome, Receipt, State
from reminders.services import outcomes
from tests.reminders.conftest import NOON, Desk, hear

pytestmark = pytest.mark.django_db

SID = "SM" + "1" * 32


def receipt(desk: Desk, status: str, *, code: int | None = None, **more) -> bool:
    attempt = desk.attempts()[0]
    return hear(status=status, sid=SID, attempt_id=attempt.pk, code=code, **more)


def accepted(desk: Desk) -> None:
    desk.answer(desk.sent(), Answer(Meaning.ACCEPTED, sid=SID))


def test_another_practices_receipt_finds_nothing_here(desk: Desk):
    accepted(desk)
    attempt = desk.attempts()[0]
    with practice_scope(desk.cast.birch.pk):
        assert not hear(status="failed", sid=SID, attempt_id=attempt.pk)
    assert desk.row().state == State.SENT


def test_an_accepted_text_is_sent(desk: Desk):
    accepted(desk)
    row, (attempt,) = desk.row(), desk.attempts()
    assert (row.state, row.lease_until) == (State.SENT, None)
    assert row.sent_at is not None
    assert (attempt.outcome, attempt.provider_sid) == (Outcome.ACCEPTED, SID)


def test_a_delivered_text_is_delivered(desk: Desk):
    accepted(desk)
    assert receipt(desk, "delivered")
    assert desk.row().state == State.DELIVERED


def test_a_receipt_that_comes_before_the_answer_counts(desk: Desk):
    text = desk.sent()
    assert receipt(desk, "delivered")
    assert desk.answer(text, Answer(Meaning.ACCEPTED, sid=SID)) == 0
    assert desk.row().state == State.DELIVERED


def test_a_lost_answer_is_found_by_its_receipt(desk: Desk):
    desk.answer(desk.sent(), Answer(Meaning.DOUBT))
    assert desk.row().state == State.AMBIGUOUS
    assert receipt(desk, "sent")
    assert desk.row().state == State.SENT


STORIES = [
    (["queued", "sending", "sent", "delivered"], None, State.DELIVERED),
    (["queued", "sent", "undelivered"], 30006, State.UNDELIVERED),
    (["queued", "failed"], 30007, State.FAILED),
]


@pytest.mark.parametrize(("story", "code", "end"), STORIES)
def test_receipts_five_times_and_shuffled_end_right_and_never_go_back(desk: Desk, story, code, end):
    accepted(desk)
    news = story * 5
    random.Random(7).shuffle(news)
    seen = []
    for status in news:
        receipt(desk, status, code=code if status in {"undelivered", "failed"} else None)
        seen.append(State(desk.row().state))
    assert seen[-1] == end
    after_end = list(itertools.dropwhile(lambda s: s is not end, seen))
    assert set(after_end) == {end}
    assert DeliveryEvent.objects.count() == len(story)


def test_a_strange_word_is_kept_and_changes_nothing(desk: Desk):
    accepted(desk)
    assert not receipt(desk, "teleported")
    assert DeliveryEvent.objects.get().status == "teleported"
    assert desk.row().state == State.SENT


def test_news_about_somebody_elses_message_is_kept_apart(desk: Desk):
    accepted(desk)
    attempt = desk.attempts()[0]
    other = "SM" + "2" * 32
    assert not hear(status="failed", sid=other, attempt_id=attempt.pk)
    assert not hear(status="failed", sid=other, attempt_id=uuid4())
    assert DeliveryEvent.objects.get().attempt is None
    assert desk.row().state == State.SENT


def test_a_receipt_is_found_by_the_providers_id_alone(desk: Desk):
    accepted(desk)
    assert hear(status="delivered", sid=SID)
    assert desk.row().state == State.DELIVERED


# --- Answers that are no yes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state", "reason", "task"),
    [
        (Answer(Meaning.OPTED_OUT, code=21610), State.SUPPRESSED, Reason.STOPPED, None),
        (Answer(Meaning.BAD_NUMBER, code=21211), State.FAILED, Reason.BAD_NUMBER, "bad_number"),
        (Answer(Meaning.FILTERED, code=30007), State.FAILED, Reason.FILTERED, "not_sent"),
        (Answer(Meaning.UNKNOWN, code=99999), State.FAILED, Reason.UNKNOWN_CODE, "not_sent"),
        (Answer(Meaning.UNKNOWN), State.FAILED, Reason.UNKNOWN_CODE, "not_sent"),
    ],
)
def test_a_refused_text_ends_and_a_person_hears_of_it(desk: Desk, answer, state, reason, task):
    desk.answer(desk.sent(), answer)
    row = desk.row()
    assert (row.state, row.reason) == (state, reason)
    assert desk.attempts()[0].outcome == Outcome.REFUSED
    codes = set(WorkItem.objects.values_list("code", flat=True))
    assert codes == ({f"reminder.{task}"} if task else set())
    assert desk.claim() == []


def test_an_opt_out_at_the_provider_stops_texts_here(desk: Desk):
    desk.answer(desk.sent(), Answer(Meaning.OPTED_OUT, code=21610))
    assert (
        ContactPoint.objects.get(value_token=contact_token("+447700900101")).stopped_at is not None
    )


def test_a_bad_number_is_marked_and_not_texted_again(desk: Desk):
    desk.answer(desk.sent(), Answer(Meaning.BAD_NUMBER, code=21211))
    assert (
        ContactPoint.objects.get(value_token=contact_token("+447700900101")).bad_since is not None
    )


@pytest.mark.parametrize("meaning", [Meaning.TOO_FAST, Meaning.UNSENT])
def test_a_closed_door_is_tried_again_soon_and_not_counted(desk: Desk, meaning):
    desk.answer(desk.sent(), Answer(meaning))
    row = desk.row()
    assert (row.state, row.attempts, row.waits) == (State.PLANNED, 0, 1)
    assert NOON < row.due_at < NOON + dt.timedelta(minutes=1)
    desk.go_to(row.due_at)
    assert len(desk.claim()) == 1
    assert [a.outcome for a in desk.attempts()] == [Outcome.UNSENT, Outcome.OPEN]


def test_too_fast_many_times_still_counts_as_no_attempt(desk: Desk):
    text = desk.sent()
    for _ in range(5):
        desk.answer(text, Answer(Meaning.TOO_FAST))
        desk.go_to(desk.row().due_at)
        (text,) = desk.claim()
    desk.answer(text, Answer(Meaning.ACCEPTED, sid=SID))
    assert (desk.row().state, desk.row().attempts) == (State.SENT, 1)


def test_our_own_fault_stops_the_channel_and_keeps_the_text(desk: Desk):
    desk.answer(desk.sent(), Answer(Meaning.OUR_FAULT, code=20003))
    assert desk.row().state == State.PLANNED
    stop = ChannelStop.objects.get()
    assert (stop.cause, stop.error_code) == ("our_fault", 20003)
    item = WorkItem.objects.get()
    assert (item.code, item.audience) == ("reminder.texts_stopped", "manager")


def test_a_later_code_is_tried_once_more_half_an_hour_later(desk: Desk):
    accepted(desk)
    receipt(desk, "undelivered", code=30003)
    row = desk.row()
    assert row.state == State.PLANNED
    assert row.due_at >= NOON + dt.timedelta(minutes=29)
    desk.go_to(row.due_at)
    (again,) = desk.claim()
    desk.answer(again, Answer(Meaning.ACCEPTED, sid="SM2"))
    hear(status="undelivered", sid="SM2", code=30003)
    assert (desk.row().state, desk.row().reason) == (State.UNDELIVERED, Reason.NETWORK)
    assert WorkItem.objects.get().code == "reminder.not_sent"


def test_a_later_code_shortly_before_the_visit_is_not_tried_again(desk: Desk):
    visit = desk.book()
    desk.plan()
    desk.go_to(visit.starts_at - dt.timedelta(minutes=10) - dt.timedelta(hours=12))
    (text,) = desk.claim()
    desk.answer(text, Answer(Meaning.ACCEPTED, sid=SID))
    desk.go_to(visit.starts_at - dt.timedelta(minutes=40))
    receipt(desk, "undelivered", code=30003)
    assert desk.row().state == State.UNDELIVERED


def test_a_text_that_arrives_after_all_is_not_sent_a_second_time(desk: Desk):
    accepted(desk)
    receipt(desk, "undelivered", code=30003)
    attempt = desk.attempts()[0]
    Attempt.objects.filter(pk=attempt.pk).update(receipt="sent")
    receipt(desk, "delivered")
    assert desk.row().state == State.DELIVERED
    desk.go_to(NOON + dt.timedelta(hours=1))
    assert desk.claim() == []


def test_three_blocked_texts_in_a_quarter_of_an_hour_stop_the_channel(desk: Desk):
    for hours in (15, 17, 19):
        assert not ChannelStop.objects.exists()
        desk.book(NOON + dt.timedelta(hours=hours))
        desk.plan()
        (text,) = desk.claim()
        desk.answer(text, Answer(Meaning.FILTERED, code=30007))
    assert ChannelStop.objects.get().cause == "filtered"


def test_an_answer_with_news_is_delivered_at_once(desk: Desk):
    desk.answer(desk.sent(), Answer(Meaning.ACCEPTED, sid=SID, receipt=Receipt.DELIVERED))
    assert desk.row().state == State.DELIVERED
    assert DeliveryEvent.objects.get().status == "delivered"


def test_an_answer_for_an_unknown_attempt_is_nobodys(desk: Desk):
    assert outcomes.record_answers([(uuid4(), Answer(Meaning.ACCEPTED, sid=SID))]) == 0
