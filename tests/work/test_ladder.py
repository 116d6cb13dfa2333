"""The ladder of an alert that nobody acknowledges (T-RISK-03): cover, duty clinician, managers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from portal import clock
from portal.access.roles import Role
from portal.audit.models import AuditEvent
from portal.people import services as people
from portal.people.models import CareRole
from portal.practices import services as practices
from portal.tenancy.context import current_practice_id, practice_scope
from portal.work import ladder
from portal.work import services as work
from portal.work.models import AlertRung, RungState, WorkItem, WorkState, WorkStep
from tests.cast import SET_UP, Cast, Person

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def noon(cast: Cast) -> Iterator[None]:
    """Inside Alder at noon. Cole leads Ana's care; Cleo is on duty; Eve is the manager."""
    with practice_scope(cast.alder.pk):
        clock.move_to(NOON)
        yield


def alert(cast: Cast, patient: str = "ana") -> WorkItem:
    row = cast.patient(patient)
    return work.raise_alert(code="t", title="T", patient_id=row.pk, source=row, by=SET_UP)


def at(minutes: float) -> int:
    """Let the time come and sweep as the dispatcher does. Returns how many rungs were taken."""
    clock.move_to(NOON + dt.timedelta(minutes=minutes, seconds=20))
    return ladder.sweep_practice(current_practice_id())


def now(item: WorkItem) -> WorkItem:
    return WorkItem.objects.get(pk=item.pk)


def verbs(item: WorkItem) -> list[str]:
    return list(
        WorkStep.objects.filter(item=item).order_by("at", "pk").values_list("verb", flat=True)
    )


