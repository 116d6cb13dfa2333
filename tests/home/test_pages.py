"""The gathered pages: Today, Day, Caseload, set-up, front door, landing, audit, device help."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from portal.appointments import services as appointments
from portal.home import registry
from portal.people import services as people
from portal.people.models import CareRole, ContactPoint
from portal.practices import services as practices
from portal.practices.models import Practice
from portal.practices.selectors import settings_of_practice
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP, Cast
from tests.counting import queries_of

pytestmark = pytest.mark.django_db


def test_outsiders_find_none_of_the_pages(cast: Cast) -> None:
    for name in ("yan", "xia", "zoe"):
        client = cast.people[name].client()
        for page in ("me/", "staff/", "staff/caseload/", "staff/set-up/", "staff/audit/"):
            assert client.get(f"/alder/{page}").status_code == 404, (name, page)


def test_each_role_has_its_own_first_page(cast: Cast) -> None:
    for name, where in (
        ("ana", "/alder/me/"),
        ("fay", "/alder/me/"),
        ("cole", "/alder/staff/"),
        ("dee", "/alder/staff/"),
        ("eve", "/alder/staff/"),
        ("nat", "/alder/staff/device-help/"),
    ):
        answer = cast.people[name].client().get("/alder/", follow=True)
        assert answer.redirect_chain[-1][0] == where, name
        assert answer.status_code == 200, name


def test_the_front_door_tells_a_stranger_what_is_public(cast: Cast) -> None:
    page = Client().get("/alder/").content.decode()
    assert "Alder Practice" in page
    assert "116 123" in page
    assert "09:00–17:00" in page
    for private in ("Ana", "Cole", "Eve"):
        assert private not in page


def test_the_landing_page_names_no_practice_to_strangers(cast: Cast) -> None:
    page = Client().get("/").content.decode()
    assert "Alder" not in page
    assert cast.ana.client().get("/").headers["Location"] == "/alder/"


def test_a_person_of_two_practices_chooses(cast: Cast) -> None:
    from portal.access.roles import Role

    with practice_scope(cast.birch.pk):
        practices.add_member(
            user=cast.ana.user, roles={Role.CLINICIAN}, display_name="Ana elsewhere", by=SET_UP
        )
    page = cast.ana.client().get("/").content.decode()
    assert "Alder Practice" in page
    assert "Birch Practice" in page


def test_a_carer_without_anything_granted_sees_an_empty_today(cast: Cast) -> None:
    page = cast.fay.client().get("/alder/me/").content.decode()
    assert "Nothing for you today" in page
    assert "Ben" not in page


def test_the_caseload_is_ones_own_and_costs_the_same_for_one_and_for_five(cast: Cast) -> None:
    client = cast.cole.client()
    assert "Ben Bright" not in client.get("/alder/staff/caseload/").content.decode()
    one = queries_of(client, "/alder/staff/caseload/")
    with practice_scope(cast.alder.pk):
        kind = appointments.add_type(name="Meeting", minutes=50, by=SET_UP)
        for number in range(4):
            patient = people.add_patient(given_name=f"P{number}", by=SET_UP)
            people.join_care_team(
                patient=patient, membership=cast.cole.membership, role=CareRole.LEAD, by=SET_UP
            )
            appointments.book(
                patient=patient,
                clinician=cast.cole.membership,
                type=kind,
                local_start=dt.datetime.combine(dt.date(2030, 1, 7), dt.time(9 + number)),
                time_zone="Europe/London",
                by=SET_UP,
            )
    assert queries_of(client, "/alder/staff/caseload/") == one
    unbooked = client.get("/alder/staff/caseload/?show=unbooked").content.decode()
    assert "Ana Abbott" in unbooked
    assert ">P0" not in unbooked
    assert client.get("/alder/staff/caseload/?show=nonsense&page=x").status_code == 200
    for name in ("dee", "eve", "nat"):
        assert cast.people[name].client().get("/alder/staff/caseload/").status_code == 403


def test_the_day_costs_the_same_for_one_visit_and_for_five(cast: Cast) -> None:
    from portal import clock

    client = cast.cole.client()
    today = clock.today("Europe/London")
    with practice_scope(cast.alder.pk):
        kind = appointments.add_type(name="Meeting", minutes=10, by=SET_UP)

    def book(hour: int) -> None:
        with practice_scope(cast.alder.pk):
            appointments.book(
                patient=cast.patient("ana"),
                clinician=cast.cole.membership,
                type=kind,
                local_start=dt.datetime.combine(today, dt.time(23, hour * 10)),
                time_zone="Europe/London",
                by=SET_UP,
            )

    book(0)
    one = queries_of(client, "/alder/staff/")
    for number in range(1, 5):
        book(number)
    assert queries_of(client, "/alder/staff/") == one


def test_a_navigator_sees_device_trouble_and_nothing_clinical(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        people.add_patient(given_name="Max", family_name="Neu", by=SET_UP)
        people.mark_bad(point=ContactPoint.objects.get(patient=cast.patient("ana")), by=SET_UP)
    page = cast.nat.client().get("/alder/staff/device-help/").content.decode()
    assert "Max Neu" in page
    assert "Has not signed in yet" in page
    assert "A number does not work" in page
    assert "900101" not in page
    assert "Cole" not in page
    assert "Ben Bright" not in page
    for name in ("cole", "dee", "eve"):
        assert cast.people[name].client().get("/alder/staff/device-help/").status_code == 403


@pytest.fixture
def cedar(cast: Cast) -> Practice:
    """A practice in set-up whose first manager is Eve."""
    from django.conf import settings

    from portal.access.roles import Role

    practice = practices.create_practice(slug="cedar", name="Cedar Rooms", by=SET_UP)
    with practice_scope(practice.pk):
        membership = practices.add_member(
            user=cast.eve.user, roles={Role.MANAGER}, display_name="Eve", by=SET_UP
        )
        practices.note_privacy_seen(
            membership=membership, version=settings.PRIVACY_VERSION, by=SET_UP
        )
    return practice


def test_a_practice_opens_once_everything_needed_is_decided(cast: Cast, cedar: Practice) -> None:
    client = cast.eve.client()
    page = client.get("/cedar/staff/set-up/").content.decode()
    assert "To do" in page
    assert "Open the practice</button>" not in page
    refused = client.post("/cedar/staff/set-up/open/", follow=True).content.decode()
    assert "Not yet. Still to decide" in refused
    _decide(client, cast, cedar)
    assert "Open the practice</button>" in client.get("/cedar/staff/set-up/").content.decode()
    client.post("/cedar/staff/set-up/open/")
    assert Practice.objects.get(pk=cedar.pk).status == "active"
    for name in ("cole", "dee"):
        assert cast.people[name].client().post("/cedar/staff/set-up/open/").status_code == 404


def _decide(client: Client, cast: Cast, cedar: Practice) -> None:
    """Go through the pages that the check-list names."""
    from portal.access.roles import Role

    here = "/cedar/staff/settings"
    client.post(
        f"{here}/facts/",
        {"name": "Cedar Rooms", "country": "GB", "phone": "0113 496 0142", "address": "1 Row"},
    )
    client.post(
        f"{here}/hours/",
        {
            "time_zone": "Europe/London",
            "quiet_from": "20:00",
            "quiet_until": "08:00",
            "d0_r0_from": "09:00",
            "d0_r0_until": "17:00",
        },
    )
    client.post(
        f"{here}/crisis-lines/",
        {"emergency_number": "999", "line0_name": "Samaritans", "line0_phone": "116 123"},
    )
    with practice_scope(cedar.pk):
        clinician = practices.add_member(
            user=cast.yan.user, roles={Role.CLINICIAN}, display_name="Yan", by=SET_UP
        )
    safety = {
        "duty_clinician": str(clinician.pk),
        "texts_enabled": "yes",
        "late_cancel_hours": "24",
        "reschedule_notice_hours": "24",
        "currency": "GBP",
    }
    client.post(f"{here}/safety/", safety)
    client.post(
        "/cedar/staff/appointment-types/",
        {"name": "Meeting", "minutes": "50", "discreet_title": "Appointment"},
    )


def test_every_step_of_the_set_up_leads_to_a_page(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        steps = registry.set_up_steps(cast.eve.viewer)
        assert settings_of_practice().crisis_lines
    assert len({step.key for step in steps}) == len(steps)
    page = cast.eve.client().get("/alder/staff/set-up/").content.decode()
    for step in steps:
        assert str(step.title) in page
