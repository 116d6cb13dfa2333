"""Inviting somebody, again, and not after all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from portal import clock
from portal.access.roles import STAFF_ROLES, Role
from portal.access.viewer import Actor
from portal.audit import services as audit
from portal.people.accounts import new_username, plain_name
from portal.people.invitations.selectors import link_of
from portal.people.invitations.tokens import hash_code, hash_token, new_code, new_token
from portal.people.models import Invitation, InvitationState, Patient, ProxyCategory
from portal.practices.models import Membership
from portal.practices.selectors import current_practice
from portal.tenancy.errors import DomainError

VALID_FOR = dt.timedelta(hours=72)


@dataclass(frozen=True)
class Invited:
    """What came of inviting. `token` is there only for a sheet: mail makes its own when it is sent.

    `code` is the second fact to give apart (by voice, in person); empty where it is a birth date.
    Neither can be read again later.
    """

    invitation: Invitation
    token: str
    code: str

    @property
    def link(self) -> str:
        """The address to open, for a sheet; empty where a mail carries it."""
        return link_of(self.token) if self.token else ""


def invite_staff(
    *, display_name: str, roles: set[Role], by: Actor, email: str = "", on_paper: bool = False
) -> Invited:
    """Invite somebody to work here. With `email` a mail goes out; `on_paper` makes a sheet."""
    if not roles or not roles <= STAFF_ROLES:
        raise DomainError(_("Choose at least one of the roles of staff."))
    offer = _Offer(roles, display_name, plain_name(email))
    return _invite(offer, by=by, on_paper=on_paper)


def invite_patient(
    *, patient: Patient, by: Actor, email: str = "", on_paper: bool = False
) -> Invited:
    """Invite a patient to their own record. The second fact is the birth date, if we have it."""
    if Membership.objects.active().filter(patient_id=patient.pk).exists():
        raise DomainError(_("%(name)s has an account already.") % {"name": patient.display_name})
    offer = _Offer({Role.PATIENT}, patient.display_name, plain_name(email), patient.pk)
    return _invite(offer, by=by, on_paper=on_paper, code=_code_unless_born(patient))


def invite_proxy(
    *,
    patient: Patient,
    display_name: str,
    relation: str,
    categories: set[ProxyCategory],
    ends_on: dt.date,
    by: Actor,
    email: str = "",
    on_paper: bool = False,
) -> Invited:
    """Invite a carer to help one patient, with an account of their own, until a date."""
    if ends_on <= clock.today(current_practice().time_zone):
        raise DomainError(_("The last day must be in the future."))
    terms = {
        "relation": relation,
        "categories": sorted(category.value for category in categories),
        "ends_on": ends_on.isoformat(),
    }
    offer = _Offer({Role.PROXY}, display_name, plain_name(email), patient.pk, terms)
    return _invite(offer, by=by, on_paper=on_paper)


def invite_again(
    *, invitation: Invitation, by: Actor, on_paper: bool = False, code: str = ""
) -> Invited:
    """Another letter or sheet of the same offer; those that are still valid keep working.

    Also for one that has run out. With `code` the second fact stays what it was, else there is a
    new one. Raises DomainError when it was accepted or withdrawn.
    """
    if invitation.state != InvitationState.OPEN:
        raise DomainError(_("This invitation was used or withdrawn. Invite them anew."))
    if code and hash_code(code) != invitation.code_hash:
        raise ValueError("this is not the code of the invitation")
    code = code or (new_code() if invitation.code_hash else "")
    offer = _Offer(
        {Role(role) for role in invitation.roles},
        invitation.display_name,
        invitation.email,
        invitation.patient_id,
        invitation.help_terms,
        invitation.series,
        invitation.username,
    )
    return _invite(offer, by=by, on_paper=on_paper, code=code)


def withdraw(*, invitation: Invitation, by: Actor) -> Invitation:
    """Every letter and sheet of this offer stops working at once."""
    close_series(invitation.series, InvitationState.WITHDRAWN)
    audit.record("invitation.withdraw", by=by, obj=invitation, patient_id=invitation.patient_id)
    invitation.refresh_from_db()
    return invitation


@dataclass(frozen=True)
class _Offer:
    roles: set[Role]
    display_name: str
    email: str = ""
    patient_id: UUID | None = None
    help_terms: dict[str, Any] | None = None
    series: UUID | None = None
    username: str = ""


def _invite(offer: _Offer, *, by: Actor, on_paper: bool, code: str | None = None) -> Invited:
    """A row, its audit line, and a bell for the worker where there is an address to write to.

    `code` None makes one; an empty text means that the birth date is the second fact.
    """
    from portal.people.tasks import mail_invitation

    if not offer.email and not on_paper:
        raise DomainError(_("Write an e-mail address, or choose a sheet to print."))
    code = new_code() if code is None else code
    token = new_token() if on_paper else ""
    row = _add_row(offer, token=token, code_hash=hash_code(code), on_paper=on_paper, by=by)
    audit.record(
        "invitation.create",
        by=by,
        obj=row,
        patient_id=row.patient_id,
        details={"roles": row.roles, "on_paper": on_paper},
    )
    if not on_paper:
        # Rows that a lost bell leaves behind are found by `people.mail_waiting_invitations`.
        mail_invitation.dispatch(str(row.pk))
    return Invited(row, token, code)


def _add_row(offer: _Offer, *, token: str, code_hash: str, on_paper: bool, by: Actor) -> Invitation:
    now = clock.now()
    values: dict[str, Any] = {"series": offer.series} if offer.series else {}
    return Invitation.objects.create(
        **values,
        roles=sorted(role.value for role in offer.roles),
        display_name=offer.display_name,
        email=offer.email,
        username=offer.username or new_username(offer.display_name.split(" ")[0]),
        patient_id=offer.patient_id,
        help_terms=offer.help_terms or {},
        # Until a letter is sent nobody knows a secret that fits.
        token_hash=hash_token(token or new_token()),
        code_hash=code_hash,
        on_paper=on_paper,
        created_at=now,
        expires_at=now + VALID_FOR,
        invited_by_id=by.membership_id,
    )


def _code_unless_born(patient: Patient) -> str | None:
    return "" if patient.birth_date else None


def close_series(series: UUID, state: InvitationState) -> None:
    Invitation.objects.filter(series=series, state=InvitationState.OPEN).update(state=state)
