"""The manager's figures: totals first, the people behind a number second, clinical text never."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from metrics import export, presenters, reports, selectors, services
from metrics.forms import PeopleForm, QuestionForm
from metrics.people import behind_page
from metrics.words import question_query
from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.signin.fresh import fresh_proof
from portal.tenancy.errors import NotFound
from portal.ui.paging import page_of


@requires(Permission.METRICS_SEE)
@require_safe
def no_shows(request: PracticeRequest) -> HttpResponse:
    """The no-show rate of a period, by week or month, with everything one needs to judge it."""
    form = QuestionForm(request.GET, today=clock.today(request.practice.time_zone))
    if not form.is_valid():
        return render(request, "metrics/staff/no_shows.html", {"form": form}, status=422)
    question = form.question()
    report = reports.no_show_report(practice=request.practice, question=question)
    context = {
        "form": form,
        "page": presenters.no_show_page(report),
        "csv_url": f"{reverse('metrics:no_show_csv')}?{question_query(question)}",
    }
    return render(request, "metrics/staff/no_shows.html", context)


@requires(Permission.METRICS_SEE)
@fresh_proof
@require_safe
def no_show_csv(request: PracticeRequest) -> HttpResponse:
    """The same report as a file; small cells are hidden, and taking it is recorded."""
    form = QuestionForm(request.GET, today=clock.today(request.practice.time_zone))
    if not form.is_valid():
        return redirect(f"{reverse('metrics:no_shows')}?{request.GET.urlencode()}")
    question = form.question()
    report = reports.no_show_report(practice=request.practice, question=question)
    services.record_export(question=question, by=request.viewer)
    period = question.period
    name = f"no-shows-{request.practice.slug}-{period.first}-{period.last}.csv"
    return HttpResponse(
        export.no_show_csv(report, request.practice),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@requires(Permission.METRICS_PEOPLE)
@require_safe
def no_show_people(request: PracticeRequest) -> HttpResponse:
    """The appointments behind one count, in pages; each look is recorded."""
    form = PeopleForm(request.GET)
    if not form.is_valid():
        raise NotFound("No such list.")
    period, outcome = form.period(), form.outcome_asked()
    found, counts = reports.people_behind(practice=request.practice, period=period, outcome=outcome)
    page = page_of(request, found)
    named = selectors.appointments_named(request.viewer, [behind.appointment_id for behind in page])
    services.record_people_list(
        period=period,
        outcome=outcome,
        appointment_ids=list(named),
        total=len(found),
        by=request.viewer,
    )
    context = behind_page(page, named, counts=counts, period=period, outcome=outcome)
    return render(request, "metrics/staff/no_show_people.html", {"behind": context, "page": page})
