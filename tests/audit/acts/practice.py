"""The practice and its people."""

from __future__ import annotations

from portal.access.roles import Role
from portal.people import invitations
from portal.people.accounts import make_account
from portal.people.invitations.services import mailing
from portal.people.invitations.services.accepting import accept, prove
from portal.practices import services as practices
from portal.practices.selectors import settings_of_practice
from tests.audit.acts.act import Acts, Stage

act = Acts()


@act
def make_a_practice(on: Stage) -> None:
    on.elm = practices.create_practice(slug="elm", name="Elm", by=on.eve)


@act
def change_facts(on: Stage) -> None:
    practices.change_facts(practice=on.cast.alder, about="Hello", by=on.eve)


@act
def change_settings(on: Stage) -> None:
    practices.change_settings(settings=settings_of_practice(), late_cancel_hours=30, by=on.eve)


@act
def open_the_practice(on: Stage) -> None:
    practices.open_practice(practice=on.cast.alder, by=on.eve)


@act
def add_a_member(on: Stage) -> None:
    user = make_account(username="hal", email="hal@example.org", password="quiet-lamp-by-a-door")
    on.hal = practices.add_member(user=user, roles={Role.CLINICIAN}, display_name="Hal", by=on.eve)


@act
def change_roles(on: Stage) -> None:
    roles = {Role.CLINICIAN, Role.FRONT_DESK}
    practices.change_roles(membership=on.hal, roles=roles, by=on.eve)


@act
def agree_to_the_notice(on: Stage) -> None:
    practices.note_privacy_seen(membership=on.hal, version="2027-01", by=on.eve)


@act
def invite_staff(on: Stage) -> None:
    on.staff = invitations.invite_staff(
        display_name="Ida", roles={Role.FRONT_DESK}, on_paper=True, by=on.eve
    )


@act
def invite_again(on: Stage) -> None:
    on.again = invitations.invite_again(invitation=on.staff.invitation, on_paper=True, by=on.eve)


@act
def withdraw_an_invitation(on: Stage) -> None:
    invitations.withdraw(invitation=on.again.invitation, by=on.eve)


@act
def invite_by_mail(on: Stage) -> None:
    on.mailed = invitations.invite_staff(
        display_name="Jo", roles={Role.FRONT_DESK}, email="jo@example.org", by=on.eve
    )


@act
def mail_an_invitation(on: Stage) -> None:
    mailing.mail(on.mailed.invitation.pk)


@act
def invite_on_paper(on: Stage) -> None:
    on.paper = invitations.invite_staff(
        display_name="Kim", roles={Role.FRONT_DESK}, on_paper=True, by=on.eve
    )


@act
def accept_an_invitation(on: Stage) -> None:
    proved = prove(token=on.paper.token, fact=on.paper.code)
    accept(invitation_id=proved.pk, username="kim", password="quiet-lamp-by-a-door")