def waiting(item: WorkItem) -> list[tuple[str, int]]:
    """What is still to come, with the minute after noon at which it is due."""
    rungs = AlertRung.objects.filter(item=item, state=RungState.WAITING).order_by("due_at")
    return [(rung.rung, int((rung.due_at - NOON).total_seconds() // 60)) for rung in rungs]


def another_clinician(cast: Cast) -> Person:
    """Nat becomes a clinician."""
    practices.change_roles(membership=cast.nat.membership, roles={Role.CLINICIAN}, by=SET_UP)
    cast.nat.membership.refresh_from_db()
    return cast.nat


def cover(absent: Person, by: Person) -> None:
    people.arrange_cover(
        absent=absent.membership,
        cover=by.membership,
        starts_at=clock.now(),
        ends_at=clock.now() + dt.timedelta(days=1),
        by=SET_UP,
    )


def test_another_practice_moves_nothing_here(cast: Cast) -> None:
    item = alert(cast)
    clock.move_to(NOON + dt.timedelta(minutes=16))
    with practice_scope(cast.birch.pk):
        assert ladder.climb(item.pk) == 0
    assert now(item).assigned_to == cast.cole.membership


def test_the_rungs_are_written_with_the_alert(cast: Cast) -> None:
    item = alert(cast)
    assert waiting(item) == [("next", 15), ("managers", 30)]


def test_not_a_minute_too_early(cast: Cast) -> None:
    item = alert(cast)
    assert at(14.5) == 0
    assert now(item).assigned_to == cast.cole.membership


def test_after_fifteen_minutes_whoever_is_on_duty_and_after_thirty_the_managers(cast: Cast) -> None:
    item = alert(cast)
    assert at(15) == 1
    assert now(item).assigned_to == cast.cleo.membership
    assert at(30) == 1
    assert now(item).assigned_to == cast.cleo.membership  # only a clinician can acknowledge it
    assert verbs(item) == ["raised", "moved on", "managers told"]
    climbs = AuditEvent.objects.filter(action="alert.climb", patient_id=cast.patient("ana").pk)
    assert climbs.count() == 2


def test_the_cover_of_the_lead_is_asked_before_whoever_is_on_duty(cast: Cast) -> None:
    item, nat = alert(cast), another_clinician(cast)
    cover(cast.cole, nat)  # arranged after the alert was raised
    at(15)
    assert now(item).assigned_to == nat.membership


def test_somebody_who_is_away_is_not_asked(cast: Cast) -> None:
    nat = another_clinician(cast)
    cover(cast.cleo, nat)
    item = alert(cast)
    at(15)
    assert now(item).assigned_to == nat.membership


def test_somebody_who_was_asked_already_is_not_asked_again(cast: Cast) -> None:
    """Cleo covers for Cole and has the alert; he is away and she is the one on duty."""
    cover(cast.cole, cast.cleo)
    item = alert(cast)
    assert now(item).assigned_to == cast.cleo.membership
    at(15)
    assert verbs(item) == ["raised", "managers told"]


def test_without_a_lead_whoever_is_on_duty_comes_first_and_then_the_managers(cast: Cast) -> None:
    team = cast.patient("ana").care_team.filter(role=CareRole.LEAD, ended_at=None).get()
    people.leave_care_team(member=team, by=SET_UP)
    item = alert(cast)
    assert now(item).assigned_to == cast.cleo.membership
    at(15)
    assert verbs(item) == ["raised", "managers told"]
    at(30)
    assert verbs(item) == ["raised", "managers told", "managers told"]


def test_an_alert_that_is_acknowledged_goes_nowhere(cast: Cast) -> None:
    item = alert(cast)
    work.acknowledge(item=item, by=cast.cole.viewer)
    assert waiting(item) == []
    assert at(60) == 0
    assert verbs(item) == ["raised", "acknowledged"]


def test_acknowledged_between_the_steps_the_managers_are_not_told(cast: Cast) -> None:
    item = alert(cast)
    at(15)
    work.acknowledge(item=now(item), by=cast.cleo.viewer)
    assert at(60) == 0


def test_the_lead_can_still_acknowledge_what_was_moved_on(cast: Cast) -> None:
    item = alert(cast)
    at(15)
    page = cast.cole.client()
    assert page.post(f"/alder/staff/work/{item.pk}/acknowledge/").status_code == 302
    assert now(item).state == WorkState.ACKNOWLEDGED


def test_an_outage_is_caught_up_in_one_sweep(cast: Cast) -> None:
    item = alert(cast)
    assert at(6 * 60) == 2
    assert now(item).assigned_to == cast.cleo.membership
    assert verbs(item) == ["raised", "moved on", "managers told"]
    assert ladder.sweep_practice(current_practice_id()) == 0


def test_raised_twice_it_has_one_ladder(cast: Cast) -> None:
    first, second = alert(cast), alert(cast)
    assert first.pk == second.pk
    assert len(waiting(first)) == 2


def test_whoever_it_is_passed_on_to_gets_the_same_time(cast: Cast) -> None:
    item, nat = alert(cast), another_clinician(cast)
    at(10)
    work.reassign(item=now(item), to=nat.membership, by=cast.eve.viewer)
    assert waiting(item) == [("next", 25), ("managers", 30)]
    assert at(24) == 0
    assert at(25.5) == 1
    assert now(item).assigned_to == cast.cleo.membership


def test_passing_it_back_and_forth_hides_it_from_no_manager(cast: Cast) -> None:
    item = alert(cast)
    for minutes, name in ((10, "cleo"), (20, "cole"), (29, "cleo")):
        at(minutes)
        to = cast.people[name].membership
        work.reassign(item=now(item), to=to, by=cast.cole.viewer)
    at(30)
    assert "managers told" in verbs(item)


def test_passed_on_by_a_manager_it_comes_back_if_nobody_takes_it(cast: Cast) -> None:
    item, nat = alert(cast), another_clinician(cast)
    at(31)
    work.reassign(item=now(item), to=nat.membership, by=cast.eve.viewer)
    assert waiting(item) == [("next", 46), ("managers", 61)]
    at(62)
    assert verbs(item).count("managers told") == 3  # 30; 46, as nobody else is left; 61


def test_an_alert_that_cannot_be_moved_keeps_no_other_waiting(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = alert(cast), alert(cast, "ben")
    real = ladder._take

    def take(rung: AlertRung, item: WorkItem) -> None:
        if item.pk == stuck.pk:
            raise RuntimeError
        real(rung, item)

    monkeypatch.setattr(ladder, "_take", take)
    assert at(15) == 1
    assert len(verbs(other)) == 2
    monkeypatch.undo()
    assert ladder.sweep_practice(current_practice_id()) == 1
    assert verbs(stuck) == ["raised", "moved on"]


def test_the_duty_clinician_can_ring_a_patient_who_is_not_theirs(cast: Cast) -> None:
    item = alert(cast)
    address = f"/alder/staff/work/{item.pk}/"
    assert cast.cleo.client().get(address).status_code == 404
    at(15)
    page = cast.cleo.client().get(address).content.decode()
    assert "tel:+447700900101" in page
    assert "moved on to Cleo Staff" in page


def test_the_manager_reads_who_waits_how_long_and_for_whom_and_never_why(cast: Cast) -> None:
    ana = cast.patient("ana")
    work.raise_alert(code="t", title="Item nine", patient_id=ana.pk, source=ana, by=SET_UP)
    at(31)
    page = cast.eve.client().get("/alder/staff/").content.decode()
    assert "Ana Abbott" in page
    assert "For Cleo Staff, waiting 31" in page
    assert "Call, or pass it on" in page
    assert "Item nine" not in page
