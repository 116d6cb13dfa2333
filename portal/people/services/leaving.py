"""Somebody leaves the practice: whom they led goes to another, then their place ends."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.access.viewer import Actor
from portal.people.accounts import end_sessions
from portal.people.models import CareRole, CareTeamMember
from portal.people.reach import live_covers
from portal.people.services.care import join_care_team, leave_care_team
from portal.people.services.help import end_cover
from portal.practices.models import Membership
from portal.practices.selectors import practices_of
from portal.practices.services import end_membership
from portal.tenancy.errors import DomainError


def leave_practice(*, membership: Membership, new_lead: Membership | None, by: Actor) -> Membership:
    """End a place on the staff. Patients whom the person led go to `new_lead`, if there is one.

    Without one they stay without a lead and stand on the managers' list. Raises DomainError for
    the last manager and for a lead who is not a clinician.
    """
    if new_lead is not None and new_lead.pk == membership.pk:
        raise DomainError(_("Choose somebody else than the person who leaves."))
    end_membership(membership=membership, by=by)
    places = CareTeamMember.objects.filter(membership=membership, ended_at=None)
    for place in places.select_related("patient").order_by("patient"):
        if place.role == CareRole.LEAD and new_lead is not None:
            join_care_team(patient=place.patient, membership=new_lead, role=CareRole.LEAD, by=by)
        leave_care_team(member=place, by=by)
    if not practices_of(membership.user):
        end_sessions(membership.user_id)  # nowhere left to go: signed out on every device
    for cover in live_covers().filter(cover=membership):
        end_cover(cover=cover, by=by)
    return membership
