"""Every list costs as many queries for 200 rows as for 20 and for one.

A view that shows a page of rows must stand in LISTS with who opens it and how its rows are made
many; one that does not fails here.
"""

from __future__ import annotations

import datetime as dt
import inspect
import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Model

from goals.models import NoteRevision
from intake.models import Assignment, AssignmentState, Questionnaire
from portal import clock
from portal.appointments.models import Appointment, Status
from portal.audit import services as audit
from portal.people.accounts import make_account
from portal.people.models import CareTeamMember, Patient
from portal.practices.models import Membership
from portal.tenancy.context import practice_scope
from portal.work.models import Notice, WorkItem
from reminders.models import InboundMessage, Reminder
from tests.cast import PASSWORD, SET_UP, Cast
from tests.counting import queries_of
from tests.everywhere.test_every_url import MEANS, foreign
from tests.everywhere.urls import practice_addresses
from tests.goals import test_query_counts

__all__ = ["foreign"]  # a fixture: one row of each kind
pytestmark = pytest.mark.django_db
Change = Callable[[int], dict[str, Any]]


def copies(model: type[Model], count: int, change: Change, **which: Any) -> list[Any]:
    """So many copies of a row, each with an id of its own and changed by its number."""
    source: Any = model._default_manager.filter(**which).first()
    assert source is not None, f"there is no {model.__name__} to copy"
    # Read and set anew, since what is encrypted is bound to the row that it stands in.
    values = {each.attname: getattr(source, each.attname) for each in model._meta.concrete_fields}
    rows = []
    for number in range(count):
        row = model(**{**values, "id": uuid.uuid4()})
        for name, value in change(number).items():
            setattr(row, name, value)
        rows.append(row)
    return list(model._default_manager.bulk_create(rows))


def _patients(cast: Cast, count: int) -> None:
    made = copies(Patient, count, lambda n: {"family_name": f"Many{n}"}, given_name="Ana")
    places = iter(made)
    ana = cast.patient("ana").pk
    copies(CareTeamMember, count, lambda n: {"patient_id": next(places).pk}, patient_id=ana)


def _past_appointments(cast: Cast, count: int) -> None:
    start = clock.now() - dt.timedelta(days=400) - dt.timedelta(days=Appointment.objects.count())
    minutes = dt.timedelta(minutes=50)

    def change(number: int) -> dict[str, Any]:
        at = start - dt.timedelta(days=number)
        return {"starts_at": at, "ends_at": at + minutes, "status": Status.NO_SHOW}

    copies(Appointment, count, change, patient=cast.patient("ana"))


def _sent_forms(cast: Cast, count: int) -> None:
    copies(Assignment, count, lambda n: {}, state=AssignmentState.SUBMITTED)


def _tasks(cast: Cast, count: int) -> None:
    copies(WorkItem, count, lambda n: {"source_id": uuid.uuid4()})


def _events(cast: Cast, count: int) -> None:
    for _ in range(count):
        audit.record("patient.open", by=SET_UP, patient_id=cast.patient("ana").pk)


def _members(cast: Cast, count: int) -> None:
    first = Membership.objects.count()
    users = iter(
        [
            make_account(username=f"many{n}", email=f"m{n}@example.org", password=PASSWORD)
            for n in range(first, first + count)
        ]
    )
    copies(Membership, count, lambda n: {"user": next(users)}, user=cast.dee.user)


def _questionnaires(cast: Cast, count: int) -> None:
    copies(Questionnaire, count, lambda n: {"url": f"urn:many:{uuid.uuid4()}"})


def _notices(cast: Cast, count: int) -> None:
    copies(Notice, count, lambda n: {"subject_id": uuid.uuid4()}, member=cast.cole.membership)


def _texts(cast: Cast, count: int) -> None:
    copies(Reminder, count, lambda n: {"subject_id": uuid.uuid4()})


def _waiting_texts(cast: Cast, count: int) -> None:
    tomorrow = clock.now() + dt.timedelta(days=1)
    copies(
        Reminder,
        count,
        lambda n: {
            "subject_id": uuid.uuid4(),
            "state": "planned",
            "due_at": tomorrow,
            "expires_at": tomorrow + dt.timedelta(hours=1),
        },
    )


def _replies(cast: Cast, count: int) -> None:
    copies(InboundMessage, count, lambda n: {"sid": uuid.uuid4().hex})


def _revisions(cast: Cast, count: int) -> None:
    first = NoteRevision.objects.count() + 100
    copies(NoteRevision, count, lambda n: {"version": first + n})


Grow = Callable[[Cast, int], None]
# Goals and notes grow together, by their own services, in tests/goals/test_query_counts.py.
COUNTED_THERE = {
    "goals:goal_list": "me/goals/",
    "goals:shared_notes": "me/notes/",
    "goals:team_goals": "staff/goals/",
    "goals:patient_goals": "staff/patients/{ana}/goals/",
    "goals:patient_notes": "staff/patients/{ana}/notes/",
}
LISTS: dict[str, tuple[str, Grow, str]] = {
    "work:list": ("dee", _tasks, ""),
    "work:notices": ("cole", _notices, ""),
    "home:device_help": ("nat", _patients, ""),
    "home:caseload": ("cole", _patients, ""),
    "home:audit": ("eve", _events, ""),
    "appointments:own": ("ana", _past_appointments, ""),
    "appointments:of_patient": ("dee", _past_appointments, ""),
    "people:members": ("eve", _members, ""),
    "people:access_log": ("ana", _events, "?all=1"),
    "intake:assignment_list": ("ana", _sent_forms, ""),
    "intake:staff_assignment_list": ("cole", _sent_forms, ""),
    "intake:patient_assignments": ("cole", _sent_forms, ""),
    "intake:questionnaire_list": ("eve", _questionnaires, ""),
    "goals:note_history": ("cole", _revisions, ""),
    "reminders:ledger": ("dee", _texts, ""),
    "reminders:plan": ("dee", _waiting_texts, ""),
    "reminders:replies": ("dee", _replies, ""),
    "metrics:no_show_people": ("eve", _past_appointments, "?outcome=not_attended&{period}"),
}


def test_every_view_that_shows_a_page_of_rows_is_counted() -> None:
    shown = set()
    for address in practice_addresses():
        if address.below_practice and "page_of(" in inspect.getsource(inspect.unwrap(address.view)):
            shown.add(address.name)
    assert shown == {*LISTS, *COUNTED_THERE}, "say in LISTS who opens it and how it gets rows"
    assert set(COUNTED_THERE.values()) <= {path for _name, path in test_query_counts.PAGES}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_1_20_and_200_rows(
    cast: Cast,
    foreign: dict[str, UUID],
    name: str,
) -> None:
    person, grow, query = LISTS[name]
    [address] = [each for each in practice_addresses() if each.name == name]
    given = {each: foreign[MEANS[each]] for each, _kind in address.parameters}
    if "patient_id" in given:
        given["patient_id"] = cast.patient("ana").pk
    today = clock.today(cast.alder.time_zone)
    period = f"from_on={today - dt.timedelta(days=1500)}&to_on={today}"
    path = f"/alder{address.path(**given)}{query.format(period=period)}"
    client = cast.people[person].client()
    counted = []
    before = 1
    for rows in (1, 20, 200):
        with practice_scope(cast.alder.pk):
            grow(cast, rows - before + 1 if rows == 1 else rows - before)
        before = rows
        counted.append(queries_of(client, path))
    assert len(set(counted)) == 1, f"{name} asks {counted} for 1, 20 and 200 rows"
