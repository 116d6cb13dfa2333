"""Forms whose day is two months past end by themselves, in every practice."""

from __future__ import annotations

import datetime as dt

import pytest

from intake.models import AssignmentState
from intake.services import assignments
from intake.tasks import KEPT_OPEN, end_old_forms
from portal import clock
from tests.cast import Cast
from tests.intake.conftest import in_use, inside

pytestmark = pytest.mark.django_db


def test_old_forms_end_and_newer_ones_stay(cast: Cast) -> None:
    made = []
    for practice, patient, by in ((cast.alder, "ana", "cole"), (cast.birch, "zoe", "yan")):
        with inside(practice):
            today = clock.today(practice.time_zone)
            for name, age in (("phq-9", 1), ("gad-7", 0)):
                assignment = assignments.assign(
                    patient=cast.patient(patient),
                    version=in_use(name),
                    due_on=today - KEPT_OPEN - dt.timedelta(days=age),
                    by=cast.people[by].viewer,
                )
                made.append((practice, assignment))
    for _ in range(2):
        end_old_forms()
    states = []
    for practice, assignment in made:
        with inside(practice):
            assignment.refresh_from_db()
        states.append(assignment.state)
    assert states == [AssignmentState.EXPIRED, AssignmentState.ASSIGNED] * 2
