"""Contact points, care team, episode and carers through the pages."""

from __future__ import annotations

import pytest

from portal.people import services
from portal.people.models import (
    CareTeamMember,
    ContactPoint,
    EpisodeOfCare,
    Patient,
    ProxyGrant,
    contact_token,
)
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP, Cast
from tests.odd_input import survives_odd_input

pytestmark = pytest.mark.django_db


def page_of(patient: Patient, action: str = "") -> str:
    return f"/alder/staff/patients/{patient.pk}/{action}"


def point_of(cast: Cast) -> ContactPoint:
    with practice_scope(cast.alder.pk):
        return ContactPoint.objects.get(patient=cast.patient("ana"), system="sms")


def test_somebody_elses_number_cannot_be_reached_through_another_patient(cast: Cast) -> None:
    point = point_of(cast)
    ben = cast.patient("ben")
    for action in ("", "consent/", "withdraw/", "remove/"):
        address = page_of(ben, f"contact/{point.pk}/{action}")
        assert cast.dee.client().post(address).status_code == 404, action
        assert cast.yan.client().post(address).status_code == 404, action
    assert point_of(cast).may_be_used


@pytest.mark.parametrize(
    ("system", "value", "kept"),
    [
        ("phone", "0113 496 0142", "+441134960142"),
        ("sms", "+44 7700 900155", "+447700900155"),
        ("email", "ana@example.org", "ana@example.org"),
    ],
)
def test_a_number_or_address_is_added_as_people_write_it(
    cast: Cast, system: str, value: str, kept: str
) -> None:
    form = {"system": system, "value": value, "consent_how": "", "discreet": "on"}
    ana = cast.patient("ana")
    assert cast.dee.client().post(page_of(ana, "contact/"), form).status_code == 302
    with practice_scope(cast.alder.pk):
        point = ContactPoint.objects.get(patient=ana, value_token=contact_token(kept))
    assert point.discreet
    assert not point.may_be_used  # nobody has asked yet


@pytest.mark.parametrize(
    ("system", "value"), [("sms", "12"), ("email", "not an address"), ("phone", "ring me")]
)
def test_what_cannot_be_reached_is_said_at_the_field(cast: Cast, system: str, value: str) -> None:
    answer = cast.dee.client().post(
        page_of(cast.patient("ana"), "contact/"), {"system": system, "value": value}
    )
    assert answer.status_code == 422
    assert f'value="{value}"' in answer.content.decode()


def test_consent_says_who_when_and_how_and_can_be_withdrawn(cast: Cast) -> None:
    point, client = point_of(cast), cast.dee.client()
    here = page_of(cast.patient("ana"), f"contact/{point.pk}/")
    client.post(f"{here}withdraw/")
    assert not point_of(cast).may_be_used
    assert client.post(f"{here}consent/", {"how": ""}).status_code == 422
    client.post(f"{here}consent/", {"how": "Said yes at the desk"})
    page = client.get(here).content.decode()
    assert "Said yes at the desk" in page
    assert "Dee Staff" in page
    assert point_of(cast).may_be_used


def test_stop_is_shown_and_staff_cannot_undo_it(cast: Cast) -> None:
    point, client = point_of(cast), cast.dee.client()
    with practice_scope(cast.alder.pk):
        services.stop_texts(value=point.value, by=SET_UP)
    here = page_of(cast.patient("ana"), f"contact/{point.pk}/")
    assert "They wrote STOP" in client.get(here).content.decode()
    client.post(f"{here}consent/", {"how": "on the phone"})
    assert not point_of(cast).may_be_used


def test_safe_hours_come_in_pairs(cast: Cast) -> None:
    point, client = point_of(cast), cast.dee.client()
    here = page_of(cast.patient("ana"), f"contact/{point.pk}/")
    assert client.post(here, {"safe_from": "09:00"}).status_code == 422
    assert client.post(here, {"safe_from": "09:00", "safe_until": "12:00"}).status_code == 302
    assert point_of(cast).safe_from is not None


def test_a_new_lead_takes_the_place_of_the_old_one(cast: Cast) -> None:
    ana, client = cast.patient("ana"), cast.eve.client()
    form = {"clinician": str(cast.cleo.membership.pk), "role": "lead"}
    assert client.post(page_of(ana, "care-team/"), form).status_code == 302
    with practice_scope(cast.alder.pk):
        roles = dict(
            CareTeamMember.objects.filter(patient=ana, ended_at=None).values_list(
                "membership__display_name", "role"
            )
        )
    assert roles == {"Cleo Staff": "lead", "Cole Staff": "member"}
    assert cast.cleo.client().get(page_of(ana)).status_code == 200


def test_leaving_the_care_team_closes_the_record(cast: Cast) -> None:
    ana = cast.patient("ana")
    with practice_scope(cast.alder.pk):
        place = CareTeamMember.objects.get(patient=ana)
    cast.eve.client().post(page_of(ana, f"care-team/{place.pk}/leave/"))
    assert cast.cole.client().get(page_of(ana)).status_code == 404
    assert "Ana Abbott" in cast.eve.client().get("/alder/staff/").content.decode()  # without lead


def test_an_episode_moves_ends_and_begins_again(cast: Cast) -> None:
    ana, client = cast.patient("ana"), cast.cole.client()
    client.post(page_of(ana, "episode/stage/"), {"stage": "ongoing_care"})
    early = client.post(page_of(ana, "episode/close/"), {"on": "2020-01-01", "reason": "completed"})
    assert early.status_code == 422
    assert "before it began" in early.content.decode()
    client.post(page_of(ana, "episode/close/"), {"on": "2026-11-20", "reason": "completed"})
    client.post(page_of(ana, "episode/open/"), {"on": "2026-11-21"})
    again = client.post(page_of(ana, "episode/open/"), {"on": "2026-11-22"})
    assert again.status_code == 422
    with practice_scope(cast.alder.pk):
        rows = list(EpisodeOfCare.objects.filter(patient=ana).order_by("opened_on"))
    assert [(row.status, row.stage) for row in rows] == [
        ("finished", "ongoing_care"),
        ("active", "access"),
    ]


def test_a_carer_whose_permission_ends_sees_nothing(cast: Cast) -> None:
    ben = cast.patient("ben")
    with practice_scope(cast.alder.pk):
        grant = ProxyGrant.objects.get(patient=ben)
    assert cast.cole.client().post(page_of(ben, f"carers/{grant.pk}/end/")).status_code == 404
    assert cast.dee.client().post(page_of(ben, f"carers/{grant.pk}/end/")).status_code == 302
    assert "For Ben" not in cast.fay.client().get("/alder/me/").content.decode()


def test_no_form_falls_over_odd_input(cast: Cast) -> None:
    ana, client, point = cast.patient("ana"), cast.eve.client(), point_of(cast)
    survives_odd_input(client, page_of(ana, "contact/"))
    survives_odd_input(client, page_of(ana, f"contact/{point.pk}/"))
    survives_odd_input(client, page_of(ana, f"contact/{point.pk}/consent/"), names={"how"})
    survives_odd_input(client, page_of(ana, "care-team/"))
    survives_odd_input(client, page_of(ana, "episode/stage/"), names={"stage"})
    survives_odd_input(client, page_of(ana, "episode/close/"), names={"on", "reason"})
    survives_odd_input(client, page_of(ana, "episode/open/"), names={"on"})
    survives_odd_input(client, page_of(ana, "invite/"))
    survives_odd_input(client, page_of(ana, "carers/invite/"))
