"""The head of a patient's page, with its tabs: the same on every app's page of that patient."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from portal import clock
from portal.home import registry
from portal.people.models import Patient

register = template.Library()


@register.inclusion_tag("portal/home/staff/_patient_head.html", takes_context=True)
def patient_head(
    context: Context, patient: Patient, current: str = "home:patient"
) -> dict[str, Any]:
    """Name, age, what matters at a glance, and the tabs; `current` is a tab's URL name."""
    request = context["request"]
    tabs = registry.navigation("patient_page_tabs", request.viewer, patient)
    return {
        "patient": patient,
        "age": patient.age_on(clock.today(request.practice.time_zone)),
        "tabs": [
            {
                "label": tab.label,
                "url": reverse(tab.url_name, args=[patient.pk]),
                "count": tab.count,
                "current": tab.url_name == current,
            }
            for tab in tabs
        ],
    }
