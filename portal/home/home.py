"""The gathered pages themselves, in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.appointments import selectors as appointments
from portal.people import selectors as people
from portal.ui.cards import Card, NavItem


def staff_cards(viewer: Viewer) -> list[Card]:
    """Patients of one's own whom nobody has booked: the ones who are easily lost."""
    if not viewer.can(Permission.CASELOAD_SEE):
        return []
    booked = appointments.booked_patient_ids(viewer)
    count = people.caseload_for(viewer).exclude(pk__in=booked).order_by().count()
    if not count:
        return []
    template = "portal/home/staff/unbooked_card.html"
    return [Card("unbooked", template, {"count": count}, order=70, column="aside")]


def patient_tabs(viewer: Viewer) -> list[NavItem]:
    return [NavItem(gettext_lazy("Today"), "home:today", "door", order=0)]


def staff_nav(viewer: Viewer) -> list[NavItem]:
    items = []
    if viewer.can(Permission.WORK_SEE):
        items.append(NavItem(gettext_lazy("Day"), "home:day", "sun", order=0))
    if viewer.can(Permission.CASELOAD_SEE):
        items.append(NavItem(gettext_lazy("Caseload"), "home:caseload", "users", order=30))
    if viewer.can(Permission.AUDIT_SEE):
        items.append(NavItem(gettext_lazy("Audit"), "home:audit", "history", order=85))
    if viewer.can(Permission.DEVICE_HELP):
        items.append(
            NavItem(gettext_lazy("Device help"), "home:device_help", "smartphone", order=50)
        )
    return items
