"""The practice's forms: which there are, bringing one in, putting it in use."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intake import selectors
from intake.catalogue import form_of
from intake.fhir.notices import RefusedError
from intake.forms import ImportForm
from intake.models import VersionState
from intake.services import questionnaires
from intake.services.questionnaires import Outcome
from intake.words import said
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.toasts import toast

MOST_SHOWN = 200


@requires(Permission.QUESTIONNAIRE_MANAGE)
@require_safe
def questionnaire_list(request: PracticeRequest) -> HttpResponse:
    """The practice's forms, by title."""
    page = page_of(request, selectors.questionnaires_for(request.viewer))
    return render(request, "intake/staff/questionnaire_list.html", {"page": page})


@requires(Permission.QUESTIONNAIRE_MANAGE)
@require_safe
def questionnaire_detail(request: PracticeRequest, questionnaire_id: UUID) -> HttpResponse:
    """A form's newest version with the form check, and the versions before it."""
    questionnaire = selectors.questionnaire_for(request.viewer, questionnaire_id)
    versions = list(selectors.versions_of(questionnaire))
    asked_for = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.pk) == asked_for), versions[0])
    form = form_of(shown)
    context = {
        "questionnaire": questionnaire,
        "versions": versions,
        "version": shown,
        "form": form,
        "blockers": [(notice, said(notice)) for notice in form.rules.blockers],
        "unsupported": [
            (notice, said(notice)) for notice in form.questionnaire.unsupported[:MOST_SHOWN]
        ],
        "warnings": [
            (notice, said(notice))
            for notice in (*form.rules.warnings, *form.questionnaire.warnings)[:MOST_SHOWN]
        ],
        "can_publish": shown.state == VersionState.DRAFT and not form.rules.blockers,
        "can_retire": shown.state == VersionState.PUBLISHED,
    }
    return render(request, "intake/staff/questionnaire_detail.html", context)


@requires(Permission.QUESTIONNAIRE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire_import(request: PracticeRequest) -> HttpResponse:
    """Bring a file in. It stays a draft until somebody has read the form check and publishes it."""
    if request.method != "POST":
        empty = {"form": ImportForm(), "problems": []}
        return render(request, "intake/staff/questionnaire_import.html", empty)
    form = ImportForm(request.POST, request.FILES)
    problems: list[tuple[object, str]] = []
    if form.is_valid():
        try:
            imported = questionnaires.import_questionnaire(
                content=form.cleaned_data["file"], by=request.viewer
            )
        except RefusedError as refused:
            form.add_error("file", _("This file cannot be used. Nothing was brought in."))
            problems = [(problem, said(problem)) for problem in refused.problems]
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            words = {
                Outcome.NEW: _("“%(title)s” is here. Read the form check, then publish it."),
                Outcome.SAME: _("“%(title)s” was here already. Nothing changed."),
                Outcome.REPLACED: _("The draft of “%(title)s” was replaced."),
            }
            for one in imported:
                toast(request, words[one.outcome] % {"title": one.version.title})
            if len(imported) > 1:
                return redirect("intake:questionnaire_list")
            return redirect("intake:questionnaire_detail", imported[0].version.questionnaire_id)
    context = {"form": form, "problems": problems}
    return render(request, "intake/staff/questionnaire_import.html", context, status=422)


@requires(Permission.QUESTIONNAIRE_MANAGE)
@require_POST
def version_publish(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Put a version in use."""
    version = selectors.version_for(request.viewer, version_id)
    try:
        questionnaires.put_in_use(version=version, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        toast(request, _("“%(title)s” is in use.") % {"title": version.title})
    return redirect("intake:questionnaire_detail", version.questionnaire_id)


@requires(Permission.QUESTIONNAIRE_MANAGE)
@require_POST
def version_retire(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Take a version out of use."""
    version = selectors.version_for(request.viewer, version_id)
    try:
        questionnaires.retire(version=version, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        toast(request, _("“%(title)s” is not asked any more.") % {"title": version.title})
    return redirect("intake:questionnaire_detail", version.questionnaire_id)
