"""A session left open on a desk: what opens doors for others asks again who is there."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from portal.access.roles import Role
from portal.people import invitations
from portal.people.models import Invitation
from portal.tenancy.context import practice_scope
from tests.cast import Cast, Person

PROOFS = "account_authentication_methods"  # where allauth keeps them


def left_alone(person: Person) -> Client:
    """Signed in, and the last proof is six minutes old."""
    client = person.client()
    session = client.session
    session[PROOFS] = [{**each, "at": time.time() - 360} for each in session[PROOFS]]
    session.save()
    return client


@pytest.mark.parametrize("what", ["roles", "staff", "carer", "patient"])
def test_an_old_proof_is_not_enough(cast: Cast, db: None, what: str) -> None:
    """T-AUTH-09: role change, a place on the staff, a carer's access."""
    path = {
        "roles": f"staff/people/{cast.dee.membership.pk}/roles/",
        "staff": "staff/people/invite/",
        "carer": f"staff/patients/{cast.patient('ben').pk}/carers/invite/",
        "patient": f"staff/patients/{cast.patient('ben').pk}/invite/",
    }[what]
    assert cast.eve.client().get(cast.eve.url(path)).status_code == 200
    form = {"roles": [Role.MANAGER], "display_name": "Mallory", "way": "paper"}
    client, url = left_alone(cast.eve), cast.eve.url(path)
    for answer in (client.get(url), client.post(url, form)):
        assert answer.status_code == 302
        assert "/accounts/" in answer["Location"]
    with practice_scope(cast.alder.pk):
        cast.dee.membership.refresh_from_db()
        assert cast.dee.membership.roles == [Role.FRONT_DESK]
        assert not Invitation.objects.exists()


def test_another_sheet_of_an_offer_asks_as_the_first_did(cast: Cast, db: None) -> None:
    """It shows a link and a code that open the same door."""
    with practice_scope(cast.alder.pk):
        invited = invitations.invite_staff(
            display_name="New", roles={Role.MANAGER}, on_paper=True, by=cast.eve.viewer
        )
    url = cast.eve.url(f"staff/invitations/{invited.invitation.pk}/again/")
    answer = left_alone(cast.eve).post(url)
    assert answer.status_code == 302
    assert "/accounts/" in answer["Location"]
    with practice_scope(cast.alder.pk):
        assert Invitation.objects.count() == 1
    back = cast.eve.client().get(url)
    assert back["Location"] == cast.eve.url("staff/people/")
