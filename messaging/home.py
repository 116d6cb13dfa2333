"""The places of messages in the navigation, and what is new on the gathered pages."""

from django.utils.translation import gettext_lazy as _

from messaging.selectors import keys, threads
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.ui.cards import Card, NavItem

MOST_ON_A_CARD = 5


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


def patient_cards(viewer: Viewer) -> list[Card]:
    """That somebody has written; who, and never a word of it."""
    if not viewer.can(Permission.MESSAGE_OWN):
        return []
    new = threads.threads_with_news(viewer).first()
    if new is None:
        return []
    return [Card("messages", "messaging/patient/card_new.html", {"thread": new}, order=20)]


def staff_cards(viewer: Viewer) -> list[Card]:
    """A clinician's unread messages; for a manager the keys that wait to be confirmed."""
    cards = []
    if viewer.can(Permission.MESSAGE_STAFF):
        new = list(threads.threads_with_news(viewer)[: MOST_ON_A_CARD + 1])
        if new:
            context = {"threads": new[:MOST_ON_A_CARD], "more": len(new) > MOST_ON_A_CARD}
            cards.append(
                Card("messages", "messaging/staff/card_new.html", context, order=30, column="aside")
            )
    waiting = len(keys.waiting_lines(viewer))
    if waiting:
        cards.append(
            Card(
                "keys",
                "messaging/staff/card_keys.html",
                {"count": waiting},
                order=40,
                column="aside",
            )
        )
    return cards
