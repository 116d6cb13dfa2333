"""The staff: roles, leaving, inviting and cover through the pages."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import clock
from portal.people import services
from portal.people.models import CareTeamMember, Cover, Invitation
from portal.practices.models import Membership
from portal.tenancy.context import practice_scope
from portal.work.models import WorkAudience
from portal.work.services import raise_task
from tests.cast import SET_UP, Cast, Person
from tests.counting import queries_of
from tests.odd_input import survives_odd_input

pytestmark = pytest.mark.django_db


def page_of(person: Person, action: str = "") -> str:
    return f"/alder/staff/people/{person.membership.pk}/{action}"


def roles_of(cast: Cast, person: Person) -> list[str]:
    with practice_scope(cast.alder.pk):
        return Membership.objects.get(pk=person.membership.pk).roles


def test_only_managers_of_this_practice_see_and_change_the_staff(cast: Cast) -> None:
    for name, status in (("xia", 404), ("cole", 403), ("dee", 403), ("ana", 403), ("nat", 403)):
        client = cast.people[name].client()
        for address in ("/alder/staff/people/", page_of(cast.dee), page_of(cast.dee, "leave/")):
            assert client.get(address).status_code == status, (name, address)
        answer = client.post(page_of(cast.dee, "roles/"), {"roles": ["manager"]})
        assert answer.status_code == status
    assert roles_of(cast, cast.dee) == ["front_desk"]


def test_staff_of_another_practice_is_not_found(cast: Cast) -> None:
    assert cast.eve.client().get(page_of(cast.yan)).status_code == 404
    assert cast.eve.client().post(page_of(cast.xia, "leave/")).status_code == 404


def test_patients_do_not_stand_among_the_staff(cast: Cast) -> None:
    assert cast.eve.client().get(page_of(cast.ana)).status_code == 404


def test_roles_are_described_and_changed(cast: Cast) -> None:
    client = cast.eve.client()
    assert "Keeps the schedule" in client.get(page_of(cast.dee, "roles/")).content.decode()
    client.post(page_of(cast.dee, "roles/"), {"roles": ["front_desk", "navigator"]})
    assert roles_of(cast, cast.dee) == ["front_desk", "navigator"]
    assert client.post(page_of(cast.dee, "roles/"), {"roles": []}).status_code == 422
    assert client.post(page_of(cast.dee, "roles/"), {"roles": ["patient"]}).status_code == 422


def test_the_last_manager_stays_one(cast: Cast) -> None:
    client = cast.eve.client()
    assert client.post(page_of(cast.eve, "roles/"), {"roles": ["clinician"]}).status_code == 422
    answer = client.post(page_of(cast.eve, "leave/"))
    assert answer.status_code == 422
    assert "only manager" in answer.content.decode()
    assert roles_of(cast, cast.eve) == ["manager"]


def test_whoever_leaves_hands_over_whom_they_lead(cast: Cast) -> None:
    client = cast.eve.client()
    page = client.get(page_of(cast.cole, "leave/")).content.decode()
    assert "Ana Abbott" in page
    assert client.post(page_of(cast.cole, "leave/"), {}).status_code == 422
    choice = {"new_lead": str(cast.cleo.membership.pk)}
    assert client.post(page_of(cast.cole, "leave/"), choice).status_code == 302
    with practice_scope(cast.alder.pk):
        places = list(
            CareTeamMember.objects.filter(patient=cast.patient("ana"), ended_at=None).values_list(
                "membership", "role"
            )
        )
    assert places == [(cast.cleo.membership.pk, "lead")]
    assert cast.cole.client().get("/alder/staff/").status_code == 404
    assert client.post(page_of(cast.cole, "leave/"), choice).status_code == 404


def test_without_a_successor_the_patient_is_listed(cast: Cast) -> None:
    client = cast.eve.client()
    client.post(page_of(cast.cole, "leave/"), {"new_lead": "nobody"})
    page = client.get("/alder/staff/").content.decode()
    assert "Patients without a lead clinician" in page
    assert "Ana Abbott" in page


def test_work_of_somebody_who_left_falls_to_their_role(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        raise_task(
            code="test",
            title="Order paper",
            audience=WorkAudience.CLINICIANS,
            due_at=clock.now(),
            assigned_to=cast.cole.membership,
            by=SET_UP,
        )
    assert "Order paper" not in cast.cleo.client().get("/alder/staff/work/").content.decode()
    eve = cast.eve.client()
    assert "on their list" in eve.get(page_of(cast.cole, "leave/")).content.decode()
    eve.post(page_of(cast.cole, "leave/"), {"new_lead": "nobody"})
    assert "Order paper" in cast.cleo.client().get("/alder/staff/work/").content.decode()


def test_the_list_costs_the_same_however_many_there_are(cast: Cast) -> None:
    client = cast.eve.client()
    before = queries_of(client, "/alder/staff/people/")
    from portal.access.roles import Role
    from portal.people.models import User
    from portal.practices.services import add_member

    with practice_scope(cast.alder.pk):
        for number in range(4):
            user = User.objects.create_account(f"new{number}", f"n{number}@example.org", None)
            add_member(user=user, roles={Role.CLINICIAN}, display_name=f"New {number}", by=SET_UP)
    assert queries_of(client, "/alder/staff/people/") == before


def test_a_colleague_is_invited_again_and_not_after_all(cast: Cast) -> None:
    client = cast.eve.client()
    form = {
        "display_name": "Gil New",
        "way": "mail",
        "email": "gil@example.org",
        "roles": ["clinician"],
    }
    assert client.post("/alder/staff/people/invite/", {**form, "email": ""}).status_code == 422
    assert client.post("/alder/staff/people/invite/", form).status_code == 302
    with practice_scope(cast.alder.pk):
        invitation = Invitation.objects.get(display_name="Gil New")
    assert "gil@example.org" in client.get("/alder/staff/people/").content.decode()
    again = f"/alder/staff/invitations/{invitation.pk}/again/"
    for name, status in (("xia", 404), ("dee", 404), ("nat", 403)):
        assert cast.people[name].client().post(again).status_code == status, name
    assert client.post(again).status_code == 302
    with practice_scope(cast.alder.pk):
        newest = Invitation.objects.filter(display_name="Gil New").latest("created_at")
    client.post(f"/alder/staff/invitations/{newest.pk}/withdraw/")
    assert "gil@example.org" not in client.get("/alder/staff/people/").content.decode()


def test_a_patient_is_invited_on_paper_from_their_record(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        new = services.add_patient(given_name="Max", family_name="Neu", by=SET_UP)
    address = f"/alder/staff/patients/{new.pk}/invite/"
    assert cast.cole.client().get(address).status_code == 404
    answer = cast.dee.client().post(address, {"way": "paper"})
    assert answer.status_code == 302
    taken = f"/alder/staff/patients/{cast.patient('ana').pk}/invite/"
    assert (
        "has an account already" in cast.dee.client().post(taken, {"way": "paper"}).content.decode()
    )


def test_cover_opens_the_patients_of_the_absent_and_closes_them_again(cast: Cast) -> None:
    now = clock.local_time(clock.now(), cast.alder.time_zone)
    form = {
        "cover": str(cast.cleo.membership.pk),
        "first_day": (now - dt.timedelta(days=1)).date().isoformat(),
        "first_time": "08:00",
        "last_day": (now + dt.timedelta(days=1)).date().isoformat(),
        "last_time": "18:00",
    }
    record = f"/alder/staff/patients/{cast.patient('ana').pk}/"
    assert cast.cleo.client().get(record).status_code == 404
    assert cast.cole.client().post("/alder/staff/cover/", form).status_code == 302
    assert cast.cleo.client().get(record).status_code == 200
    with practice_scope(cast.alder.pk):
        row = Cover.objects.get()
    end = f"/alder/staff/cover/{row.pk}/end/"
    assert cast.yan.client().post(end).status_code == 404
    assert cast.cole.client().post(end).status_code == 302
    assert cast.cleo.client().get(record).status_code == 404


def test_nobody_covers_for_themselves_or_for_another_kind_of_work(cast: Cast) -> None:
    form = {
        "absent": str(cast.cole.membership.pk),
        "first_day": "2027-01-04",
        "first_time": "08:00",
        "last_day": "2027-01-08",
        "last_time": "18:00",
    }
    client = cast.eve.client()
    for who in (cast.cole, cast.dee):
        answer = client.post("/alder/staff/cover/", {**form, "cover": str(who.membership.pk)})
        assert answer.status_code == 422, who
    backwards = {**form, "cover": str(cast.cleo.membership.pk), "last_day": "2027-01-01"}
    assert client.post("/alder/staff/cover/", backwards).status_code == 422


def test_no_form_falls_over_odd_input(cast: Cast) -> None:
    client = cast.eve.client()
    survives_odd_input(client, page_of(cast.dee, "roles/"))
    survives_odd_input(client, page_of(cast.cole, "leave/"))
    survives_odd_input(client, "/alder/staff/people/invite/")
    survives_odd_input(client, "/alder/staff/cover/")
