"""What happened in the practice, for managers: who did what to whose record, and when."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.audit import selectors, services
from portal.audit.presenters import event_words
from portal.people.selectors import patients_for
from portal.practices.selectors import members_for
from portal.ui.forms import AccessibleForm, DayField
from portal.ui.paging import page_of


class AuditFilter(AccessibleForm):
    """Whom, what and when to look at; everything may stay open."""

    person = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    action = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    first = DayField(label=gettext_lazy("From"), required=False)
    last = DayField(label=gettext_lazy("Until"), required=False)
    refused = forms.BooleanField(label=gettext_lazy("Only what was refused"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("Everything"))]
        cast(forms.ChoiceField, self.fields["person"]).choices = [("", _("Everybody")), *people]
        cast(forms.ChoiceField, self.fields["action"]).choices = everything + [
            (action, event_words(action)) for action in selectors.actions_of_practice()
        ]
        for each in self.fields.values():
            each.say_optional = False  # type: ignore[attr-defined]  # read by the field's template

    def query(self, zone_name: str) -> dict[str, Any]:
        """What the selector takes; a field that cannot be read does not narrow the list."""
        cleaned = self.cleaned_data
        zone = clock.zone(zone_name)
        first, last = cleaned.get("first"), cleaned.get("last")
        day = dt.timedelta(days=1)
        return {
            "actor_id": cleaned.get("person") or None,
            "action": cleaned.get("action") or "",
            "begins": dt.datetime.combine(first, dt.time(), tzinfo=zone) if first else None,
            "ends": dt.datetime.combine(last + day, dt.time(), tzinfo=zone) if last else None,
            "refused_only": bool(cleaned.get("refused")),
        }


@requires(Permission.AUDIT_SEE)
@require_safe
def audit(request: PracticeRequest) -> HttpResponse:
    """The audit, in pages. Looking at it is an event as well."""
    people = [(str(row.pk), row.display_name) for row in members_for(request.viewer)]
    form = AuditFilter(request.GET, people=people)
    form.is_valid()
    query = form.query(request.practice.time_zone)
    page = page_of(request, selectors.events_of_practice(**query), size=50)
    events = list(page)
    patients = patients_for(request.viewer).in_bulk(
        {event.patient_id for event in events if event.patient_id}
    )
    services.record("audit.see", by=request.viewer, details={"page": page.number})
    rows = [
        # in_bulk never holds the key of an event, so one about nobody has no patient.
        (event, event_words(event.action), patients.get(event.patient_id or event.pk))
        for event in events
    ]
    return render(
        request, "portal/home/staff/audit.html", {"form": form, "page": page, "rows": rows}
    )
