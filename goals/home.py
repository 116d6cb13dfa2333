"""The places of goals in the navigation."""

from django.utils.translation import gettext_lazy as _

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.ui.cards import NavItem


def patient_tabs(viewer: Viewer) -> list[NavItem]:
    """The patient's tab."""
    if not viewer.can(Permission.GOAL_OWN):
        return []
    return [NavItem(_("Goals"), "goals:goal_list", "footprints", order=40)]


def staff_nav(viewer: Viewer) -> list[NavItem]:
    """The clinician's entry."""
    if not viewer.can(Permission.GOAL_STAFF):
        return []
    return [NavItem(_("Goals"), "goals:team_goals", "footprints", order=50)]
