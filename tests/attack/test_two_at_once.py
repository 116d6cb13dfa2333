"""Two at once, with every check passed by both before either has written."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from portal import clock
from portal.access.roles import Role
from portal.appointments import services as appointments
from portal.appointments.models import AppointmentType, Availability
from portal.audit.models import AuditEvent
from portal.people import services as people
from portal.people.accounts import make_account
from portal.people.models import (
    CareRole,
    CareTeamMember,
    CloseReason,
    ContactPoint,
    ContactSystem,
    Cover,
    EpisodeOfCare,
    contact_token,
)
from portal.practices import services as practices
from portal.practices.models import Membership
from portal.practices.selectors import managers
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from reminders.models import LinkAnswer, keep_links
from reminders.services import links
from reminders.texts import new_link
from tests.cast import SET_UP, Cast
from tests.reminders.conftest import furnish

pytestmark = pytest.mark.usefixtures("committed_db")
NUMBER = "+447700900555"
MORNING = [(0, dt.time(9), dt.time(12))]


def at_once(cast: Cast, *acts: Callable[[], Any]) -> list[str]:
    """Do them in transactions that begin together; each is "done" or what the rule said."""
    start = threading.Barrier(len(acts), timeout=10)

    def one(act: Callable[[], Any]) -> str:
        try:
            with practice_scope(cast.alder.pk):
                start.wait()
                act()
        except DomainError as error:
            return str(error)
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def join(cast: Cast, name: str, role: CareRole) -> Callable[[], Any]:
    return lambda: people.join_care_team(
        patient=cast.patient("ana"),
        membership=Membership.objects.get(pk=cast.people[name].membership.pk),
        role=role,
        by=SET_UP,
    )


@pytest.mark.parametrize("role", CareRole)
def test_the_same_person_joins_a_care_team_once(cast: Cast, role: CareRole) -> None:
    at_once(cast, *[join(cast, "cleo", role)] * 4)
    with practice_scope(cast.alder.pk):
        team = CareTeamMember.objects.filter(patient=cast.patient("ana"), ended_at=None)
        assert team.filter(membership=cast.cleo.membership, role=role).count() == 1


def test_of_two_new_leads_one_leads(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        practices.change_roles(membership=cast.dee.membership, roles={Role.CLINICIAN}, by=SET_UP)
    leads = [join(cast, name, CareRole.LEAD) for name in ("cleo", "dee", "cleo", "dee")]
    at_once(cast, *leads)
    with practice_scope(cast.alder.pk):
        team = CareTeamMember.objects.filter(patient=cast.patient("ana"), ended_at=None)
        assert team.filter(role=CareRole.LEAD).count() == 1
        assert team.count() == 3


def test_a_number_stands_once_on_a_record(cast: Cast) -> None:
    def add() -> None:
        people.add_contact_point(
            patient=cast.patient("ana"), system=ContactSystem.SMS, value=NUMBER, by=SET_UP
        )

    at_once(cast, *[add] * 4)
    with practice_scope(cast.alder.pk):
        assert ContactPoint.objects.filter(value_token=contact_token(NUMBER)).count() == 1


def test_a_week_of_hours_is_written_once(cast: Cast) -> None:
    def write() -> None:
        appointments.set_availability(clinician=cast.cole.membership, hours=MORNING, by=SET_UP)

    at_once(cast, *[write] * 4)
    with practice_scope(cast.alder.pk):
        assert Availability.objects.filter(clinician=cast.cole.membership).count() == 1


def test_a_type_of_one_name_is_added_once(cast: Cast) -> None:
    at_once(cast, *[lambda: appointments.add_type(name="X", minutes=50, by=SET_UP)] * 4)
    with practice_scope(cast.alder.pk):
        assert AppointmentType.objects.filter(name="X").count() == 1


def test_an_account_gets_one_place(cast: Cast) -> None:
    user = make_account(username="una", password=None)

    def add() -> None:
        practices.add_member(user=user, roles={Role.NAVIGATOR}, display_name="Una", by=SET_UP)

    said = at_once(cast, *[add] * 4)
    assert said.count("done") == 1


def test_cover_is_arranged_once(cast: Cast) -> None:
    now = clock.now()

    def arrange() -> None:
        people.arrange_cover(
            absent=cast.cole.membership,
            cover=cast.cleo.membership,
            starts_at=now,
            ends_at=now + dt.timedelta(days=1),
            by=SET_UP,
        )

    at_once(cast, *[arrange] * 4)
    with practice_scope(cast.alder.pk):
        assert Cover.objects.count() == 1


def test_an_episode_ends_once(cast: Cast) -> None:
    def close() -> None:
        people.close_episode(
            episode=EpisodeOfCare.objects.get(patient=cast.patient("ana")),
            reason=CloseReason.MOVED_AWAY,
            on=dt.date(2026, 6, 1),
            by=SET_UP,
        )

    at_once(cast, *[close] * 4)
    with practice_scope(cast.alder.pk):
        assert AuditEvent.objects.filter(action="episode.close").count() == 1


def _leave(name: str, cast: Cast) -> Any:
    member = Membership.objects.get(pk=cast.people[name].membership.pk)
    return people.leave_practice(membership=member, new_lead=None, by=SET_UP)


def _demote(name: str, cast: Cast) -> Any:
    member = Membership.objects.get(pk=cast.people[name].membership.pk)
    return practices.change_roles(membership=member, roles={Role.FRONT_DESK}, by=SET_UP)


@pytest.mark.parametrize("first", [_leave, _demote])
@pytest.mark.parametrize("second", [_leave, _demote])
def test_of_the_last_two_managers_one_stays(
    cast: Cast, first: Callable[..., Any], second: Callable[..., Any]
) -> None:
    """Each would be let go because of the other; then nobody could ever mend it."""
    with practice_scope(cast.alder.pk):
        practices.change_roles(membership=cast.cole.membership, roles={Role.MANAGER}, by=SET_UP)
    said = at_once(cast, lambda: first("eve", cast), lambda: second("cole", cast))
    assert said.count("done") == 1
    with practice_scope(cast.alder.pk):
        assert managers().count() == 1


def test_two_links_of_one_visit_are_used_once(cast: Cast) -> None:
    """Each text has a link of its own; two of them wait for one another in no order."""
    with practice_scope(cast.alder.pk):
        visit = furnish(cast).book()
        tokens = []
        for _ in range(4):
            address, row = new_link(visit, cast.alder)
            keep_links([row])
            tokens.append(address.rsplit("/", 2)[-2])

    def confirm(token: str) -> Callable[[], Any]:
        return lambda: links.answer(token=token, answer=LinkAnswer.CONFIRM)

    assert at_once(cast, *map(confirm, tokens)) == ["done"] * 4  # the same answer is one
    with practice_scope(cast.alder.pk):
        assert AuditEvent.objects.filter(action="link.answer").count() == 1
