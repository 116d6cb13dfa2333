"""A sweep enters the practices in which something may have changed, and each one in its hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from benchmarks.texts.planning import idle_sweep_ms
from intake.services import assignments
from portal.appointments import services as appointments
from portal.appointments.models import Appointment, Status
from portal.people import services as people
from portal.people.models import ContactPoint, ContactSystem
from portal.practices import services as practices
from portal.practices.selectors import settings_of_practice
from portal.tenancy.context import practice_scope
from reminders.models import DeliveryEvent, PlanningNews
from reminders.rounds import EVERY, Rounds
from reminders.rules.timing import OffsetKind
from reminders.services import planning, policies, receiving
from reminders.services.due import practices_with_news
from tests.cast import Cast
from tests.environment.fixtures import CommittedDatabase
from tests.reminders.conftest import BY, LONDON, NOON, Desk, furnish
from tests.reminders.test_planning_kinds import asked

SOON = NOON + dt.timedelta(minutes=1)


@pytest.fixture
def desk(committed_db: CommittedDatabase, cast: Cast) -> Iterator[Desk]:
    """Alder at noon with a visit of Ana's, committed; both practices are planned."""
    with practice_scope(cast.alder.pk):
        made = furnish(cast)
        made.visit = made.book()
    for practice in (cast.alder, cast.birch):
        with practice_scope(practice.pk):
            planning.plan()
    yield made
    connections.close_all()


def news(desk: Desk) -> set[str]:
    names = {desk.cast.alder.pk: "alder", desk.cast.birch.pk: "birch"}
    return {names[practice] for practice in practices_with_news(SOON)}


def moved(desk: Desk) -> None:
    later = desk.visit.starts_at.astimezone(LONDON).replace(tzinfo=None) + dt.timedelta(hours=1)
    appointments.move(appointment=desk.visit, local_start=later, by=BY, wished_by_patient=True)


def withdrawn(desk: Desk) -> None:
    form = asked(desk)
    planning.plan()
    assignments.withdraw(assignment=form, by=desk.cast.cole.viewer)


def not_come(desk: Desk) -> None:
    desk.go_to(desk.visit.ends_at)
    appointments.record_outcome(appointment=desk.visit, outcome=Status.NO_SHOW, by=BY)
    desk.go_to(NOON)
    PlanningNews.objects.update(due_at=NOON)


def travelled(desk: Desk) -> None:
    ana = desk.cast.patient("ana")
    people.change_patient(patient=ana, version=ana.version, time_zone="Asia/Tokyo", by=BY)


def safe_hours(desk: Desk) -> None:
    point = ContactPoint.objects.get(patient=desk.cast.patient("ana"), system=ContactSystem.SMS)
    point.safe_from, point.safe_until = dt.time(10), dt.time(12)
    point.save(update_fields=["safe_from", "safe_until"])


def settings_changed(**change: Any) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        practices.change_settings(settings=settings_of_practice(), by=BY, **change)

    return act


