"""Finding, adding and changing patients' records, for staff."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.access.roles import Role
from portal.people import selectors, services
from portal.people.forms.patients import AddForm, AutomationForm, ConfirmForm, EditForm, FindForm
from portal.people.invitations import open_invitations_for
from portal.people.models import CareRole, ContactSystem, Patient
from portal.practices.selectors import membership_of_viewer
from portal.tenancy.errors import DomainError
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast

MOST_FOUND = 25


@requires(Permission.PATIENT_FIND)
@shows_and_takes
def find(request: PracticeRequest) -> HttpResponse:
    """Look for a patient. The words are posted and never stand in an address."""
    form = FindForm(posted(request))
    found: list[Patient] | None = None
    if form.is_bound and form.is_valid():
        found = services.search_patients(
            words=form.cleaned_data["words"], by=request.viewer, most=MOST_FOUND + 1
        )
    context = {
        "form": form,
        "found": None if found is None else found[:MOST_FOUND],
        "more": found is not None and len(found) > MOST_FOUND,
    }
    wrong = form.is_bound and found is None
    return render(request, "portal/people/staff/find.html", context, status=422 if wrong else 200)


@requires(Permission.PATIENT_EDIT)
@shows_and_takes
def add(request: PracticeRequest) -> HttpResponse:
    """A new record; says when somebody of that name is there already."""
    clinician = Role.CLINICIAN in request.viewer.roles
    initial = {"language": request.practice.language}
    if clinician:  # else they could not see whom they have just added
        initial["lead"] = str(request.viewer.membership_id)
    form = AddForm(posted(request), practice=request.practice, initial=initial)
    alike: list[Patient] = []
    if form.is_bound and form.is_valid():
        alike = selectors.patients_alike(
            request.viewer,
            given_name=form.cleaned_data["given_name"],
            family_name=form.cleaned_data["family_name"],
            birth_date=form.cleaned_data["birth_date"],
        )
        if not alike or form.cleaned_data["someone_else"]:
            patient = _add_or_say_why(request, form)
            if patient is not None:
                toast(request, _("%(name)s is added.") % {"name": patient.display_name})
                return redirect("home:patient", patient.pk)
    return render(
        request,
        "portal/people/staff/add.html",
        {"form": form, "alike": alike},
        status=422 if form.is_bound else 200,
    )


def _add_or_say_why(request: PracticeRequest, form: AddForm) -> Patient | None:
    by, cleaned = request.viewer, form.cleaned_data
    try:
        patient = services.add_patient(
            by=by, opened_on=clock.today(request.practice.time_zone), **form.facts()
        )
    except DomainError as error:
        form.add_error("record_number", str(error))
        return None
    if cleaned["mobile"]:
        services.add_contact_point(
            patient=patient,
            system=ContactSystem.SMS,
            value=cleaned["mobile"],
            consent_how=cleaned["consent_how"],
            by=by,
        )
    lead = cleaned["lead"]
    if lead is None and Role.CLINICIAN in by.roles and not by.roles & selectors.SEES_EVERY_PATIENT:
        lead = membership_of_viewer(by)
    if lead is not None:
        services.join_care_team(patient=patient, membership=lead, role=CareRole.LEAD, by=by)
    return patient


@requires(Permission.PATIENT_OPEN)
@require_safe
def details(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """The whole record as far as it is not clinical: facts, contact, care team, carers."""
    viewer = request.viewer
    patient = services.open_patient(patient=selectors.patient_for(viewer, patient_id), by=viewer)
    context = {
        "patient": patient,
        "age": patient.age_on(clock.today(request.practice.time_zone)),
        "contact_points": selectors.contact_points_of(viewer, patient),
        "care_team": selectors.care_team_of(patient),
        "episodes": selectors.episodes_of(patient) if viewer.can(Permission.EPISODE_EDIT) else [],
        "carers": selectors.carers_of(patient),
        "account": selectors.account_of(patient),
        "invitations": open_invitations_for(viewer).filter(patient_id=patient.pk)
        if viewer.can(Permission.PATIENT_INVITE)
        else [],
        "now": clock.now(),
        "can": {
            "invite": viewer.can(Permission.PATIENT_INVITE),
            "edit": viewer.can(Permission.PATIENT_EDIT),
            "contact": viewer.can(Permission.PATIENT_CONTACT_EDIT),
            "team": viewer.can(Permission.CARE_TEAM_EDIT),
            "episode": viewer.can(Permission.EPISODE_EDIT),
        },
    }
    return render(request, "portal/people/staff/details.html", context)


@requires(Permission.PATIENT_EDIT)
@shows_and_takes
def edit(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """Change the facts. When somebody else has changed them meanwhile, both are shown."""
    patient = selectors.patient_for(request.viewer, patient_id)
    form = EditForm.of(patient, request.practice, posted(request))
    differing: list[tuple[str, str]] = []
    if form.is_bound and form.is_valid():
        try:
            services.change_patient(
                patient=patient,
                version=form.cleaned_data["version"],
                by=request.viewer,
                **form.facts(),
            )
        except services.ChangedMeanwhile as error:
            differing = form.differing(error.current)
            form = form.on_top_of(error.current)
            form.is_valid()
        except DomainError as error:
            form.add_error("record_number", str(error))
        else:
            toast(request, _("Saved."))
            return redirect("people:details", patient.pk)
    return render(
        request,
        "portal/people/staff/edit.html",
        {"patient": patient, "form": form, "differing": differing},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.PATIENT_CONTACT_EDIT)
@require_POST
def automation(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """One switch for everything that the portal sends this person by itself."""
    patient = selectors.patient_for(request.viewer, patient_id)
    # "Undo" posts nothing: what it does stands in its address.
    form = AutomationForm(request.POST if "paused" in request.POST else request.GET)
    if form.is_valid():
        paused = form.cleaned_data["paused"]
        services.pause_automation(patient=patient, paused=paused, by=request.viewer)
        words = _("Nothing is sent by itself any more.") if paused else _("Texts are sent again.")
        undo = reverse("people:automation", args=[patient.pk])
        toast(request, words, undo_url=f"{undo}?paused={'no' if paused else 'yes'}")
    return redirect("home:patient", patient.pk)


@requires(Permission.EPISODE_EDIT)
@shows_and_takes
def end(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """The person is no longer a patient here. Asks once more; nothing is deleted."""
    patient = selectors.patient_for(request.viewer, patient_id)
    form = ConfirmForm(posted(request))
    if form.is_bound and form.is_valid():
        services.end_record(patient=patient, by=request.viewer)
        toast(request, _("The record has ended. Nothing was deleted."))
        return redirect("people:details", patient.pk)
    return render(request, "portal/people/staff/end.html", {"patient": patient, "form": form})


@requires(Permission.EPISODE_EDIT)
@require_POST
def resume(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """The person is a patient here again."""
    patient = selectors.patient_for(request.viewer, patient_id)
    services.resume_record(patient=patient, by=request.viewer)
    toast(request, _("The record is active again."))
    return redirect("people:details", patient.pk)
