"""Tags for pages that show appointments."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal import clock
from portal.appointments.models import Appointment, AppointmentStatus, Status
from portal.appointments.words import BADGES, notice_given
from portal.appointments.words import which_run as words_for_run
from portal.ui.templatetags.ui import badge, state

register = template.Library()


@register.simple_tag
def appointment_badge(appointment: Appointment) -> SafeString:
    """Where it stands: icon and word. What is over and was not recorded says so."""
    if appointment.is_standing and appointment.ends_at <= clock.now():
        return badge(_("Not recorded"), "", "circle-help")
    tone, icon = BADGES[appointment.status]
    return badge(appointment.status_label, tone, icon)


@register.simple_tag
def appointment_state(appointment: Appointment) -> SafeString:
    """The same where there is little room: icon and word without a frame."""
    if appointment.is_standing and appointment.ends_at <= clock.now():
        return state(_("Not recorded"), "circle-help")
    return state(appointment.status_label, BADGES[appointment.status][1])


@register.simple_tag
def own_appointment_badge(appointment: Appointment) -> SafeString | str:
    """The same for the patient: without blame, and nothing where nobody has said anything."""
    if appointment.is_standing and appointment.ends_at <= clock.now():
        return ""
    text, tone, icon = {
        Status.BOOKED: (_("Booked"), "", "circle-dashed"),
        Status.CONFIRMED: (_("You said yes"), "good", "check"),
        Status.ARRIVED: (_("You have arrived"), "good", "door"),
        Status.ATTENDED: (_("You were here"), "", "check"),
        Status.ATTENDED_LATE: (_("You were here"), "", "check"),
        Status.LATE_NOT_SEEN: (_("Did not take place"), "", "minus"),
        Status.NO_SHOW: (_("Did not take place"), "", "minus"),
        Status.CANCELLED_BY_PATIENT: (_("Cancelled"), "open", "x"),
        Status.CANCELLED_BY_PRACTICE: (_("Cancelled by us"), "open", "x"),
    }[Status(appointment.status)]
    return badge(text, tone, icon)


@register.filter
def minutes_long(appointment: Appointment) -> int:
    """How many minutes it lasts."""
    return int((appointment.ends_at - appointment.starts_at).total_seconds() // 60)


@register.filter
def which_run(appointment: Appointment) -> str:
    """Which of two it is, where the clock shows the time of its beginning twice."""
    return words_for_run(appointment.starts_at, appointment.time_zone)


@register.filter
def notice(step: AppointmentStatus, limit: int) -> str:
    """How late a cancellation was, of a step of the history; `limit` are the practice's hours."""
    return notice_given(step.status, starts_at=step.starts_at, at=step.at, limit=limit)
