"""Tags for pages that show alerts and tasks."""

from __future__ import annotations

import datetime as dt

from django import template
from django.template.context import Context
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.ui.daytimes import day_short
from portal.work.models import Notice, NoticeCode, WorkItem, WorkKind, WorkState, WorkStep

register = template.Library()

_STEPS = {
    "raised": gettext_lazy("Raised"),
    "passed on": gettext_lazy("Passed on"),
    "moved on": gettext_lazy("Not acknowledged in time: moved on"),
    "managers told": gettext_lazy("Not acknowledged in time: managers told"),
    "acknowledged": gettext_lazy("Acknowledged"),
    "done": gettext_lazy("Done"),
    "overtaken": gettext_lazy("Done by itself"),
    "opened again": gettext_lazy("Opened again"),
}


@register.simple_tag(takes_context=True)
def work_title(context: Context, item: WorkItem) -> str:
    """What it is about. Whoever is not a clinician learns of a risk only that there is one."""
    viewer: Viewer = context["viewer"]
    if item.kind == WorkKind.ALERT and Role.CLINICIAN not in viewer.roles:
        return _("A risk waits for a clinician")
    return item.title


@register.simple_tag(takes_context=True)
def notice_note(context: Context, notice: Notice, now: dt.datetime) -> str:
    """Who and what it is about, with whom it stands if nobody has looked, and when it came."""
    item = notice.item
    at = localtime(notice.at)
    when = f"{day_short(at)} {date_format(at, 'H:i')}"
    if item is None:
        return when
    parts = [item.patient.display_name if item.patient else ""]
    if notice.code == NoticeCode.RISK_NOBODY and item.state == WorkState.OPEN:
        parts.append(_waits(item, now))
    elif notice.code != NoticeCode.RISK_NOBODY:
        parts.append(work_title(context, item))
    return ". ".join([*filter(None, parts), when])


def _waits(item: WorkItem, now: dt.datetime) -> str:
    minutes = max(0, int((now - item.raised_at).total_seconds() // 60))
    name = item.assigned_to.display_name if item.assigned_to else _("any clinician")
    return ngettext(
        "For %(name)s, waiting %(minutes)d minute",
        "For %(name)s, waiting %(minutes)d minutes",
        minutes,
    ) % {"name": name, "minutes": minutes}


@register.filter
def step_words(step: WorkStep) -> str:
    """What happened, in words; with the person it went to."""
    said = str(_STEPS.get(step.verb, step.verb))
    if step.verb in ("raised", "passed on", "moved on") and step.assigned_to is not None:
        return _("%(what)s to %(name)s") % {"what": said, "name": step.assigned_to.display_name}
    return said
