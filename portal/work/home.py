"""What waits for somebody, on the gathered pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, ngettext

from portal import clock
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.ui.cards import Card, NavItem
from portal.work import notices, selectors

MOST_ON_A_CARD = 6


def staff_nav(viewer: Viewer) -> list[NavItem]:
    """The bell, counted with everything else of the frame, and the work list."""
    items = []
    if viewer.can(Permission.STAFF_HOME_SEE):
        unread = notices.unread_for(viewer)
        label = gettext_lazy("Notices")
        items.append(NavItem(label, "work:notices", "bell", waiting=unread, place="bell"))
    if viewer.can(Permission.WORK_SEE):
        waiting = selectors.work_waiting_on(viewer)
        label = gettext_lazy("Work list")
        items.append(NavItem(label, "work:list", "list-checks", order=20, waiting=waiting))
    return items


def staff_cards(viewer: Viewer) -> list[Card]:
    """Unacknowledged risk above everything else; then what waits for this person."""
    if not viewer.can(Permission.WORK_SEE):
        return []
    alerts = list(selectors.unacknowledged_alerts_for(viewer)[:MOST_ON_A_CARD])
    waiting = list(selectors.tasks_waiting_on(viewer)[: MOST_ON_A_CARD + 1])
    tasks = Card(
        "tasks",
        "portal/work/staff/tasks_card.html",
        {
            "tasks": waiting[:MOST_ON_A_CARD],
            "more": len(waiting) > MOST_ON_A_CARD,
            "now": clock.now(),
            "alerts": alerts,
        },
        order=40,
        column="aside",
    )
    if not alerts:
        return [tasks]
    risk = Card(
        "risk",
        "portal/work/staff/risk_card.html",
        {
            "alerts": alerts,
            "now": clock.now(),
            "may_acknowledge": viewer.can(Permission.ALERT_ACKNOWLEDGE),
            "may_pass_on": viewer.can(Permission.WORK_REASSIGN),
        },
        order=0,
        column="top",
    )
    return [risk, tasks]


def patient_page_cards(viewer: Viewer, patient: Patient) -> list[Card]:
    """What is open about this patient."""
    if not viewer.can(Permission.WORK_SEE):
        return []
    items = list(selectors.open_work_about(viewer, patient)[:MOST_ON_A_CARD])
    if not items:
        return []
    context = {"items": items, "now": clock.now()}
    return [Card("work", "portal/work/staff/patient_card.html", context, order=10, column="top")]


def session_cards(viewer: Viewer, patient: Patient) -> list[Card]:
    """Whether anything is open about this patient, before the hour."""
    if not viewer.can(Permission.WORK_SEE):
        return []
    items = list(selectors.open_work_about(viewer, patient)[:MOST_ON_A_CARD])
    context = {"items": items, "now": clock.now()}
    return [Card("open-work", "portal/work/staff/brief_card.html", context, order=5)]


def left_behind(viewer: Viewer, member: Membership) -> list[str]:
    count = selectors.left_with(member).count()
    if not count:
        return []
    return [
        ngettext(
            "%(count)d alert or task on their list. It goes to everybody with its role.",
            "%(count)d alerts and tasks on their list. They go to everybody with their role.",
            count,
        )
        % {"count": count}
    ]
