"""Many rows in one statement, and only one's own."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.appointments.models import Appointment
from portal.practices.selectors import current_practice, settings_of_practice
from portal.tenancy.bulk import insert_rows, write_rows
from portal.tenancy.context import practice_scope
from reminders.models import Attempt, InboundMessage, NewAttempt, Reminder, keep_attempts
from reminders.planner import Wish, visit_wishes
from reminders.services import planning
from tests.cast import Cast
from tests.reminders.conftest import NOON, Desk, desk

__all__ = ["desk"]


def test_each_row_gets_its_own_values(desk: Desk):
    for hour in (18, 20):
        desk.book(NOON + dt.timedelta(hours=hour))
    desk.plan()
    desk.claim()
    rows = desk.rows()
    for number, row in enumerate(rows):
        row.segments, row.current_attempt = number + 5, None
        row.state = "planned"
    write_rows(rows, ["segments", "current_attempt", "state"])
    assert [row.segments for row in desk.rows()] == [number + 5 for number in range(len(rows))]
    assert all(row.current_attempt is None for row in desk.rows())


def test_nothing_to_write_is_no_statement(desk: Desk, django_assert_num_queries):
    with django_assert_num_queries(0):
        write_rows([], ["state"])


def test_a_row_of_another_practice_is_not_written(desk: Desk, cast: Cast):
    desk.sent()
    row = desk.row()
    row.segments = 77
    with practice_scope(cast.birch.pk):
        write_rows([row], ["segments"])
    assert desk.row().segments != 77


def test_values_travel_as_they_are(desk: Desk):
    wish = visit_wish(desk)._replace(step='odd "step" \\, {1}, NULL', due_at=None)
    assert planning._make([wish, wish], NOON) == 1
    row = desk.row()
    assert row.policy_step == wish.step
    assert (row.wanted_at, row.expires_at) == (wish.wanted_at, wish.expires_at)
    assert row.settled_at == NOON


def test_new_rows_are_what_they_were_made_of(desk: Desk):
    desk.sent()
    row = desk.row()
    made = [
        attempt_of(row, number=number, transport='odd "way" \\, {1}', also=also)
        for number, also in ((7, []), (8, [uuid.uuid4(), uuid.uuid4()]))
    ]
    keep_attempts(made, NOON)
    for each in made:
        read = Attempt.objects.get(pk=each.id)
        assert (read.reminder_id, read.contact_point_id) == (row.pk, None)
        assert (read.number, read.transport, read.also) == (each.number, each.transport, each.also)
        assert (read.body_digest, read.created_at, read.outcome) == ("NULL", NOON, "open")
        assert (read.answered_at, read.error_code, read.account_id) == (None, None, None)


def test_new_rows_are_of_the_practice_that_one_is_in(desk: Desk, cast: Cast):
    desk.sent()
    made = attempt_of(desk.row())
    with practice_scope(cast.birch.pk), transaction.atomic():
        keep_attempts([made], NOON)
        with pytest.raises(IntegrityError):  # its reminder is not there
            transaction.get_connection().check_constraints()
        transaction.set_rollback(True)


def test_a_row_that_is_there_already_wins_only_where_that_was_asked(desk: Desk):
    desk.sent()
    made = attempt_of(desk.row())
    keep_attempts([made], NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        keep_attempts([made], NOON)


def attempt_of(row: Reminder, **more: Any) -> NewAttempt:
    facts: dict[str, Any] = {"number": 7, "transport": "x", "body_digest": "NULL", "also": []}
    facts |= {"id": uuid.uuid4(), "reminder": row.pk, "contact_point": None, "account": None}
    return NewAttempt(**{**facts, **more})


def visit_wish(desk: Desk) -> Wish:
    desk.book()
    practice, settings = current_practice(), settings_of_practice()
    (wish,) = visit_wishes(
        practice=practice, settings=settings, policies=[desk.policy], now=clock.now()
    )
    return wish


@pytest.mark.parametrize(
    ("model", "field"),
    [(Attempt, "also"), (InboundMessage, "body"), (Appointment, "external_seen")],
)
def test_what_cannot_travel_as_an_array_is_refused(desk: Desk, model: type, field: str):
    with pytest.raises(ValueError, match="cannot be written in bulk"):
        write_rows([model()], [field])
    with pytest.raises(ValueError, match="cannot be written in bulk"):
        insert_rows(InboundMessage, ["body"], [("x",)], same={})
    assert Reminder.objects.count() == 0
