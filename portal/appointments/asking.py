"""What a patient can do about an appointment: say that they cannot come, or ask for another time.

Where none of the free times suits (see `slots`), a wish is a task for the front desk.
"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.access.viewer import Viewer
from portal.appointments import services, wishes
from portal.appointments.models import Appointment
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from portal.work.models import WorkItem

WISHES = {
    "morning": gettext_lazy("A morning"),
    "afternoon": gettext_lazy("An afternoon"),
    "evening": gettext_lazy("After 17:00"),
    "other_day": gettext_lazy("Another day, any time"),
    "ring": gettext_lazy("Please ring me about it"),
}


def may_ask(appointment: Appointment) -> bool:
    """True while there is notice enough for the practice to find another time."""
    hours = vars(appointment).get("notice_hours")  # where the rows were read with it
    if hours is None:
        hours = settings_of_practice().reschedule_notice_hours
    notice = dt.timedelta(hours=hours)
    return appointment.is_standing and clock.now() + notice <= appointment.starts_at


def too_soon() -> str:
    """Why nobody chooses another time here any more."""
    return _("It is soon. Please ring us, so that we find another time together.")


def is_late_to_cancel(appointment: Appointment) -> bool:
    """True when the practice counts a cancellation now as late."""
    notice = dt.timedelta(hours=settings_of_practice().late_cancel_hours)
    return clock.now() + notice > appointment.starts_at


def ask_for_other_time(*, appointment: Appointment, wish: str, by: Viewer) -> WorkItem:
    """Put the wish on the front desk's list; the appointment stands until somebody moves it.

    `wish` is one of WISHES. Raises DomainError when it is too late to ask here.
    """
    if not may_ask(appointment):
        raise DomainError(too_soon())
    return wishes.raise_wish(
        appointment=appointment,
        title=_("Asks for another time: %(wish)s") % {"wish": WISHES[wish]},
        due_at=min(clock.now() + dt.timedelta(days=1), appointment.starts_at),
        by=by,
        says_when=True,
    )


def cancel_own(*, appointment: Appointment, reason: str, by: Viewer) -> Appointment:
    """The patient cannot come. Raises DomainError once it has begun: then a person decides."""
    if appointment.starts_at <= clock.now():
        raise DomainError(_("This appointment has begun. Please ring us."))
    return services.cancel(appointment=appointment, by_patient=True, reason=reason, by=by)
