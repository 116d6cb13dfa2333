"""Ways into somebody else's account through an invitation."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as letters
from django.test import Client

from portal.access.roles import Role
from portal.people import invitations
from portal.people.accounts import account_called, end_sessions
from portal.people.invitations import Invited
from portal.people.invitations.services.mailing import mail
from portal.people.models import Patient
from portal.people.services import add_patient, leave_practice
from portal.practices import services as practices
from portal.practices.models import Membership
from portal.tenancy.context import ambient_practice, practice_scope
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


# --- Whoever has left, or may no longer invite, opens no door with a link made before -------------


def pages_of(client: Client, invited: Invited) -> list[int]:
    """What the link, its second fact and the way to an account answer."""
    fact = invited.code or BORN.isoformat()
    return [
        client.get(f"/alder/a/join/{invited.token}/").status_code,
        client.post(f"/alder/a/join/{invited.token}/", {"fact": fact}).status_code,
    ]


@pytest.mark.parametrize("roles", [None, {Role.FRONT_DESK}])
@pytest.mark.parametrize("proved", [False, True])
def test_a_way_onto_the_staff_is_over_when_its_maker_is_no_longer_a_manager(
    cast: Cast, committed_db: None, roles: set[Role] | None, proved: bool
) -> None:
    cole, browser = cast.cole, Client()
    with practice_scope(cast.alder.pk):
        practices.change_roles(membership=cole.membership, roles={Role.MANAGER}, by=SET_UP)
        invited = invitations.invite_staff(
            display_name="Back Door", roles={Role.MANAGER}, on_paper=True, by=cole.viewer
        )
    if proved:
        assert pages_of(browser, invited) == [200, 302]
    with practice_scope(cast.alder.pk):
        if roles is None:
            leave_practice(membership=cole.membership, new_lead=None, by=SET_UP)
        else:
            practices.change_roles(membership=cole.membership, roles=roles, by=SET_UP)
    assert pages_of(browser, invited) == [410, 410]
    late = browser.post("/alder/a/join/account/", {"password": PASSWORD})
    assert late.status_code == (410 if proved else 302)
    with practice_scope(cast.alder.pk):
        assert not Membership.objects.filter(display_name="Back Door").exists()


def test_a_way_to_a_record_is_over_when_its_maker_has_left(cast: Cast, una: Patient) -> None:
    invited = sheet(cast, una)
    with practice_scope(cast.alder.pk):
        leave_practice(membership=cast.dee.membership, new_lead=None, by=SET_UP)
    assert pages_of(Client(), invited) == [410, 410]
    with practice_scope(cast.alder.pk), pytest.raises(invitations.LinkIsOver):
        invitations.accept(invitation_id=invited.invitation.pk, password=PASSWORD)


def test_somebody_else_may_make_the_offer_anew(cast: Cast, una: Patient) -> None:
    invited = sheet(cast, una)
    with practice_scope(cast.alder.pk):
        leave_practice(membership=cast.dee.membership, new_lead=None, by=SET_UP)
        again = invitations.invite_again(
            invitation=invited.invitation, by=cast.eve.viewer, on_paper=True
        )
    assert join(Client(), again.token) == 302


def test_no_letter_of_somebody_who_has_left_goes_out(cast: Cast, una: Patient) -> None:
    with practice_scope(cast.alder.pk):
        invited = invitations.invite_patient(
            patient=una, email="una@example.org", by=cast.dee.viewer
        )
        leave_practice(membership=cast.dee.membership, new_lead=None, by=SET_UP)
    with ambient_practice(cast.alder.pk):
        mail(invited.invitation.pk)
    assert not letters.outbox
