"""Somebody leaves the practice. Here and not in `people`, because every app says what stays."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.home import registry
from portal.people.forms.patients import ConfirmForm, NewLeadForm
from portal.people.selectors import patients_led_by
from portal.people.services import leave_practice
from portal.people.signin.fresh import fresh_proof
from portal.practices.models import MembershipStatus
from portal.practices.selectors import member_for
from portal.tenancy.errors import DomainError, NotFound
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast

MOST_NAMED = 20


@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
@shows_and_takes
def member_leave(request: PracticeRequest, membership_id: UUID) -> HttpResponse:
    """Asks once more, says what stays behind, and hands over the patients they lead."""
    member = member_for(request.viewer, membership_id)
    if member.status != MembershipStatus.ACTIVE:
        raise NotFound("This person has left.")
    led = list(patients_led_by(member)[: MOST_NAMED + 1])
    form = NewLeadForm(posted(request), leaving=member) if led else ConfirmForm(posted(request))
    if form.is_bound and form.is_valid():
        new_lead = form.chosen() if isinstance(form, NewLeadForm) else None
        try:
            leave_practice(membership=member, new_lead=new_lead, by=request.viewer)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("%(name)s has left.") % {"name": member.display_name})
            is_self = member.pk == request.viewer.membership_id
            return redirect("home:front_door" if is_self else "people:members")
    context = {
        "member": member,
        "led": led[:MOST_NAMED],
        "more": len(led) > MOST_NAMED,
        "left_behind": registry.left_behind(request.viewer, member),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "portal/home/staff/member_leave.html", context, status=status)
