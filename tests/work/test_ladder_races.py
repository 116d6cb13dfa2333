"""The ladder with real commits: two sweeps, people who act meanwhile, a process that dies."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from portal import clock
from portal.audit import services as audit
from portal.practices.models import PracticeStatus
from portal.tenancy.context import practice_scope
from portal.work import ladder
from portal.work import services as work
from portal.work.models import AlertRung, RungState, WorkItem, WorkStep
from reminders.dispatcher import Dispatcher
from tests.cast import SET_UP, Cast
from tests.environment.fixtures import CommittedDatabase

pytestmark = pytest.mark.committed
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


class _KilledError(BaseException):
    """The process is gone: nothing catches this."""


@pytest.fixture
def alerts(committed_db: CommittedDatabase, cast: Cast) -> list[WorkItem]:
    """Twenty of them, raised at noon; it is a quarter past."""
    with practice_scope(cast.alder.pk):
        clock.move_to(NOON)
        ana = cast.patient("ana")
        made = [
            work.raise_alert(code=f"t{n}", title="T", patient_id=ana.pk, source=ana, by=SET_UP)
            for n in range(20)
        ]
        clock.move_to(NOON + dt.timedelta(minutes=16))
    return made


def verbs(cast: Cast) -> list[str]:
    with practice_scope(cast.alder.pk):
        return list(WorkStep.objects.exclude(verb="raised").values_list("verb", flat=True))


def at_once(*acts: Callable[[], object]) -> list[object]:
    gate = threading.Barrier(len(acts))

    def go(act: Callable[[], object]) -> object:
        try:
            gate.wait(timeout=10)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(go, acts))


def test_two_sweeps_at_once_take_each_rung_once(cast: Cast, alerts: list[WorkItem]) -> None:
    at_once(ladder.sweep, ladder.sweep)
    ladder.sweep()
    assert verbs(cast) == ["moved on"] * 20


def test_acknowledged_in_the_same_moment_it_is_one_or_the_other_and_never_stuck(
    cast: Cast, alerts: list[WorkItem]
) -> None:
    def acknowledge() -> None:
        for item in alerts:
            with practice_scope(cast.alder.pk):
                work.acknowledge(item=item, by=cast.cole.viewer)

    at_once(ladder.sweep, acknowledge)
    with practice_scope(cast.alder.pk):
        assert not AlertRung.objects.filter(state=RungState.WAITING).exists()
        for item in alerts:
            steps = WorkStep.objects.filter(item=item).order_by("at", "pk")
            last = list(steps.values_list("verb", flat=True))[-1]
            assert last == "acknowledged", "nothing moves what somebody has taken on"


def test_killed_within_a_step_the_next_sweep_takes_it(
    cast: Cast, alerts: list[WorkItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = audit.record
    left = iter(range(5))

    def die(*args: object, **named: object) -> object:
        if next(left, None) is None:
            raise _KilledError
        return record(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(audit, "record", die)
    with pytest.raises(_KilledError):
        ladder.sweep()
    assert verbs(cast) == ["moved on"] * 5
    monkeypatch.undo()
    assert ladder.sweep() == 15
    assert verbs(cast) == ["moved on"] * 20


def test_the_dispatcher_moves_alerts_also_where_no_texts_are_sent(
    cast: Cast, alerts: list[WorkItem]
) -> None:
    with practice_scope(cast.alder.pk):
        cast.alder.status = PracticeStatus.SETTING_UP
        cast.alder.save()
    Dispatcher(threads=0).turn()
    assert verbs(cast) == ["moved on"] * 20
