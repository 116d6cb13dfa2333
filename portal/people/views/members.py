"""Who works in the practice: the list, roles, and leaving is in `portal.home.views.leaving`."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people import selectors
from portal.people.forms.staff import RolesForm
from portal.people.invitations import open_invitations_for
from portal.people.signin.fresh import fresh_proof
from portal.practices import services as practices
from portal.practices.selectors import member_for, members_for
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.PEOPLE_SEE)
@require_safe
def members(request: PracticeRequest) -> HttpResponse:
    """The staff, those who have left last."""
    return render(
        request,
        "portal/people/staff/members.html",
        {
            "page": page_of(request, members_for(request.viewer)),
            "may_manage": request.viewer.can(Permission.PEOPLE_MANAGE),
            "invitations": open_invitations_for(request.viewer).filter(patient_id=None),
            "now": clock.now(),
        },
    )


@requires(Permission.PEOPLE_SEE)
@require_safe
def member(request: PracticeRequest, membership_id: UUID) -> HttpResponse:
    """One person: what they may do, and whom they lead."""
    row = member_for(request.viewer, membership_id)
    return render(
        request,
        "portal/people/staff/member.html",
        {
            "member": row,
            "leads": selectors.patients_led_by(row).count(),
            "is_self": row.pk == request.viewer.membership_id,
            "may_manage": request.viewer.can(Permission.PEOPLE_MANAGE) and row.status == "active",
        },
    )


@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
@shows_and_takes
def roles(request: PracticeRequest, membership_id: UUID) -> HttpResponse:
    """Change what somebody may do."""
    row = member_for(request.viewer, membership_id)
    form = RolesForm(posted(request), initial={"roles": row.roles})
    if form.is_bound and form.is_valid():
        try:
            practices.change_roles(membership=row, roles=form.cleaned_roles(), by=request.viewer)
        except DomainError as error:
            form.add_error("roles", str(error))
        else:
            toast(request, _("Their roles are changed from their next page on."))
            # Whoever is no longer a manager has nothing more to see here.
            still = row.pk != request.viewer.membership_id or "manager" in row.roles
            return redirect("people:member", row.pk) if still else redirect("home:day")
    return render(
        request,
        "portal/people/staff/roles.html",
        {"member": row, "form": form},
        status=422 if form.is_bound else 200,
    )
