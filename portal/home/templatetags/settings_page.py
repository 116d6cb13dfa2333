"""What other apps have to say about the settings of a practice."""

from __future__ import annotations

from django import template
from django.template.context import Context

from portal.home import registry

register = template.Library()


@register.simple_tag(takes_context=True)
def settings_notes(context: Context) -> list[str]:
    """What does not go together, in words."""
    return registry.settings_notes(context["request"].viewer)