CHANGES: dict[str, Callable[[Desk], object]] = {
    "booked": lambda desk: desk.book(NOON + dt.timedelta(hours=30), clinician="cleo"),
    "moved": moved,
    "cancelled": lambda desk: appointments.cancel(appointment=desk.visit, by_patient=True, by=BY),
    "confirmed": lambda desk: appointments.confirm(appointment=desk.visit, by=BY),
    "not come": not_come,
    "deleted": lambda desk: Appointment.objects.filter(pk=desk.visit.pk)._raw_delete("default"),
    "asked for a form": asked,
    "took a form back": withdrawn,
    "policy": lambda desk: policies.add_policy(
        name="Two hours", kind=OffsetKind.HOURS_BEFORE, offset=2, by=BY
    ),
    "policy retired": lambda desk: policies.retire_policy(policy=desk.policy, by=BY),
    "quiet hours": settings_changed(quiet_from=dt.time(18)),
    "texts off": settings_changed(texts_enabled=False),
    "patient's zone": travelled,
    "safe hours": safe_hours,
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_planning_reads_is_news_of_that_practice_only(desk: Desk, change: str):
    assert news(desk) == set()
    with practice_scope(desk.cast.alder.pk):
        if change == "deleted":
            desk.visit.history.all().delete()
        CHANGES[change](desk)
    assert news(desk) == {"alder"}
    with practice_scope(desk.cast.birch.pk):
        planning.plan()
    assert news(desk) == {"alder"}
    with practice_scope(desk.cast.alder.pk):
        planning.plan()
    assert news(desk) == set()


def test_a_reply_is_looked_at_again_in_ten_seconds(desk: Desk):
    with practice_scope(desk.cast.alder.pk):
        receiving.receive(sid="SM1", number="+447700900101", body="Hello")
    assert practices_with_news(NOON) == []
    assert news(desk) == {"alder"}


def test_planning_that_fails_leaves_the_news(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    with practice_scope(desk.cast.alder.pk):
        moved(desk)
    monkeypatch.setattr(planning, "_drop_stale", lambda now: 1 // 0)
    with pytest.raises(ZeroDivisionError), practice_scope(desk.cast.alder.pk):
        planning.plan()
    assert news(desk) == {"alder"}


def test_a_change_that_is_not_committed_yet_is_news_when_it_is(desk: Desk):
    """The planning that ran meanwhile has not seen it and has not taken its news."""
    with practice_scope(desk.cast.alder.pk):
        moved(desk)
        assert practices_with_news(SOON) == []  # another connection
    assert news(desk) == {"alder"}


def test_many_rows_made_at_once_are_one_piece_of_news(desk: Desk):
    with practice_scope(desk.cast.alder.pk):
        row = Appointment.objects.get(pk=desk.visit.pk)
        rows = [
            Appointment(**{**_values(row), "starts_at": at, "ends_at": at + dt.timedelta(hours=1)})
            for at in (NOON + dt.timedelta(days=day) for day in range(2, 30))
        ]
        before = PlanningNews.objects.count()
        Appointment.objects.bulk_create(rows)
        assert PlanningNews.objects.count() == before + 1


def _values(row: Appointment) -> dict[str, Any]:
    names = ["patient_id", "clinician_id", "type_id", "local_start", "time_zone", "status_at"]
    return {name: getattr(row, name) for name in (*names, "created_at")}


def test_everybody_at_first_then_news_then_everybody_again_within_the_hour(desk: Desk):
    rounds = Rounds()
    both = {desk.cast.alder.pk, desk.cast.birch.pk}
    assert set(rounds.due(SOON)) == both
    for practice in both:
        rounds.planned(practice, SOON)
    assert rounds.due(SOON + dt.timedelta(seconds=15)) == []
    with practice_scope(desk.cast.alder.pk):
        moved(desk)
    assert rounds.due(SOON + dt.timedelta(seconds=30)) == [desk.cast.alder.pk]
    rounds.planned(desk.cast.alder.pk, SOON)
    assert set(rounds.due(SOON + EVERY)) == both


def test_a_sweep_without_news_asks_one_question(desk: Desk, django_assert_num_queries: Any):
    rounds = Rounds()
    for practice in rounds.due(SOON):
        rounds.planned(practice, SOON)
    with (
        django_assert_num_queries(0),
        django_assert_num_queries(1, using="dispatch"),
    ):
        assert rounds.due(SOON + dt.timedelta(seconds=15)) == []


def test_the_figure_of_an_idle_sweep_can_be_taken(desk: Desk):
    with practice_scope(desk.cast.alder.pk):
        moved(desk)
    assert len(idle_sweep_ms(5)) == 5


def test_a_practice_whose_planning_failed_is_due_again(desk: Desk):
    rounds = Rounds()
    rounds.due(SOON)
    rounds.planned(desk.cast.birch.pk, SOON)
    assert rounds.due(SOON + dt.timedelta(seconds=15)) == [desk.cast.alder.pk]


def test_a_practice_with_more_to_do_is_due_at_the_next_sweep(desk: Desk):
    rounds = Rounds()
    for practice in rounds.due(SOON):
        rounds.planned(practice, SOON)
    rounds.look_again(desk.cast.birch.pk, SOON)
    assert rounds.due(SOON + dt.timedelta(seconds=15)) == [desk.cast.birch.pk]


def test_a_receipt_that_waits_is_looked_at_again_in_ten_seconds(desk: Desk):
    with practice_scope(desk.cast.alder.pk):
        before = PlanningNews.objects.count()
        for number, waits in enumerate((True, False)):
            DeliveryEvent.objects.create(
                provider_sid=f"SM{number}", status="sent", received_at=NOON, waits=waits
            )
        assert PlanningNews.objects.count() == before + 1
    assert practices_with_news(NOON) == []
    assert news(desk) == {"alder"}


def test_no_more_than_so_many_whose_hour_is_over(desk: Desk):
    rounds = Rounds()
    assert len(rounds.due(SOON, most=1)) == 1


def test_a_clock_put_back_keeps_nobody_waiting(desk: Desk):
    rounds = Rounds()
    tomorrow = SOON + dt.timedelta(days=1)
    for practice in rounds.due(tomorrow):
        rounds.planned(practice, tomorrow)
    assert len(rounds.due(SOON)) == 2
