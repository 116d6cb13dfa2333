"""The second fact, and taking an invitation up."""

from __future__ import annotations

import datetime as dt
import hmac
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from portal import clock
from portal.access.roles import Role
from portal.access.viewer import SystemActor
from portal.audit import services as audit
from portal.audit.models import Outcome
from portal.people import services as people
from portal.people.accounts import make_account
from portal.people.invitations.selectors import MAX_TRIES, LinkIsOver, usable
from portal.people.invitations.services.inviting import close_series
from portal.people.invitations.tokens import hash_code, hash_token
from portal.people.models import Invitation, InvitationState, Patient, ProxyCategory, User
from portal.practices import services as practices
from portal.practices.models import Membership
from portal.practices.selectors import viewer_for
from portal.tenancy.context import practice_transaction
from portal.tenancy.errors import DomainError


class WrongFact(DomainError):
    """The second fact is not right; `left` says how many tries remain."""

    def __init__(self, left: int) -> None:
        super().__init__(_("That is not what we have. Check it, then try again."))
        self.left = left


def prove(*, token: str, fact: str | dt.date | None) -> Invitation:
    """Check the second fact: a birth date or the code. Opens its own transactions.

    The try is counted and committed before the answer is looked at. Raises LinkIsOver when there
    are none left or the link is no longer good, WrongFact when the answer is wrong.
    """
    with practice_transaction():
        counted = (
            usable()
            .filter(token_hash=hash_token(token), tries__lt=MAX_TRIES)
            .update(tries=F("tries") + 1)
        )
    if not counted:
        raise LinkIsOver
    with practice_transaction():
        invitation = Invitation.objects.get(token_hash=hash_token(token))
        if _fits(invitation, fact):  # a right answer does not use a try up
            Invitation.objects.filter(pk=invitation.pk).update(tries=F("tries") - 1)
            return invitation
        audit.record(
            "invitation.refuse",
            by=SystemActor("Somebody with an invitation"),
            obj=invitation,
            patient_id=invitation.patient_id,
            outcome=Outcome.REFUSED,
            details={"tries": invitation.tries},
        )
        left = max(0, MAX_TRIES - invitation.tries)
    raise WrongFact(left) if left else LinkIsOver


def _fits(invitation: Invitation, fact: str | dt.date | None) -> bool:
    if invitation.code_hash:
        return isinstance(fact, str) and hmac.compare_digest(
            hash_code(fact or " "), invitation.code_hash
        )
    if invitation.patient_id is None:
        return False
    born = Patient.objects.get(pk=invitation.patient_id).birth_date
    return born is not None and fact == born


def accept(
    *,
    invitation_id: UUID,
    user: User | None = None,
    username: str = "",
    password: str | None = None,
    account_id: UUID | None = None,
) -> tuple[User, Membership]:
    """Take up an invitation that was proved: make the account, or give `user` a place here.

    In one transaction of the ambient practice, with every row of the offer locked: of many at once
    exactly one succeeds. Raises LinkIsOver, AccountExists, or DomainError from the practice's
    rules (one account cannot be staff and patient of the same practice).
    """
    with practice_transaction():
        invitation = _lock_offer(invitation_id)
        if user is None:
            user = make_account(
                username=username or invitation.username,
                # Typed for a sheet it was never written to: a slip would be a stranger's address.
                email="" if invitation.on_paper else invitation.email,
                password=password,
                account_id=account_id,
            )
        elif not invitation.email or user.email != invitation.email:
            raise DomainError(_("This invitation is for another address than your account has."))
        membership = _give_place(invitation, user)
        invitation.accepted_at, invitation.membership = clock.now(), membership
        invitation.save(update_fields=["accepted_at", "membership"])
        close_series(invitation.series, InvitationState.ACCEPTED)
        audit.record(
            "invitation.accept",
            by=viewer_for(membership),
            obj=invitation,
            patient_id=invitation.patient_id,
        )
    return user, membership


def _lock_offer(invitation_id: UUID) -> Invitation:
    """The invitation, with its whole series locked in one order so that two cannot hold half."""
    series = Invitation.objects.filter(pk=invitation_id).values("series")
    rows = Invitation.objects.filter(series__in=series).order_by("pk").select_for_update()
    row = next((row for row in rows if row.pk == invitation_id), None)
    if row is None or not usable().filter(pk=row.pk).exists():  # asked anew, behind the lock
        raise LinkIsOver
    return row


def _give_place(invitation: Invitation, user: User) -> Membership:
    actor = SystemActor("Accepted invitation")
    is_own_record = Role.PATIENT.value in invitation.roles
    membership = practices.add_member(
        user=user,
        roles={Role(role) for role in invitation.roles},
        display_name=invitation.display_name,
        patient_id=invitation.patient_id if is_own_record else None,
        by=actor,
    )
    if invitation.help_terms and invitation.patient_id:
        people.let_help(
            patient=Patient.objects.get(pk=invitation.patient_id),
            proxy=membership,
            relation=invitation.help_terms["relation"],
            categories={ProxyCategory(name) for name in invitation.help_terms["categories"]},
            ends_on=dt.date.fromisoformat(invitation.help_terms["ends_on"]),
            by=actor,
        )
    return membership
