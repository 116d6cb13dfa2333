"""What the templates of intake need beyond `ui`."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django import template

from intake.models import Assignment
from portal.access.permissions import Permission
from portal.access.viewer import Viewer

register = template.Library()


@register.filter
def short_title(title: str) -> str:
    """`PHQ-9` for “Patient Health Questionnaire (PHQ-9)”, where a row has little room."""
    _before, bracket, after = title.partition("(")
    return after.rstrip(") ") if bracket and after.endswith(")") else title


@register.filter
def title_for(assignment: Assignment, viewer: Viewer) -> str:
    """What a form is called for this person: its name says what it measures, so those who may not
    read answers see what the patient sees."""
    if viewer.can(Permission.RESPONSE_READ):
        return assignment.version.title
    return assignment.version.questionnaire.name_for_patients


@register.filter
def of(found: Mapping[UUID, UUID], key: UUID) -> UUID | None:
    """What a mapping of ids holds for one id: `response_ids|of:assignment.pk`."""
    return found.get(key)
