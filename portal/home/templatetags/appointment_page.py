"""What other apps know about one appointment."""

from __future__ import annotations

from django import template
from django.template.context import Context

from portal.appointments.models import Appointment
from portal.home import registry
from portal.ui.cards import Card

register = template.Library()


@register.simple_tag(takes_context=True)
def appointment_cards(context: Context, appointment: Appointment) -> list[Card]:
    """Each app's cards for an appointment that the viewer has opened."""
    return registry.cards("appointment_cards", context["request"].viewer, appointment)
