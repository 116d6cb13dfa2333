"""What a signed-in person must do first: a second factor (staff), then the privacy notice.

Each asks the database once in a session and remembers only a good answer there. A second factor
that is taken off ends the person's other sessions and is forgotten in this one (`receivers`); a
notice of a new version has another name, so the old answer no longer counts.
"""

from __future__ import annotations

from django.conf import settings

from portal.access.requests import PracticeRequest
from portal.people.accounts import has_second_factor
from portal.practices.selectors import membership_of_viewer

SECOND_FACTOR_KEY = "portal_second_factor"
PRIVACY_KEY = "portal_privacy"


def second_factor(request: PracticeRequest) -> str | None:
    """Staff without a passkey or an authenticator app are led to the page that offers both."""
    if not request.viewer.is_staff or request.session.get(SECOND_FACTOR_KEY):
        return None
    if not has_second_factor(request.viewer.user_id):
        return "people:second_factor"
    request.session[SECOND_FACTOR_KEY] = True
    return None


def privacy_notice(request: PracticeRequest) -> str | None:
    """Everybody reads, in each practice, what is kept about them and agrees to use the portal."""
    place = str(request.viewer.membership_id)
    seen: dict[str, str] = request.session.get(PRIVACY_KEY, {})
    if seen.get(place) == settings.PRIVACY_VERSION:
        return None
    if membership_of_viewer(request.viewer).privacy_version != settings.PRIVACY_VERSION:
        return "people:privacy_agree"
    request.session[PRIVACY_KEY] = {**seen, place: settings.PRIVACY_VERSION}
    return None
