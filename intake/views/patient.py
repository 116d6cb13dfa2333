"""The patient's way through a form: start, one page after the other, look over, send, done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from intake import answered, presenters, selectors
from intake.catalogue import Form, form_of
from intake.fhir.answers import Answer, Reason
from intake.fhir.pages import Page
from intake.forms import PageForm
from intake.models import Assignment, AssignmentState
from intake.opening import opening_of
from intake.services import answers, responses
from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import NotFound
from portal.ui.paging import page_of


@requires(Permission.RESPONSE_SUBMIT)
@require_safe
def assignment_list(request: PracticeRequest) -> HttpResponse:
    """What is asked of the person now, and what they have sent."""
    waiting = [
        {"assignment": one, "progress": presenters.progress_of(form_of(one.version), given)}
        for one, given in selectors.waiting_with_answers(request.viewer)
    ]
    sent = page_of(request, selectors.assignments_for(request.viewer).done())
    context = {"waiting": waiting, "sent": sent, "readers": selectors.readers_of(request.viewer)}
    return render(request, "intake/patient/assignment_list.html", context)


@requires(Permission.RESPONSE_SUBMIT)
@require_safe
def assignment_start(request: PracticeRequest, assignment_id: UUID) -> HttpResponse:
    """What is asked, why, how long it takes, who reads it; and where to go on."""
    assignment = selectors.assignment_for(request.viewer, assignment_id)
    if not assignment.is_open:
        return _closed(request, assignment)
    form, given = form_of(assignment.version), selectors.answers_so_far(assignment)
    page = presenters.first_open_page(form, given)
    context = {
        "assignment": assignment,
        "form": form,
        "progress": presenters.progress_of(form, given),
        "page": page,
        "started": bool(given),
        "asks_about_danger": bool(form.rules.risk_links),
        "readers": selectors.readers_of(request.viewer),
        "task_page": True,
    }
    return render(request, "intake/patient/assignment_start.html", context)


@requires(Permission.RESPONSE_SUBMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_page(request: PracticeRequest, assignment_id: UUID, number: int) -> HttpResponse:
    """One page of questions. Posting keeps what can be kept, then goes where was asked."""
    assignment = selectors.assignment_for(request.viewer, assignment_id)
    if not assignment.is_open:
        return _closed(request, assignment)
    form, given = form_of(assignment.version), selectors.answers_so_far(assignment)
    page = _page(form, number)
    page_form = _page_form(request, form, page, given)
    if request.method == "POST":
        return _take(request, assignment, page_form)
    if not page.is_shown(page_form.enabled_before):
        return redirect("intake:assignment_start", assignment.pk)
    return _show(request, assignment, page_form, page_form.enabled_before)


@requires(Permission.RESPONSE_SUBMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def answers_save(request: PracticeRequest, assignment_id: UUID, number: int) -> HttpResponse:
    """Keep the answers of a page while it is being filled in; replies with the saved time.

    The reply's event `intake:shown` names the questions that are asked now, so that the page can
    show and hide them without losing what is being typed. Somebody who was led here after signing
    in again is led on to the page itself.
    """
    assignment = selectors.assignment_for(request.viewer, assignment_id)
    if request.method != "POST":
        return redirect("intake:assignment_page", assignment.pk, number)
    if not assignment.is_open:
        return _sent_elsewhere(assignment)
    form, given = form_of(assignment.version), selectors.answers_so_far(assignment)
    page_form = _page_form(request, form, _page(form, number), given)
    fits = page_form.is_valid()
    try:
        row = _keep(request, assignment, page_form)
    except answers.FormClosed:  # sent in another window since it was looked at
        return _sent_elsewhere(assignment)
    enabled = form.enabled({**given, **page_form.given})
    context = {"saved_at": row.last_activity_at, "fits": fits}
    response = render(request, "intake/patient/_saved_words.html", context)
    names = [
        page_form.name_of(item) for item in page_form.page.questions if item.link_id in enabled
    ]
    return trigger_client_event(response, "intake:shown", {"names": names})


@requires(Permission.RESPONSE_SUBMIT)
@require_safe
def assignment_review(request: PracticeRequest, assignment_id: UUID) -> HttpResponse:
    """All answers on one page before they are sent."""
    assignment = selectors.assignment_for(request.viewer, assignment_id)
    if not assignment.is_open:
        return _closed(request, assignment)
    return _review(request, assignment)


@requires(Permission.RESPONSE_SUBMIT)
@require_POST
def assignment_submit(request: PracticeRequest, assignment_id: UUID) -> HttpResponse:
    """Send the form. Help comes before the thanks where an answer calls for it."""
    assignment = selectors.assignment_for(request.viewer, assignment_id)
    try:
        answers.submit(
            assignment=assignment, zone_name=request.practice.time_zone, by=request.viewer
        )
    except answers.ConsentMissing as missing:
        return _review(request, assignment, missing=missing.items, status=422)
    except answers.FormClosed as closed:
        messages.warning(request, str(closed))
        return redirect("intake:assignment_list")
    if any(flag.given is not None for flag in selectors.flags_of(assignment)):
        return redirect("intake:assignment_help", assignment.pk)
    return redirect("intake:assignment_done", assignment.pk)


@requires(Permission.RESPONSE_SUBMIT)
@require_safe
def assignment_help(request: PracticeRequest, assignment_id: UUID) -> HttpResponse:
    """People to talk to now; after sending, who has been told, and whether they are there."""
    assignment = selectors.assignment_for(request.viewer, assignment_id)
    flags = [flag for flag in selectors.flags_of(assignment) if flag.given is not None]
    settings = settings_of_practice()
    told = [flag.work_item.assigned_to for flag in flags if flag.work_item]
    local = clock.local_time(clock.now(), request.practice.time_zone)
    context = {
        "assignment": assignment,
        "settings": settings,
        "told": next((person for person in told if person is not None), None),
        "is_told": bool(told),
        "opening": opening_of(settings, local),
        "go_on": _after_help(request, assignment),
        "task_page": True,
    }
    return render(request, "intake/patient/assignment_help.html", context)


@requires(Permission.RESPONSE_SUBMIT)
@require_safe
def assignment_done(request: PracticeRequest, assignment_id: UUID) -> HttpResponse:
    """Thanks, when it was sent, and whether it was read."""
    assignment = selectors.assignment_for(request.viewer, assignment_id)
    if assignment.state != AssignmentState.SUBMITTED:
        return redirect("intake:assignment_start", assignment.pk)
    context = {
        "assignment": assignment,
        "readers": selectors.readers_of(request.viewer),
        "is_flagged": any(flag.given is not None for flag in selectors.flags_of(assignment)),
        "waiting": selectors.waiting_for(request.viewer).count(),
    }
    return render(request, "intake/patient/assignment_done.html", context)


@requires(Permission.RESPONSE_SUBMIT)
@require_safe
def response_own(request: PracticeRequest, assignment_id: UUID) -> HttpResponse:
    """What one has sent, as it was sent."""
    assignment = selectors.assignment_for(request.viewer, assignment_id)
    found = selectors.response_of(request.viewer, assignment)
    if found is None:
        raise NotFound("Nothing was sent.")
    response = responses.open_response(response_id=found.pk, by=request.viewer)
    zone = clock.zone(request.practice.time_zone)
    context = {
        "assignment": assignment,
        "sections": answered.read_back(response.document, form_of(response.version), zone),
    }
    return render(request, "intake/patient/response_own.html", context)


def _page(form: Form, number: int) -> Page:
    if not 1 <= number <= len(form.pages):
        raise NotFound("No such page.")
    return form.pages[number - 1]


def _page_form(
    request: PracticeRequest, form: Form, page: Page, given: dict[str, Answer]
) -> PageForm:
    data = request.POST if request.method == "POST" else None
    zone = clock.zone(request.practice.time_zone)
    return PageForm(data, form=form, page=page, drafts=given, zone=zone)


def _take(request: PracticeRequest, assignment: Assignment, page_form: PageForm) -> HttpResponse:
    """What happens after a page was posted: keep, say what is wrong, ask once, go on."""
    form = page_form.form
    fits = page_form.is_valid()
    try:
        _keep(request, assignment, page_form)
    except answers.FormClosed:
        return _closed_meanwhile(request, assignment)
    enabled = form.enabled({**page_form.drafts, **page_form.given})
    if not fits:
        return _show(request, assignment, page_form, enabled, status=422)
    go = request.POST.get("go", "next")
    if go == "stop":
        return redirect("intake:assignment_list")
    if go == "back":
        return _redirect_back(assignment, page_form, enabled)
    empty = page_form.unanswered(enabled)
    if any(item.is_blocking for item in empty):
        for item in empty:
            if item.is_blocking:
                page_form.add_error(page_form.name_of(item), _("Tick this to go on."))
        return _show(request, assignment, page_form, enabled, status=422)
    worth_asking = [item for item in empty if form.asks_before_leaving_out(item)]
    if worth_asking and "leave_out" not in request.POST:
        return _show(request, assignment, page_form, enabled, asking=True, status=422)
    try:
        _leave_out(request, assignment, empty)
    except answers.FormClosed:
        return _closed_meanwhile(request, assignment)
    return _go_on(request, assignment, page_form, enabled)


def _keep(request: PracticeRequest, assignment: Assignment, page_form: PageForm) -> Assignment:
    """Save what was given or cleared on this page, and leave alone what did not change."""
    changed = {
        link_id: answer
        for link_id, answer in page_form.given.items()
        if page_form.drafts.get(link_id, Answer()) != answer
    }
    if not changed:
        return assignment
    return answers.save_answers(assignment=assignment, answers=changed, by=request.viewer)


def _leave_out(request: PracticeRequest, assignment: Assignment, empty: list[Any]) -> None:
    if empty:
        left_out = {item.link_id: Answer(reason=Reason.LEFT_OUT) for item in empty}
        answers.save_answers(assignment=assignment, answers=left_out, by=request.viewer)


def _go_on(
    request: PracticeRequest,
    assignment: Assignment,
    page_form: PageForm,
    enabled: frozenset[str],
) -> HttpResponse:
    """To questions that have just appeared here, to help, to where one came from, or forward."""
    here = reverse("intake:assignment_page", args=[assignment.pk, page_form.page.number])
    appeared = [
        item
        for item in page_form.page.questions
        if item.link_id in enabled - page_form.shown and item.link_id not in page_form.drafts
    ]
    if appeared:
        return redirect(f"{here}#{page_form.name_of(appeared[0])}")
    after = presenters.next_page(page_form.form, page_form.page, enabled)
    if request.GET.get("from") == "review" or after is None:
        target = reverse("intake:assignment_review", args=[assignment.pk])
    else:
        target = reverse("intake:assignment_page", args=[assignment.pk, after.number])
    if _needs_help(page_form) and "help_seen" not in request.POST:
        number = after.number if after is not None and "from" not in request.GET else 0
        help_url = reverse("intake:assignment_help", args=[assignment.pk])
        return redirect(f"{help_url}?then={number}")
    return redirect(target)


def _needs_help(page_form: PageForm) -> bool:
    rules = page_form.form.rules
    return any(rules.met_by_answer(link_id, page_form.given) for link_id in page_form.given)


def _after_help(request: PracticeRequest, assignment: Assignment) -> str:
    """Where *Go on* leads: the next page of an open form, or the thanks after sending."""
    if not assignment.is_open:
        return reverse("intake:assignment_done", args=[assignment.pk])
    number = request.GET.get("then", "")
    if number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= 9_999:
        return reverse("intake:assignment_page", args=[assignment.pk, int(number[:4])])
    return reverse("intake:assignment_review", args=[assignment.pk])


def _redirect_back(
    assignment: Assignment, page_form: PageForm, enabled: frozenset[str]
) -> HttpResponse:
    earlier = [
        page.number
        for page in page_form.form.shown_pages(enabled)
        if page.number < page_form.page.number
    ]
    if not earlier:
        return redirect("intake:assignment_start", assignment.pk)
    return redirect("intake:assignment_page", assignment.pk, earlier[-1])


def _show(
    request: PracticeRequest,
    assignment: Assignment,
    page_form: PageForm,
    enabled: frozenset[str],
    *,
    asking: bool = False,
    status: int = 200,
) -> HttpResponse:
    view = presenters.page_view(page_form.form, page_form.page, page_form, enabled)
    context = {
        "assignment": assignment,
        "view": view,
        "page_form": page_form,
        "asking": asking,
        "readers": selectors.readers_of(request.viewer),
        "settings": settings_of_practice() if view.is_watched else None,
        "help_open": view.is_watched and _needs_help_now(page_form),
        "saved_at": assignment.last_activity_at,
        "task_page": True,
    }
    return render(request, "intake/patient/assignment_page.html", context, status=status)


def _needs_help_now(page_form: PageForm) -> bool:
    """Whether the answer standing on the page opens the help panel."""
    rules, standing = page_form.form.rules, {**page_form.drafts, **page_form.given}
    return any(rules.met_by_answer(item.link_id, standing) for item in page_form.page.questions)


def _review(
    request: PracticeRequest, assignment: Assignment, *, missing: Any = (), status: int = 200
) -> HttpResponse:
    form, given = form_of(assignment.version), selectors.answers_so_far(assignment)
    sections = answered.review_of(form, given, clock.zone(request.practice.time_zone))
    lines = [line for section in sections for line in section.lines]
    context = {
        "assignment": assignment,
        "sections": sections,
        "open_count": sum(1 for line in lines if not line.words and line.reason is None),
        "missing": [line for line in lines if line.link_id in {item.link_id for item in missing}],
        "readers": selectors.readers_of(request.viewer),
        "task_page": True,
    }
    return render(request, "intake/patient/assignment_review.html", context, status=status)


def _closed(request: PracticeRequest, assignment: Assignment) -> HttpResponse:
    if assignment.state == AssignmentState.SUBMITTED:
        return redirect("intake:assignment_done", assignment.pk)
    messages.warning(request, _("This form is not needed any more. What you wrote is kept."))
    return redirect("intake:assignment_list")


def _closed_meanwhile(request: PracticeRequest, assignment: Assignment) -> HttpResponse:
    assignment.refresh_from_db()
    return _closed(request, assignment)


def _sent_elsewhere(assignment: Assignment) -> HttpResponse:
    """An autosave that comes too late: the page is led to where the form stands now."""
    response = HttpResponse(status=204)
    response["HX-Redirect"] = reverse("intake:assignment_start", args=[assignment.pk])
    return response
