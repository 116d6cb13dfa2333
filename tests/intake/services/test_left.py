"""A form with a risk that is left unfinished: ten minutes later somebody is told (T-RISK)."""

from __future__ import annotations

import datetime as dt

import pytest

from intake.models import Assignment, Flag
from intake.services import left
from portal import clock
from portal.work.models import WorkItem, WorkState
from tests.cast import Cast
from tests.intake.conftest import fill_in, phq9_places, send

pytestmark = pytest.mark.django_db


def pass_by(minutes: float) -> None:
    """Let so much time go by."""
    clock.move_to(clock.now() + dt.timedelta(minutes=minutes))


def test_ten_minutes_after_the_last_answer_the_lead_clinician_is_told_once(
    cast: Cast, asked: Assignment
):
    fill_in(asked, {"q9": 1}, by=cast.ana)
    pass_by(9)
    assert not left.look_at(asked.pk)
    assert not WorkItem.objects.exists()
    pass_by(2)
    assert left.look_at(asked.pk)
    assert not left.look_at(asked.pk)
    alert = WorkItem.objects.get()
    assert (alert.assigned_to, alert.state) == (cast.cole.membership, WorkState.OPEN)
    flag = Flag.objects.get()
    assert (flag.work_item, flag.due_at) == (alert, None)


def test_who_still_writes_is_waited_for(cast: Cast, asked: Assignment):
    fill_in(asked, {"q9": 1}, by=cast.ana)
    pass_by(8)
    fill_in(asked, {"q1": 1}, by=cast.ana)
    pass_by(4)
    assert not left.look_at(asked.pk)
    assert not WorkItem.objects.exists()
    pass_by(7)
    assert left.look_at(asked.pk)


def test_a_form_that_was_sent_after_it_was_left_has_one_alert(cast: Cast, asked: Assignment):
    fill_in(asked, phq9_places(1, 1, 1, 1, 1, 1, 1, 1, 1), by=cast.ana)
    pass_by(11)
    left.look_at(asked.pk)
    send(asked, by=cast.ana)
    assert WorkItem.objects.count() == 1


def test_a_form_that_was_sent_waits_for_nothing(cast: Cast, asked: Assignment):
    fill_in(asked, phq9_places(1, 1, 1, 1, 1, 1, 1, 1, 1), by=cast.ana)
    send(asked, by=cast.ana)
    assert Flag.objects.get().due_at is None


def test_a_form_without_a_risk_is_left_in_peace(cast: Cast, asked: Assignment):
    fill_in(asked, {"q1": 2}, by=cast.ana)
    pass_by(30)
    assert not left.look_at(asked.pk)
    assert not WorkItem.objects.exists()
