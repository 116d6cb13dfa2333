"""Ways into somebody else's account through an invitation."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from portal.access.roles import Role
from portal.people import invitations
from portal.people.accounts import account_called, end_sessions
from portal.people.invitations import Invited
from portal.people.models import Patient
from portal.people.services import add_patient
from portal.practices.models import Membership
from portal.tenancy.context import practice_scope
from tests.cast import PASSWORD, SET_UP, Cast

BORN = dt.date(1988, 3, 9)


@pytest.fixture
def una(cast: Cast, committed_db: None) -> Patient:
    """A patient of Alder without an account."""
    with practice_scope(cast.alder.pk):
        return add_patient(given_name="Una", family_name="Urban", birth_date=BORN, by=SET_UP)


def sheet(cast: Cast, patient: Patient, *, email: str = "") -> Invited:
    with practice_scope(cast.alder.pk):
        return invitations.invite_patient(
            patient=patient, email=email, on_paper=True, by=cast.dee.viewer
        )


def prove(client: Client, token: str, *, slug: str = "alder", born: dt.date = BORN) -> int:
    return client.post(f"/{slug}/a/join/{token}/", {"fact": born.isoformat()}).status_code


def join(client: Client, token: str) -> int:
    assert prove(client, token) == 302
    return client.post("/alder/a/join/account/", {"password": PASSWORD}).status_code


def test_an_address_on_a_sheet_opens_nothing_until_its_owner_has_confirmed_it(
    cast: Cast, una: Patient
) -> None:
    """A slip in typing it would hand the record to a stranger through a new password."""
    invited = sheet(cast, una, email="stranger@example.org")
    assert join(Client(), invited.token) == 302
    assert account_called("stranger@example.org") is None
    user = account_called(invited.invitation.username)
    assert user is not None
    assert not user.email


def test_two_offers_of_one_record_make_one_account(cast: Cast, una: Patient) -> None:
    first, second = sheet(cast, una), sheet(cast, una)
    assert join(Client(), first.token) == 302
    assert join(Client(), second.token) == 409
    with practice_scope(cast.alder.pk):
        assert Membership.objects.filter(patient_id=una.pk).count() == 1
    assert account_called(second.invitation.username) is None


def test_a_used_link_is_over_also_for_a_browser_that_has_proved_it_before(
    cast: Cast, una: Patient
) -> None:
    invited = sheet(cast, una)
    waiting = Client()
    assert prove(waiting, invited.token) == 302
    assert join(Client(), invited.token) == 302
    late = waiting.post("/alder/a/join/account/", {"password": PASSWORD})
    assert late.status_code == 410
    assert prove(Client(), invited.token) == 410


def test_a_link_of_one_practice_opens_nothing_in_another(cast: Cast, una: Patient) -> None:
    invited = sheet(cast, una)
    assert prove(Client(), invited.token, slug="birch") == 410
    proved = Client()
    assert prove(proved, invited.token) == 302
    assert proved.post("/birch/a/join/account/", {"password": PASSWORD}).status_code == 302
    with practice_scope(cast.birch.pk):
        assert not Membership.objects.filter(patient_id=una.pk).exists()


def test_the_sixth_try_is_over_even_with_the_right_fact(cast: Cast, una: Patient) -> None:
    invited = sheet(cast, una)
    for _try in range(5):
        prove(Client(), invited.token, born=dt.date(1988, 3, 8))
    assert prove(Client(), invited.token) == 410


def test_roles_and_record_in_the_form_of_the_way_in_are_not_read(cast: Cast, una: Patient) -> None:
    invited = sheet(cast, una)
    client = Client()
    assert prove(client, invited.token) == 302
    extra = {
        "password": PASSWORD,
        "username": "eve",
        "roles": Role.MANAGER,
        "patient_id": str(cast.patient("ana").pk),
        "invitation_id": str(cast.patient("ana").pk),
    }
    client.post("/alder/a/join/account/", extra)
    with practice_scope(cast.alder.pk):
        made = Membership.objects.get(patient_id=una.pk)
    assert made.roles == [Role.PATIENT]
    assert made.user.username == invited.invitation.username
    assert end_sessions(cast.eve.user.pk) == 0
