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
    """The clinician's inbox, and the manager's page of keys."""
    items = []
    if viewer.can(Permission.MESSAGE_STAFF):
        items.append(NavItem(_("Inbox"), "messaging:inbox", "inbox", order=40))
    if viewer.can(Permission.MESSAGE_CONFIRM):
        items.append(NavItem(_("Message keys"), "messaging:practice_keys", "key-round", order=85))
    return items
