"""The staff's side: who has been asked what, what came back, and asking a patient a form."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from intake import answered, selectors
from intake.catalogue import form_of
from intake.forms import AssignForm
from intake.history import history_views
from intake.services import assignments, responses, scores
from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.appointments.selectors import upcoming_for
from portal.people.models import Patient
from portal.people.selectors import clinical_patient_for, clinical_patients_for, patient_for
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.toasts import toast

LISTS = ("waiting", "done", "all")


@requires(Permission.ASSIGNMENT_STATE_SEE)
@require_safe
def staff_assignment_list(request: PracticeRequest) -> HttpResponse:
    """Who has been asked what, and whether it is done. No answers, no scores."""
    chosen = request.GET.get("list", "waiting")
    chosen = chosen if chosen in LISTS else "waiting"
    rows = selectors.assignments_for(request.viewer)
    if chosen == "waiting":
        rows = rows.waiting()
    elif chosen == "done":
        rows = rows.done().order_by("-submitted_at", "pk")
    page = page_of(request, rows)
    shown = list(page)
    context = {
        "page": page,
        "chosen": chosen,
        "response_ids": selectors.response_ids_of(request.viewer, shown),
        "today": clock.today(request.practice.time_zone),
    }
    return render(request, "intake/staff/assignment_list.html", context)


@requires(Permission.ASSIGNMENT_STATE_SEE)
@require_safe
def patient_assignments(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """One patient's forms; for clinicians of the care team with the totals over time."""
    patient = patient_for(request.viewer, patient_id)
    page = page_of(request, selectors.assignments_of(request.viewer, patient))
    histories = scores.open_scores(patient=patient, by=request.viewer)
    context = {
        "patient": patient,
        "page": page,
        "response_ids": selectors.response_ids_of(request.viewer, list(page)),
        "histories": history_views(histories),
        "may_assign": _may_ask(request, patient.pk),
        "today": clock.today(request.practice.time_zone),
    }
    return render(request, "intake/staff/patient_assignments.html", context)


@requires(Permission.QUESTIONNAIRE_ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_assignment_new(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """Ask a form of a patient."""
    patient = clinical_patient_for(request.viewer, patient_id)
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        versions=selectors.published_versions(),
        today=clock.today(request.practice.time_zone),
        initial={"due_on": _next_visit(request, patient)},
    )
    if form.is_bound and form.is_valid():
        try:
            assignments.assign(
                patient=patient,
                version=form.chosen,
                due_on=form.cleaned_data["due_on"],
                why=form.cleaned_data["why"],
                by=request.viewer,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("%(name)s has been asked.") % {"name": patient.first_name})
            return redirect("intake:patient_assignments", patient.pk)
    context = {"patient": patient, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "intake/staff/assignment_new.html", context, status=status)


@requires(Permission.ASSIGNMENT_STATE_SEE)
@require_safe
def staff_assignment_detail(request: PracticeRequest, assignment_id: UUID) -> HttpResponse:
    """What is asked and how far it is; risk answers of a form still open for the care team."""
    assignment = selectors.assignment_for(request.viewer, assignment_id)
    may_read = request.viewer.can(Permission.RESPONSE_READ)
    flags = responses.open_flags(assignment=assignment, by=request.viewer)
    response = selectors.response_of(request.viewer, assignment) if may_read else None
    zone = clock.zone(request.practice.time_zone)
    context = {
        "assignment": assignment,
        "flags": answered.flag_views(form_of(assignment.version), flags, zone),
        "response": response,
        "may_withdraw": assignment.is_open and _may_ask(request, assignment.patient_id),
    }
    return render(request, "intake/staff/assignment_detail.html", context)


@requires(Permission.QUESTIONNAIRE_ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_assignment_withdraw(request: PracticeRequest, assignment_id: UUID) -> HttpResponse:
    """Take a form back, after asking."""
    assignment = selectors.assignment_for(request.viewer, assignment_id)
    clinical_patient_for(request.viewer, assignment.patient_id)  # whoever may ask takes it back
    if request.method == "POST":
        try:
            assignments.withdraw(assignment=assignment, by=request.viewer)
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            toast(request, _("The form is taken back."))
        return redirect("intake:patient_assignments", assignment.patient_id)
    return render(request, "intake/staff/assignment_withdraw.html", {"assignment": assignment})


@requires(Permission.RESPONSE_READ)
@require_safe
def response_detail(request: PracticeRequest, response_id: UUID) -> HttpResponse:
    """A submitted form exactly as it was answered, with scores and flags. Opening is recorded."""
    response = responses.open_response(response_id=response_id, by=request.viewer)
    form, zone = form_of(response.version), clock.zone(request.practice.time_zone)
    flags = list(selectors.flags_of(response.assignment))
    context = {
        "response": response,
        "patient": response.patient,
        "sections": answered.read_back(response.document, form, zone),
        "scores": answered.score_views(form, list(selectors.scores_of(response))),
        "flags": answered.flag_views(form, flags, zone),
        "copyright": form.questionnaire.copyright,
    }
    return render(request, "intake/staff/response_detail.html", context)


def _next_visit(request: PracticeRequest, patient: Patient) -> dt.date | None:
    """The day of the patient's next appointment: what is asked is wanted before it."""
    appointment = upcoming_for(request.viewer).filter(patient=patient).first()
    if appointment is None:
        return None
    return clock.local_time(appointment.starts_at, request.practice.time_zone).date()


def _may_ask(request: PracticeRequest, patient_id: UUID) -> bool:
    """Whether the viewer asks this patient for forms: a clinician of theirs, not of the desk."""
    reach = clinical_patients_for(request.viewer).filter(pk=patient_id)
    return request.viewer.can(Permission.QUESTIONNAIRE_ASSIGN) and reach.exists()
