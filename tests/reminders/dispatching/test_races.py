"""Changes within the moment of the claim (T-REM-07, -08)."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connections

from portal.appointments import services as appointments
from portal.people import services as people
from portal.tenancy.context import practice_scope
from reminders.models import Attempt, Reason
from reminders.rules.states import State
from reminders.services import claiming
from tests.reminders.conftest import BY, NOON, Desk
from tests.reminders.dispatching.conftest import here, row

pytestmark = [pytest.mark.committed, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]


def test_two_claims_at_once_never_take_the_same_row(desk: Desk):
    with practice_scope(desk.cast.alder.pk):
        for hours in range(15, 24):
            desk.book(NOON + dt.timedelta(hours=hours))
        desk.plan()
    gate = threading.Barrier(2)

    def claim(_: int) -> list[UUID]:
        try:
            with practice_scope(desk.cast.alder.pk):
                gate.wait(timeout=10)
                return [text.attempt_id for text in claiming.claim(limit=6)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(claim, range(2))
    # What one claim has locked the other leaves out, so a few rows may wait for the next look.
    assert not set(first) & set(second)
    with practice_scope(desk.cast.alder.pk):
        assert Attempt.objects.count() == len(first) + len(second)
        reminders = [attempt.reminder_id for attempt in desk.attempts()]
        assert len(set(reminders)) == len(reminders)


@pytest.mark.parametrize("change", ["cancel", "stop"])
def test_a_claim_leaves_a_row_alone_while_its_visit_or_number_is_being_changed(
    desk: Desk, change: str
):
    visit = here(desk, desk.book)
    here(desk, desk.plan)
    begun, go_on = threading.Event(), threading.Event()

    def change_it() -> None:
        try:
            with practice_scope(desk.cast.alder.pk):
                if change == "cancel":
                    appointments.cancel(appointment=visit, by_patient=True, by=BY)  # type: ignore[arg-type]
                else:
                    people.stop_texts(value="+447700900101", by=BY)
                begun.set()
                go_on.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=change_it)
    thread.start()
    assert begun.wait(10)
    assert here(desk, desk.claim) == []
    assert row(desk).state == State.PLANNED
    go_on.set()
    thread.join(10)
    assert here(desk, desk.claim) == []
    assert row(desk).reason == (Reason.CANCELLED if change == "cancel" else Reason.STOPPED)
