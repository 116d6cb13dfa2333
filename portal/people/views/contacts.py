"""How to reach a patient, and their consent to it, for staff."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people import contact_points, selectors, services
from portal.people.forms.contacts import (
    AddContactForm,
    ChangeContactForm,
    ConsentForm,
    ReplaceContactForm,
)
from portal.people.models import ContactPoint, Patient
from portal.tenancy.errors import DomainError
from portal.ui.posting import posted, shows_and_takes
from portal.ui.returning import page_before
from portal.ui.toasts import toast


@requires(Permission.PATIENT_CONTACT_EDIT)
@shows_and_takes
def add(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """A new number or address."""
    patient = selectors.patient_for(request.viewer, patient_id)
    form = AddContactForm(posted(request), region=request.practice.country)
    if form.is_bound and form.is_valid():
        cleaned = form.cleaned_data
        try:
            new = services.add_contact_point(
                patient=patient,
                system=form.cleaned_system,
                value=cleaned["value"],
                consent_how=cleaned["consent_how"],
                discreet=cleaned["discreet"],
                safe_from=cleaned["safe_from"],
                safe_until=cleaned["safe_until"],
                by=request.viewer,
            )
        except DomainError as error:
            form.add_error("value", str(error))
        else:
            toast(request, _("Added."))
            _say_who_has_it_too(request, new)
            return redirect(page_before(request, reverse("people:details", args=[patient.pk])))
    return render(
        request,
        "portal/people/staff/contact_add.html",
        {"patient": patient, "form": form},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.PATIENT_CONTACT_EDIT)
@shows_and_takes
def change(request: PracticeRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    """Discretion and safe hours; consent and taking it off the record stand below."""
    patient, point = _point(request, patient_id, point_id)
    form = ChangeContactForm.of(point, posted(request))
    if form.is_bound and form.is_valid():
        services.change_contact_point(point=point, by=request.viewer, **form.cleaned_data)
        toast(request, _("Saved."))
        return redirect("people:details", patient.pk)
    return _page(request, patient, point, form, ConsentForm())


@requires(Permission.PATIENT_CONTACT_EDIT)
@shows_and_takes
def replace(request: PracticeRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    """Another number or address in the place of this one; leads back to where it was needed."""
    patient, point = _point(request, patient_id, point_id)
    back = page_before(request, reverse("people:details", args=[patient.pk]))
    form = ReplaceContactForm(posted(request), system=point.system, region=request.practice.country)
    if form.is_bound and form.is_valid():
        try:
            new = services.replace_contact_point(
                point=point, by=request.viewer, **form.cleaned_data
            )
        except DomainError as error:
            form.add_error("value", str(error))
        else:
            if new.may_be_used:
                toast(request, _("Changed. What waits goes there."))
            else:
                toast(request, _("Changed. Until they agree, nothing is sent there by itself."))
            _say_who_has_it_too(request, new)
            return redirect(back)
    return render(
        request,
        "portal/people/staff/contact_replace.html",
        {"patient": patient, "point": point, "form": form, "next": back},
        status=422 if form.is_bound else 200,
    )


@requires(Permission.PATIENT_CONTACT_EDIT)
@require_POST
def consent(request: PracticeRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    """The person agrees to be reached there; says how."""
    patient, point = _point(request, patient_id, point_id)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, point, ChangeContactForm.of(point), form)
    services.give_consent(point=point, how=form.cleaned_data["how"], by=request.viewer)
    toast(request, _("Their consent is noted."))
    return redirect("people:contact_change", patient.pk, point.pk)


@requires(Permission.PATIENT_CONTACT_EDIT)
@require_POST
def withdraw(request: PracticeRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    """The person does not want to be reached there any more."""
    patient, point = _point(request, patient_id, point_id)
    services.withdraw_consent(point=point, by=request.viewer)
    toast(request, _("Nothing is sent there any more."))
    return redirect("people:contact_change", patient.pk, point.pk)


@requires(Permission.PATIENT_CONTACT_EDIT)
@require_POST
def remove(request: PracticeRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    """Take a number or an address off the record; its history stays."""
    patient, point = _point(request, patient_id, point_id)
    services.remove_contact_point(point=point, by=request.viewer)
    toast(request, _("Taken off the record."))
    return redirect("people:details", patient.pk)


def _point(
    request: PracticeRequest, patient_id: UUID, point_id: UUID
) -> tuple[Patient, ContactPoint]:
    patient = selectors.patient_for(request.viewer, patient_id)
    return patient, selectors.contact_point_for(request.viewer, patient, point_id)


def _say_who_has_it_too(request: PracticeRequest, point: ContactPoint) -> None:
    """A slip of one digit may be somebody else's phone; some do share one."""
    found = contact_points.holders_of([point.value]).get(point.value, [])
    others = {patient.pk: patient for patient in found if patient.pk != point.patient_id}
    if not others:
        return
    near = set(
        selectors.patients_for(request.viewer).filter(pk__in=others).values_list("pk", flat=True)
    )
    if near == set(others):
        names = get_text_list([patient.display_name for patient in others.values()], _("and"))
        said = _("This is the number of %(names)s too.") % {"names": names}
    else:
        said = _("This is the number of another patient too.")
    advice = _("If they do not share a phone, check each digit.")
    messages.warning(request, f"{said} {advice}")


def _page(
    request: PracticeRequest,
    patient: Patient,
    point: ContactPoint,
    form: ChangeContactForm,
    consent_form: ConsentForm,
) -> HttpResponse:
    wrong = form.is_bound or consent_form.is_bound
    return render(
        request,
        "portal/people/staff/contact_change.html",
        {"patient": patient, "point": point, "form": form, "consent_form": consent_form},
        status=422 if wrong else 200,
    )
