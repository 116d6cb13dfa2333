"""Reading invitations."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.access.roles import PATIENT_ROLES, STAFF_ROLES, Role
from portal.access.viewer import Viewer
from portal.audit import sight
from portal.people.invitations.tokens import hash_token
from portal.people.models import Invitation, InvitationState
from portal.people.selectors import patients_for
from portal.practices.links import practice_url
from portal.practices.models import Membership
from portal.practices.selectors import current_practice
from portal.tenancy.errors import DomainError, NotFound

MAX_TRIES = 5


class LinkIsOver(DomainError):
    """Used, withdrawn, too old, tried too often, or never there: the same words for all."""

    def __init__(self) -> None:
        super().__init__(
            _("This invitation no longer works. Ask the practice for a new one; it takes a minute.")
        )


def open_invitations_for(viewer: Viewer) -> QuerySet[Invitation]:
    """Offers that nobody has taken up, one row each (its newest letter), newest first.

    Managers see all; others those to patients in their reach.
    """
    rows = Invitation.objects.filter(state=InvitationState.OPEN)
    if Role.MANAGER not in viewer.roles:
        rows = rows.filter(
            roles__overlap=sorted(PATIENT_ROLES),
            patient_id__in=patients_for(viewer).values("pk"),
        )
    newest = rows.order_by("series", "-created_at").distinct("series").values("pk")
    return Invitation.objects.filter(pk__in=newest).order_by("-created_at", "pk")


def invitation_for(viewer: Viewer, invitation_id: UUID) -> Invitation:
    """One open offer. Raises NotFound."""
    invitation = open_invitations_for(viewer).filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound("No such invitation.")
    sight.handed(invitation.patient_id)
    return invitation


def invitation_with(token: str) -> Invitation:
    """The invitation behind a link, if it can still be used. Raises LinkIsOver."""
    found = usable().filter(token_hash=hash_token(token), tries__lt=MAX_TRIES).first()
    if found is None:
        raise LinkIsOver
    return found


def invitation_by_id(invitation_id: UUID) -> Invitation | None:
    """One that can still be accepted, for the browser that has proved its second fact."""
    return usable().filter(pk=invitation_id).first()


def usable() -> QuerySet[Invitation]:
    """Offers that still hold: open, in time, and of somebody who may still make them.

    Whoever has left leaves no door behind, nor does a manager who is one no longer.
    """
    makers = Membership.objects.active().filter(pk=OuterRef("invited_by"))
    of_one_who_may = Q(roles__overlap=sorted(STAFF_ROLES)) & Exists(
        makers.with_role(Role.MANAGER)
    ) | ~Q(roles__overlap=sorted(STAFF_ROLES)) & Exists(makers)
    return Invitation.objects.filter(
        Q(invited_by=None) | of_one_who_may,
        state=InvitationState.OPEN,
        expires_at__gt=clock.now(),
    )


def link_of(token: str) -> str:
    """The full address of an invitation's page in the ambient practice."""
    return practice_url(current_practice(), "people:join", token)


def wants_birth_date(invitation: Invitation) -> bool:
    """True where the second fact is the patient's birth date, False where it is a code."""
    return not invitation.code_hash
