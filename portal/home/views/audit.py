"""What happened in the practice, for managers: who did what to whose record, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
from portal.audit import export, selectors, services
from portal.audit.models import AuditEvent, Outcome
from portal.audit.presenters import event_words, role_words, who_did
from portal.home.forms import AuditFilter
from portal.people.forms.patients import FindForm
from portal.people.models import Patient
from portal.people.selectors import patient_for, patients_for
from portal.people.services import search_patients
from portal.people.signin.fresh import fresh_proof
from portal.practices.selectors import members_for
from portal.ui.paging import PAGE_PARAMETER, page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.spreadsheets import Row, csv_response

MOST_FOUND = 25


@requires(Permission.AUDIT_SEE)
@require_safe
def audit(request: PracticeRequest) -> HttpResponse:
    """The audit, filtered, in pages. Looking at it is an event as well."""
    form = _filter(request)
    if not form.is_valid():
        return _wrong(request, form)
    patient = _patient(request, form)
    page = page_of(request, _events(request, form), size=50)
    services.record(
        "audit.see",
        by=request.viewer,
        patient_id=patient.pk if patient else None,
        details={"page": page.number, **_asked(form)},
    )
    context = {
        "form": form,
        "page": page,
        "patient": patient,
        "rows": _rows(request, list(page)),
        "csv_url": f"{reverse('home:audit_csv')}?{_query(request)}",
        "patient_url": f"{reverse('home:audit_patient')}?{_query(request, but='patient')}",
        "all_patients_url": f"{reverse('home:audit')}?{_query(request, but='patient')}",
    }
    return render(request, "portal/home/staff/audit.html", context)


@requires(Permission.AUDIT_SEE)
@shows_and_takes
def audit_patient(request: PracticeRequest) -> HttpResponse:
    """Choose whose record the audit is about. The name is posted and never stands in an address."""
    form = FindForm(posted(request))
    found: list[Patient] | None = None
    if form.is_bound and form.is_valid():
        words = form.cleaned_data["words"]
        found = search_patients(words=words, by=request.viewer, most=MOST_FOUND)
    context = {
        "form": form,
        "found": found,
        "rest": _query(request, but="patient"),
        "back": f"{reverse('home:audit')}?{_query(request)}",
    }
    wrong = form.is_bound and found is None
    status = 422 if wrong else 200
    return render(request, "portal/home/staff/audit_patient.html", context, status=status)


@requires(Permission.AUDIT_SEE)
@fresh_proof
@require_safe
def audit_csv(request: PracticeRequest) -> HttpResponse:
    """The same list as a file, whole; taking it is an event. Events hold nothing clinical."""
    form = _filter(request)
    if not form.is_valid():
        return redirect(f"{reverse('home:audit')}?{_query(request)}")
    events = _events(request, form)
    count = events.count()
    if count > export.MOST:
        form.add_error("first", _too_many(count))
        return _wrong(request, form)
    patient = _patient(request, form)
    day = clock.today(request.practice.time_zone)
    name = f"audit-{request.practice.slug}-{day}.csv"
    response = csv_response(_lines(request, events, form, count), name)
    services.record(
        "audit.export",
        by=request.viewer,
        patient_id=patient.pk if patient else None,
        details={"count": count, **_asked(form)},
    )
    return response


def _wrong(request: PracticeRequest, form: AuditFilter) -> HttpResponse:
    """What was asked for, with what is wrong about it, and no list."""
    context = {"form": form, "patient": _patient(request, form)}
    return render(request, "portal/home/staff/audit.html", context, status=422)


def _filter(request: PracticeRequest) -> AuditFilter:
    people = [(str(row.pk), row.display_name) for row in members_for(request.viewer)]
    return AuditFilter(request.GET, people=people)


def _events(request: PracticeRequest, form: AuditFilter) -> QuerySet[AuditEvent]:
    return selectors.events_of_practice(**form.query(request.practice.time_zone))


def _patient(request: PracticeRequest, form: AuditFilter) -> Patient | None:
    """The patient that the list is about. Raises NotFound for one who is not here."""
    chosen = form.cleaned_data.get("patient")
    return patient_for(request.viewer, chosen) if chosen else None


def _asked(form: AuditFilter) -> dict[str, str]:
    """What was asked for, as ids, dates and names of actions."""
    names = ("person", "action", "first", "last")
    return {name: str(value) for name in names if (value := form.cleaned_data.get(name))}


def _query(request: PracticeRequest, *, but: str = "") -> str:
    query = request.GET.copy()
    for name in (PAGE_PARAMETER, but):
        query.pop(name, None)
    return query.urlencode()


def _named(request: PracticeRequest, events: list[AuditEvent]) -> dict[Any, Patient]:
    ids = {event.patient_id for event in events if event.patient_id}
    return patients_for(request.viewer).in_bulk(ids)


def _rows(request: PracticeRequest, events: list[AuditEvent]) -> list[dict[str, object]]:
    patients, names = _named(request, events), _role_names()
    return [
        {
            "event": event,
            "who": who_did(event),
            "roles": role_words(event, names),
            "what": event_words(event.action),
            "patient": patients.get(event.patient_id),
        }
        for event in events
    ]


def _lines(
    request: PracticeRequest, events: QuerySet[AuditEvent], form: AuditFilter, count: int
) -> Iterator[Row]:
    """The head of the chain, what was asked for, and the events; three queries a thousand."""
    zone, names = clock.zone(request.practice.time_zone), _role_names()
    yield [_("Audit of %(practice)s") % {"practice": request.practice.name}]
    yield [_("Written"), clock.now().astimezone(zone).isoformat(timespec="seconds")]
    yield [_("Head of the chain"), export.head()]
    yield [_("Events"), count, *(f"{name}: {value}" for name, value in _asked(form).items())]
    yield []
    yield [
        _("Number in the chain"),
        _("When"),
        _("Who"),
        _("Role"),
        _("What"),
        _("Refused"),
        _("Patient"),
    ]
    for batch in export.in_batches(events):
        patients = _named(request, batch)
        for event, place in export.with_places(batch):
            patient = patients.get(event.patient_id)
            yield [
                place,
                event.occurred_at.astimezone(zone).isoformat(timespec="seconds"),
                who_did(event),
                role_words(event, names),
                capfirst(event_words(event.action)),
                _("yes") if event.outcome == Outcome.REFUSED else "",
                patient.display_name if patient else "",
            ]


def _role_names() -> dict[str, str]:
    return {role.value: str(role.label) for role in Role}


def _too_many(count: int) -> str:
    return _("These are %(count)d events. Choose a shorter time: %(most)d fit into a file.") % {
        "count": count,
        "most": export.MOST,
    }
