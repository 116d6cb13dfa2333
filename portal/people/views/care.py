"""Care team, episode, carers and cover, for staff."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.access.roles import Role
from portal.people import selectors, services
from portal.people.forms.care import CloseForm, CoverForm, JoinForm, OpenForm, StageForm
from portal.people.models import Patient
from portal.practices.selectors import membership_of_viewer
from portal.tenancy.errors import DomainError
from portal.ui.forms import AccessibleForm
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.CARE_TEAM_EDIT)
@shows_and_takes
def care_team(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """Who cares for this patient; another may join."""
    patient = selectors.patient_for(request.viewer, patient_id)
    form = JoinForm(posted(request))
    if form.is_bound and form.is_valid():
        services.join_care_team(
            patient=patient,
            membership=form.cleaned_data["clinician"],
            role=form.cleaned_data["role"],
            by=request.viewer,
        )
        toast(request, _("The care team is changed."))
        return redirect("people:care_team", patient.pk)
    return render(
        request,
        "portal/people/staff/care_team.html",
        {"patient": patient, "form": form, "care_team": selectors.care_team_of(patient)},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.CARE_TEAM_EDIT)
@require_POST
def care_team_leave(request: PracticeRequest, patient_id: UUID, member_id: UUID) -> HttpResponse:
    """Somebody leaves the care team; they no longer see the record."""
    patient = selectors.patient_for(request.viewer, patient_id)
    member = selectors.care_team_member_for(patient, member_id)
    services.leave_care_team(member=member, by=request.viewer)
    name = member.membership.display_name
    toast(request, _("%(name)s has left the care team.") % {"name": name})
    return redirect("people:care_team", patient.pk)


@requires(Permission.EPISODE_EDIT)
@require_safe
def episode(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """Where the patient stands on their way through the practice."""
    patient = selectors.patient_for(request.viewer, patient_id)
    return _episode_page(request, patient)


@requires(Permission.EPISODE_EDIT)
@require_POST
def episode_stage(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """Move the open episode to another stage."""
    patient = selectors.patient_for(request.viewer, patient_id)
    open_one = selectors.open_episode_of(patient)
    form = StageForm(request.POST)
    if open_one is None or not form.is_valid():
        return _episode_page(request, patient, stage=form)
    services.move_to_stage(episode=open_one, stage=form.cleaned_data["stage"], by=request.viewer)
    toast(request, _("The stage is changed."))
    return redirect("people:episode", patient.pk)


@requires(Permission.EPISODE_EDIT)
@require_POST
def episode_close(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """End the open episode, with a reason and a day."""
    patient = selectors.patient_for(request.viewer, patient_id)
    open_one = selectors.open_episode_of(patient)
    form = CloseForm(request.POST)
    if form.is_valid() and open_one is not None:
        try:
            services.close_episode(episode=open_one, by=request.viewer, **form.cleaned_data)
        except DomainError as error:
            form.add_error("on", str(error))
        else:
            toast(request, _("The episode has ended."))
            return redirect("people:episode", patient.pk)
    return _episode_page(request, patient, close=form)


@requires(Permission.EPISODE_EDIT)
@require_POST
def episode_open(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """A new stretch of care for somebody who comes back."""
    patient = selectors.patient_for(request.viewer, patient_id)
    form = OpenForm(request.POST)
    if form.is_valid():
        try:
            services.open_episode(patient=patient, by=request.viewer, **form.cleaned_data)
        except DomainError as error:
            form.add_error("on", str(error))
        else:
            toast(request, _("A new episode is open."))
            return redirect("people:episode", patient.pk)
    return _episode_page(request, patient, again=form)


def _episode_page(
    request: PracticeRequest, patient: Patient, **bound: AccessibleForm
) -> HttpResponse:
    """The page with its three forms; those not sent stand as they begin."""
    open_one = selectors.open_episode_of(patient)
    today = clock.today(request.practice.time_zone)
    forms: dict[str, AccessibleForm] = {
        "stage": StageForm(initial={"stage": open_one.stage if open_one else None}),
        "close": CloseForm(initial={"on": today}),
        "again": OpenForm(initial={"on": today}),
        **bound,
    }
    context = {
        "patient": patient,
        "open_episode": open_one,
        "episodes": selectors.episodes_of(patient),
        "forms": forms,
    }
    status = 422 if bound else 200
    return render(request, "portal/people/staff/episode.html", context, status=status)


@requires(Permission.COVER_ARRANGE)
@shows_and_takes
def cover(request: PracticeRequest) -> HttpResponse:
    """Who covers for whom. Managers arrange it for everybody, others for themselves."""
    manages = Role.MANAGER in request.viewer.roles
    own = None if manages else membership_of_viewer(request.viewer)
    form = CoverForm(posted(request), zone_name=request.practice.time_zone, only_absent=own)
    if form.is_bound and form.is_valid():
        cleaned = form.cleaned_data
        try:
            services.arrange_cover(
                absent=own or cleaned["absent"],
                cover=cleaned["cover"],
                starts_at=cleaned["first_at"],
                ends_at=cleaned["last_at"],
                by=request.viewer,
            )
        except DomainError as error:
            form.add_error("cover", str(error))
        else:
            toast(request, _("Cover is arranged."))
            return redirect("people:cover")
    return render(
        request,
        "portal/people/staff/cover.html",
        {"form": form, "covers": selectors.covers_for(request.viewer), "now": clock.now()},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.COVER_ARRANGE)
@require_POST
def cover_end(request: PracticeRequest, cover_id: UUID) -> HttpResponse:
    """The person is back: the other no longer sees their patients."""
    row = selectors.cover_row_for(request.viewer, cover_id)
    services.end_cover(cover=row, by=request.viewer)
    toast(request, _("Cover has ended."))
    return redirect("people:cover")
