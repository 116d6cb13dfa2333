"""A batch recorded at once ends as the same answers one by one."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from reminders.models import Attempt, Reminder
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from reminders.services import recording, resolving
from tests.reminders.conftest import NOON, Desk, hear

TAKEN = Answer(Meaning.ACCEPTED, sid="SM1")


def _out(desk: Desk, count: int) -> list[Any]:
    for hour in range(count):
        desk.book_another(NOON + dt.timedelta(hours=5 + hour))
    desk.plan()
    return desk.claim()


def test_a_batch_is_six_statements_however_long(desk: Desk, django_assert_max_num_queries: Any):
    texts = _out(desk, 9)
    answers = [(t.attempt_id, Answer(Meaning.ACCEPTED, sid=f"SM{n}")) for n, t in enumerate(texts)]
    with django_assert_max_num_queries(6):
        assert recording.record_answers(answers[:3]) == 3
    with django_assert_max_num_queries(6):
        assert recording.record_answers(answers[3:]) == 6
    assert {row.state for row in desk.rows()} == {State.SENT}
    assert {a.provider_sid for a in desk.attempts()} == {f"SM{n}" for n in range(9)}


@pytest.mark.parametrize(
    "odd",
    [
        Answer(Meaning.DOUBT),
        Answer(Meaning.TOO_FAST, code=20429),
        Answer(Meaning.BAD_NUMBER, code=21211),
        Answer(Meaning.UNKNOWN, code=12345),
    ],
    ids=lambda answer: answer.meaning.name,
)
def test_one_odd_answer_in_a_batch_is_handled_with_care(desk: Desk, odd: Answer):
    texts = _out(desk, 3)
    answers = [TAKEN, odd, Answer(Meaning.ACCEPTED, sid="SM3")]
    recording.record_answers(
        [(text.attempt_id, answer) for text, answer in zip(texts, answers, strict=True)]
    )
    by_attempt = {row.pk: row for row in Attempt.objects.select_related("reminder")}
    states = [by_attempt[text.attempt_id].reminder.state for text in texts]
    assert states[0] == states[2] == State.SENT
    assert states[1] != State.SENT


def test_an_answer_after_the_lease_only_fills_in_what_the_careful_way_would(desk: Desk):
    (text,) = _out(desk, 1)
    Reminder.objects.update(lease_until=NOON - dt.timedelta(hours=1))
    resolving.end_leases()
    assert desk.row().state == State.AMBIGUOUS
    assert recording.record_answers([(text.attempt_id, TAKEN)]) == 1
    assert desk.row().state == State.SENT


def test_a_receipt_that_overtook_its_answer_stays(desk: Desk):
    (text,) = _out(desk, 1)
    hear(status="delivered", sid="SM1", attempt_id=text.attempt_id)
    assert recording.record_answers([(text.attempt_id, TAKEN)]) == 0
    assert desk.row().state == State.DELIVERED
    (attempt,) = desk.attempts()
    assert attempt.receipt == "delivered"


def test_an_unknown_attempt_changes_nothing(desk: Desk):
    assert recording.record_answers([(uuid.uuid4(), TAKEN)]) == 0


def test_the_same_answer_twice_counts_once(desk: Desk):
    (text,) = _out(desk, 1)
    assert recording.record_answers([(text.attempt_id, TAKEN)]) == 1
    before = desk.row()
    assert recording.record_answers([(text.attempt_id, TAKEN)]) == 0
    after = desk.row()
    assert (after.state, after.sent_at) == (State.SENT, before.sent_at)
