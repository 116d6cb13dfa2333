"""Who opened or changed my record: the patient's own list of it, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.access.roles import Role
from portal.audit import export, services
from portal.audit.models import AuditEvent, Outcome
from portal.audit.presenters import lines_of, role_words, who_did, words_for
from portal.audit.selectors import between, events_about, people_in
from portal.people.forms.access_log import AccessLogFilter
from portal.people.models import Patient
from portal.people.selectors import own_patient
from portal.people.signin.fresh import fresh_proof
from portal.ui.paging import PAGE_PARAMETER, page_of
from portal.ui.spreadsheets import Row, csv_response


@requires(Permission.ACCESS_LOG_OWN)
@require_safe
def access_log(request: PracticeRequest) -> HttpResponse:
    """Who opened or changed my record, newest first; with `?all=1` also the portal itself."""
    patient = own_patient(request.viewer)
    form = _filter(request, patient)
    query = request.GET.copy()
    query.pop(PAGE_PARAMETER, None)
    context: dict[str, object] = {
        "form": form,
        "everything": _everything(request),
        "csv_url": f"{reverse('people:access_log_csv')}?{query.urlencode()}",
    }
    context["is_open"] = not form.is_valid() or any(form.cleaned_data.values())
    if form.errors:
        return render(request, "portal/people/patient/access_log.html", context, status=422)
    page = page_of(request, _events(request, patient, form), size=50)
    context["page"] = page
    context["is_filtered"] = any(form.cleaned_data.values())
    context["lines"] = lines_of(
        page.object_list,
        reader=request.viewer.membership_id,
        role_names=_role_names(),
        zone=clock.zone(request.practice.time_zone),
    )
    return render(request, "portal/people/patient/access_log.html", context)


@requires(Permission.ACCESS_LOG_OWN)
@fresh_proof
@require_safe
def access_log_csv(request: PracticeRequest) -> HttpResponse:
    """The same list as a file; taking it is an event, and stands in the next one."""
    patient = own_patient(request.viewer)
    form = _filter(request, patient)
    if not form.is_valid():
        return redirect(f"{reverse('people:access_log')}?{request.GET.urlencode()}")
    events = _events(request, patient, form)
    name = f"record-access-{clock.today(request.practice.time_zone)}.csv"
    response = csv_response(_lines(request, events), name)
    services.record("access_log.export", by=request.viewer, obj=patient, patient_id=patient.pk)
    return response


def _filter(request: PracticeRequest, patient: Patient) -> AccessLogFilter:
    people = people_in(events_about(patient.pk))
    return AccessLogFilter(request.GET, people=[(str(pk), name) for pk, name in people])


def _everything(request: PracticeRequest) -> bool:
    return request.GET.get("all") == "1"


def _events(
    request: PracticeRequest, patient: Patient, form: AccessLogFilter
) -> QuerySet[AuditEvent]:
    events = events_about(patient.pk, people_only=not _everything(request))
    if person := form.cleaned_data["person"]:
        events = events.filter(actor_id=person)
    return between(events, *form.bounds(request.practice.time_zone))


def _lines(request: PracticeRequest, events: QuerySet[AuditEvent]) -> Iterator[Row]:
    zone, names = clock.zone(request.practice.time_zone), _role_names()
    yield [_("Who opened my record")]
    yield [request.practice.name, clock.now().astimezone(zone).isoformat(timespec="seconds")]
    yield [_("Head of the chain"), export.head()]
    yield []
    yield [_("Number in the chain"), _("When"), _("Who"), _("Role"), _("What"), _("Refused")]
    for batch in export.in_batches(events):
        for event, place in export.with_places(batch):
            yield [
                place,
                event.occurred_at.astimezone(zone).isoformat(timespec="seconds"),
                who_did(event),
                role_words(event, names),
                capfirst(words_for(event.action)),
                _("yes") if event.outcome == Outcome.REFUSED else "",
            ]


def _role_names() -> dict[str, str]:
    return {role.value: str(role.label) for role in Role}
