"""What the templates of goals and notes need beyond `ui`."""

from __future__ import annotations

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from goals.models import Goal, GoalOrigin

register = template.Library()


@register.filter
def named(form: BaseForm, name: str) -> BoundField:
    """A form's field by its name, where a template's sections name the fields."""
    return form[name]


@register.filter
def origin_for(goal: Goal, reader: str) -> str:
    """Who said it first, for the patient (`"own"`) or for the care team (`"team"`)."""
    if goal.origin == GoalOrigin.SUGGESTED:
        return _("Suggested by %(name)s") % {"name": goal.created_by.display_name}
    if goal.origin == GoalOrigin.OWN:
        return _("Your own") if reader == "own" else _("The patient’s own")
    return _("Agreed together, in your words") if reader == "own" else _("Agreed together")
