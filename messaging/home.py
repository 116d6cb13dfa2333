"""The places of messages in the navigation."""

from django.utils.translation import gettext_lazy as _

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.ui.cards import NavItem


def patient_tabs(viewer: Viewer) -> list[NavItem]:
    """The patient's tab."""
    if not viewer.can(Permission.MESSAGE_OWN):
        return []
    return [NavItem(_("Messages"), "messaging:thread_list", "message-square", order=30)]


def staff_nav(viewer: Viewer) -> list[NavItem]:
    """The clinician's entry."""
    if not viewer.can(Permission.MESSAGE_STAFF):
        return []
    return [NavItem(_("Inbox"), "messaging:inbox", "inbox", order=40)]
