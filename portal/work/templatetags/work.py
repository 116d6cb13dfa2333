"""Tags for pages that show alerts and tasks."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.work.models import WorkItem, WorkKind, WorkStep

register = template.Library()

_STEPS = {
    "raised": gettext_lazy("Raised"),
    "passed on": gettext_lazy("Passed on"),
    "moved on": gettext_lazy("Not acknowledged in time: moved on"),
    "managers told": gettext_lazy("Not acknowledged in time: managers told"),
    "acknowledged": gettext_lazy("Acknowledged"),
    "done": gettext_lazy("Done"),
    "opened again": gettext_lazy("Opened again"),
}


@register.simple_tag(takes_context=True)
def work_title(context: Context, item: WorkItem) -> str:
    """What it is about. Whoever is not a clinician learns of a risk only that there is one."""
    viewer: Viewer = context["viewer"]
    if item.kind == WorkKind.ALERT and Role.CLINICIAN not in viewer.roles:
        return _("A risk waits for a clinician")
    return item.title


@register.filter
def step_words(step: WorkStep) -> str:
    """What happened, in words; with the person it went to."""
    said = str(_STEPS.get(step.verb, step.verb))
    if step.verb in ("raised", "passed on", "moved on") and step.assigned_to is not None:
        return _("%(what)s to %(name)s") % {"what": said, "name": step.assigned_to.display_name}
    return said
