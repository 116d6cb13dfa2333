"""Settings of the practice, one page for each kind of decision."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.practices import forms, services
from portal.practices.models import PracticeStatus
from portal.practices.selectors import settings_of_practice
from portal.practices.week import week_of
from portal.ui.forms import AccessibleForm
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.PRACTICE_SETTINGS)
@require_safe
def settings_page(request: PracticeRequest) -> HttpResponse:
    """Everything that is decided, with the page on which it can be changed."""
    settings = settings_of_practice()
    return render(
        request,
        "portal/practices/staff/settings.html",
        {"settings": settings, "week": week_of(settings.hours)},
    )


@requires(Permission.PRACTICE_SETTINGS)
@shows_and_takes
def facts(request: PracticeRequest) -> HttpResponse:
    """Name, address, phone: what everybody may know."""
    form = forms.FactsForm(posted(request), practice=request.practice)
    if request.method == "POST" and form.is_valid():
        services.change_facts(practice=request.practice, by=request.viewer, **form.cleaned_data)
        return _saved(request)
    return _form_page(request, "facts.html", form)


@requires(Permission.PRACTICE_SETTINGS)
@shows_and_takes
def hours(request: PracticeRequest) -> HttpResponse:
    """Opening hours by day, the time zone, and the quiet hours."""
    settings = settings_of_practice()
    form = forms.HoursForm(posted(request), practice=request.practice, settings=settings)
    if request.method == "POST" and form.is_valid():
        services.change_facts(
            practice=request.practice,
            time_zone=form.cleaned_data["time_zone"],
            by=request.viewer,
        )
        services.change_settings(
            settings=settings,
            hours=form.cleaned_hours(),
            quiet_from=form.cleaned_data["quiet_from"],
            quiet_until=form.cleaned_data["quiet_until"],
            hours_confirmed_at=clock.now(),
            by=request.viewer,
        )
        return _saved(request)
    return _form_page(request, "hours.html", form, there=clock.now())


@requires(Permission.PRACTICE_SETTINGS)
@shows_and_takes
def crisis_lines(request: PracticeRequest) -> HttpResponse:
    """The lines that patients find under *I need help now*."""
    settings = settings_of_practice()
    form = forms.CrisisLinesForm(posted(request), settings=settings)
    if request.method == "POST" and form.is_valid():
        services.change_settings(
            settings=settings,
            crisis_lines=form.cleaned_lines(),
            emergency_number=form.cleaned_data["emergency_number"],
            by=request.viewer,
        )
        return _saved(request)
    return _form_page(request, "crisis_lines.html", form)


@requires(Permission.PRACTICE_SETTINGS)
@shows_and_takes
def safety(request: PracticeRequest) -> HttpResponse:
    """Duty clinician, texts, and the notice for cancelling and moving."""
    settings = settings_of_practice()
    form = forms.SafetyForm(posted(request), settings=settings)
    if request.method == "POST" and form.is_valid():
        services.change_settings(
            settings=settings,
            texts_confirmed_at=clock.now(),
            by=request.viewer,
            **form.cleaned_data,
        )
        return _saved(request)
    return _form_page(request, "safety.html", form)


@requires(Permission.PRACTICE_SETTINGS)
@shows_and_takes
def look(request: PracticeRequest) -> HttpResponse:
    """The practice's colour; refused where words on it could not be read."""
    form = forms.LookForm(posted(request), initial={"accent": request.practice.accent})
    if request.method == "POST" and form.is_valid():
        services.change_facts(practice=request.practice, by=request.viewer, **form.cleaned_data)
        return _saved(request)
    return _form_page(request, "look.html", form)


def _form_page(
    request: PracticeRequest, template: str, form: AccessibleForm, **more: Any
) -> HttpResponse:
    """The form, empty or with what to look at (422, nothing lost)."""
    return render(
        request,
        f"portal/practices/staff/{template}",
        {"form": form, **more},
        status=422 if form.is_bound else 200,
    )


def _saved(request: PracticeRequest) -> HttpResponse:
    """Back to where the person came from: the check-list while the practice is in set-up."""
    toast(request, _("Saved."))
    in_set_up = request.practice.status == PracticeStatus.SETTING_UP
    return redirect("home:set_up" if in_set_up else "practices:settings")
