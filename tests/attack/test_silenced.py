"""Ways in which a risk or a task could end up with somebody who cannot deal with it."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import clock
from portal.access.roles import Role
from portal.people import services as people
from portal.practices import services as practices
from portal.practices.models import Practice
from portal.tenancy.errors import DomainError
from portal.work import services as work
from portal.work.models import WorkAudience, WorkItem
from portal.work.selectors import work_waiting_on
from reminders.services import receiving
from tests.cast import SET_UP, Cast, Person
from tests.intake.conftest import in_alder

__all__ = ["in_alder"]
LOST = [{Role.FRONT_DESK}, {Role.NAVIGATOR}, {Role.FRONT_DESK, Role.NAVIGATOR}]


def give(person: Person, roles: set[Role]) -> None:
    practices.change_roles(membership=person.membership, roles=roles, by=SET_UP)


def alert(cast: Cast) -> WorkItem:
    ana = cast.patient("ana")
    return work.raise_alert(code="t", title="T", patient_id=ana.pk, source=ana, by=SET_UP)


def cover(cast: Cast, absent: str, by: str) -> None:
    people.arrange_cover(
        absent=cast.people[absent].membership,
        cover=cast.people[by].membership,
        starts_at=clock.now(),
        ends_at=clock.now() + dt.timedelta(days=1),
        by=SET_UP,
    )


@pytest.mark.parametrize("roles", LOST)
def test_a_lead_who_is_no_longer_a_clinician_gets_no_alert(
    cast: Cast, in_alder: Practice, roles: set[Role]
) -> None:
    give(cast.cole, roles)
    assert alert(cast).assigned_to == cast.cleo.membership, "whoever is on duty gets it"


@pytest.mark.parametrize("roles", LOST)
def test_whoever_is_on_duty_and_no_clinician_gets_no_alert(
    cast: Cast, in_alder: Practice, roles: set[Role]
) -> None:
    give(cast.cole, roles)
    give(cast.cleo, roles)
    assert alert(cast).assigned_to == cast.eve.membership


def test_cover_by_a_manager_does_not_take_the_alerts_of_a_clinician(
    cast: Cast, in_alder: Practice
) -> None:
    """Who is clinician and manager may be covered by a manager, for the managers' work."""
    give(cast.cole, {Role.CLINICIAN, Role.MANAGER})
    cover(cast, "cole", "eve")
    assert alert(cast).assigned_to != cast.eve.membership


@pytest.mark.parametrize("roles", LOST)
def test_an_alert_of_somebody_who_loses_the_role_is_every_clinicians(
    cast: Cast, in_alder: Practice, roles: set[Role]
) -> None:
    item = alert(cast)
    assert item.assigned_to == cast.cole.membership
    assert item not in work_waiting_on(cast.cleo.viewer)
    give(cast.cole, roles)
    assert item in work_waiting_on(cast.cleo.viewer)


def test_a_task_of_somebody_who_only_helps_with_devices_now_is_its_roles(
    cast: Cast, in_alder: Practice
) -> None:
    item = desk_task()
    work.reassign(item=item, to=cast.cleo.membership, by=cast.dee.viewer)
    assert item not in work_waiting_on(cast.dee.viewer)
    give(cast.cleo, {Role.NAVIGATOR})
    assert item in work_waiting_on(cast.dee.viewer)


def test_work_is_not_passed_on_to_somebody_without_a_work_list(
    cast: Cast, in_alder: Practice
) -> None:
    item = desk_task()
    page = cast.dee.url(f"staff/work/{item.pk}/pass-on/")
    answer = cast.dee.client().post(page, {"to": str(cast.nat.membership.pk)})
    assert answer.status_code == 422
    with pytest.raises(DomainError):
        work.reassign(item=item, to=cast.nat.membership, by=cast.dee.viewer)
    item.refresh_from_db()
    assert item.assigned_to is None


def desk_task() -> WorkItem:
    return work.raise_task(
        code="t", title="T", audience=WorkAudience.FRONT_DESK, due_at=clock.now(), by=SET_UP
    )


def test_an_alarming_text_of_nobody_known_stands_with_a_clinician(
    cast: Cast, in_alder: Practice
) -> None:
    give(cast.cleo, {Role.FRONT_DESK})
    message = receiving.receive(sid="S1", number="+447700900999", body="I want to kill myself")
    assert message is not None
    assert receiving.work(message.pk)
    item = WorkItem.objects.get(source_id=message.pk)
    assert item in work_waiting_on(cast.cole.viewer)
