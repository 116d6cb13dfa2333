"""What the templates of goals and notes need beyond `ui`."""

from __future__ import annotations

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField

register = template.Library()


@register.filter
def named(form: BaseForm, name: str) -> BoundField:
    """A form's field by its name, where a template's sections name the fields."""
    return form[name]
