"""Inviting staff, patients and carers; again, and not after all."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people import invitations, selectors
from portal.people.forms.inviting import (
    MAIL,
    PAPER,
    InviteCarerForm,
    InvitePatientForm,
    InviteStaffForm,
)
from portal.people.models import Invitation
from portal.people.signin import show_once
from portal.people.signin.fresh import fresh_proof
from portal.tenancy.errors import DomainError
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
@shows_and_takes
def invite_staff(request: PracticeRequest) -> HttpResponse:
    """Somebody new works here."""
    form = InviteStaffForm(posted(request), initial={"way": MAIL})
    if form.is_bound and form.is_valid():
        try:
            invited = invitations.invite_staff(
                display_name=form.cleaned_data["display_name"],
                roles=form.cleaned_roles(),
                by=request.viewer,
                **form.way_of(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return show_once.show(request, invited)
    status = 422 if form.is_bound else 200
    return render(request, "portal/people/staff/invite_staff.html", {"form": form}, status=status)


@requires(Permission.PATIENT_INVITE)
@fresh_proof
@shows_and_takes
def invite_patient(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """A patient gets their own sign-in."""
    patient = selectors.patient_for(request.viewer, patient_id)
    known = selectors.contact_points_of(request.viewer, patient).filter(system="email").first()
    initial = {"way": MAIL, "email": known.value} if known else {"way": PAPER}
    form = InvitePatientForm(posted(request), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            invited = invitations.invite_patient(
                patient=patient, by=request.viewer, **form.way_of()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return show_once.show(request, invited)
    return render(
        request,
        "portal/people/staff/invite_patient.html",
        {"patient": patient, "form": form},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.PATIENT_INVITE)
@fresh_proof
@shows_and_takes
def invite_carer(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """A carer gets a sign-in of their own and sees what the patient has named."""
    patient = selectors.patient_for(request.viewer, patient_id)
    today = clock.today(request.practice.time_zone)
    form = InviteCarerForm(posted(request), today=today, initial={"way": MAIL})
    if form.is_bound and form.is_valid():
        try:
            invited = invitations.invite_proxy(
                patient=patient,
                display_name=form.cleaned_data["display_name"],
                relation=form.cleaned_data["relation"],
                categories=form.cleaned_categories(),
                ends_on=form.cleaned_data["ends_on"],
                by=request.viewer,
                **form.way_of(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return show_once.show(request, invited)
    return render(
        request,
        "portal/people/staff/invite_carer.html",
        {"patient": patient, "form": form},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.PATIENT_INVITE)
@fresh_proof
@shows_and_takes
def invite_again(request: PracticeRequest, invitation_id: UUID) -> HttpResponse:
    """Another letter of the same offer, or a sheet where there is no address.

    Somebody who was asked for a fresh proof comes back by GET, to the page with the button.
    """
    invitation = invitations.invitation_for(request.viewer, invitation_id)
    if request.method != "POST":
        return _back(invitation)
    try:
        invited = invitations.invite_again(
            invitation=invitation, by=request.viewer, on_paper=not invitation.email
        )
    except DomainError as error:
        messages.warning(request, str(error))
        return _back(invitation)
    return show_once.show(request, invited)


@requires(Permission.PATIENT_INVITE)
@require_POST
def withdraw(request: PracticeRequest, invitation_id: UUID) -> HttpResponse:
    """Every letter and sheet of this offer stops working at once."""
    invitation = invitations.invitation_for(request.viewer, invitation_id)
    invitations.withdraw(invitation=invitation, by=request.viewer)
    name = invitation.display_name
    toast(request, _("The invitation of %(name)s no longer works.") % {"name": name})
    return _back(invitation)


def _back(invitation: Invitation) -> HttpResponse:
    if invitation.patient_id is None:
        return redirect("people:members")
    return redirect("people:details", invitation.patient_id)
