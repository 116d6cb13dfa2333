"""Cards, tabs and navigation: what each person is shown of forms on the gathered pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from intake import home
from intake.models import Assignment
from portal import clock
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.appointments import services as appointments
from portal.people.models import Patient, ProxyCategory
from portal.people.services import let_help
from tests.cast import Cast, Person
from tests.intake.conftest import Filled, fill_in

pytestmark = pytest.mark.django_db


def keys(cards: list[Any]) -> list[str]:
    return [card.key for card in cards]


def test_nobody_is_shown_another_persons_forms(cast: Cast, asked: Assignment) -> None:
    for name in ("ben", "fay", "nat", "dee", "eve", "cleo"):
        assert keys(home.patient_cards(cast.people[name].viewer)) == [], name
    for name in ("cleo", "dee", "eve", "nat"):
        assert keys(home.staff_cards(cast.people[name].viewer)) == [], name


def test_today_has_one_thing_to_do_with_how_far_one_is(cast: Cast, asked: Assignment) -> None:
    fill_in(asked, {"q1": 1, "q2": 1}, by=cast.ana)
    page = cast.ana.client().get("/alder/me/").content.decode()
    assert "One thing to do" in page
    assert "10 questions, about 3 minutes. You have answered 2." in page
    assert "Cole Staff reads them before you meet" in page
    assert "Patient Health Questionnaire" not in page


def test_the_card_names_the_day_of_the_next_appointment(cast: Cast, asked: Assignment) -> None:
    when = clock.local_time(clock.now(), "Europe/London") + dt.timedelta(days=2)
    kind = appointments.add_type(name="Session", minutes=50, by=cast.eve.viewer)
    appointments.book(
        patient=cast.patient("ana"),
        clinician=cast.cole.membership,
        type=kind,
        local_start=when.replace(hour=14, minute=30, second=0, microsecond=0, tzinfo=None),
        time_zone="Europe/London",
        by=cast.cole.viewer,
    )
    [card] = home.patient_cards(cast.ana.viewer)
    assert card.context["before"] is not None
    page = cast.ana.client().get("/alder/me/").content.decode()
    assert f"One thing before {when:%A}" in page


def test_a_carer_learns_that_a_form_waits_and_never_which(cast: Cast, asked: Assignment) -> None:
    let_help(
        patient=cast.patient("ana"),
        proxy=cast.fay.membership,
        relation="Sister",
        categories={ProxyCategory.FORMS},
        ends_on=dt.date(2099, 1, 1),
        by=cast.ana.viewer,
    )
    page = cast.fay.client().get("/alder/me/").content.decode()
    assert "Ana has a form to fill in" in page
    assert "How the last two weeks have been" not in page


def test_what_came_back_is_offered_to_read_until_somebody_has(
    cast: Cast, asked: Assignment, filled: Filled
) -> None:
    from intake.services.responses import open_response

    response = filled(asked, *[0] * 9)
    assert keys(home.staff_cards(cast.cole.viewer)) == ["unread_forms"]
    open_response(response_id=response.pk, by=cast.cole.viewer)
    assert keys(home.staff_cards(cast.cole.viewer)) == []


def test_a_clinician_who_is_a_manager_too_is_offered_only_their_own_patients_forms(
    cast: Cast, asked: Assignment, filled: Filled
) -> None:
    """A manager knows of everybody's forms; only the care team is to read one."""
    filled(asked, *[0] * 9)
    assert keys(home.staff_cards(as_manager_too(cast.cleo))) == []
    assert keys(home.staff_cards(as_manager_too(cast.cole))) == ["unread_forms"]


def as_manager_too(person: Person) -> Viewer:
    return replace(person.viewer, roles=person.viewer.roles | {Role.MANAGER})


def test_a_patients_page_shows_scores_to_the_care_team_only(
    cast: Cast, asked: Assignment, filled: Filled
) -> None:
    filled(asked, *[1] * 8, 0)
    ana: Patient = cast.patient("ana")
    shown = {
        name: keys(home.patient_page_cards(cast.people[name].viewer, ana))
        for name in ("cole", "dee", "eve", "nat")
    }
    assert shown == {"cole": ["scores", "forms"], "dee": ["forms"], "eve": ["forms"], "nat": []}
    page = cast.cole.client().get(f"/alder/staff/patients/{ana.pk}/").content.decode()
    assert "of 27, mild" in page


def test_navigation_follows_permission(cast: Cast, asked: Assignment) -> None:
    def labels(name: str) -> list[str]:
        return [str(item.label) for item in home.staff_nav(cast.people[name].viewer)]

    assert labels("cole") == ["Forms", "Questionnaires"]
    assert labels("eve") == ["Forms", "Questionnaires"]
    assert labels("dee") == ["Forms"]
    assert labels("nat") == []
    [tab] = home.patient_tabs(cast.ana.viewer)
    assert tab.waiting is not None
    assert tab.waiting.count() == 1
    assert home.patient_tabs(cast.fay.viewer) == []
