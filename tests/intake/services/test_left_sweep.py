"""The sweep over practices, as the dispatcher runs it: with real commits."""

from __future__ import annotations

import datetime as dt

import pytest

from intake.services import assignments, left
from portal import clock
from portal.tenancy.context import practice_scope
from portal.work.models import WorkItem
from tests.cast import Cast
from tests.environment.fixtures import CommittedDatabase
from tests.intake.conftest import fill_in, in_use

pytestmark = pytest.mark.committed


def test_the_sweep_finds_a_form_that_was_left(committed_db: CommittedDatabase, cast: Cast):
    with practice_scope(cast.alder.pk):
        asked = assignments.assign(
            patient=cast.patient("ana"), version=in_use("phq-9"), by=cast.cole.viewer
        )
        fill_in(asked, {"q9": 1}, by=cast.ana)
    assert left.sweep() == 0
    clock.move_to(clock.now() + dt.timedelta(minutes=11))
    assert left.practices_with_left_forms(clock.now()) == [cast.alder.pk]
    assert left.sweep() == 1
    with practice_scope(cast.alder.pk):
        assert WorkItem.objects.get().assigned_to == cast.cole.membership
    assert left.practices_with_left_forms(clock.now()) == []
