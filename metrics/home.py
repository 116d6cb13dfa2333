"""The manager's card and place in the navigation."""

from django.utils.translation import gettext_lazy as _

from metrics import reports
from metrics.rollups.outcomes import Outcome
from metrics.words import figure, people_url, period_words
from portal import clock
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.practices.selectors import current_practice
from portal.ui.cards import Card, NavItem


def staff_nav(viewer: Viewer) -> list[NavItem]:
    """The manager's entry."""
    if not viewer.can(Permission.METRICS_SEE):
        return []
    return [NavItem(_("No-shows"), "metrics:no_shows", "trending-down", order=20)]


def staff_cards(viewer: Viewer) -> list[Card]:
    """The no-show rate of the usual period. Four queries."""
    if not viewer.can(Permission.METRICS_SEE):
        return []
    practice = current_practice()
    period = reports.usual_period(clock.today(practice.time_zone))
    found = reports.attendance(practice=practice, period=period)
    share = found.no_show_rate
    context = {
        "rate": figure(share),
        "period": period_words(period),
        "has_any": found.total > 0,
        "total": share.total,
        "unrecorded": found.unrecorded,
        "unrecorded_url": people_url(period, Outcome.UNRECORDED),
    }
    return [Card("no_shows", "metrics/staff/no_shows_card.html", context, order=30)]
