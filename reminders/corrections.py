"""The words that set a text right whose visit was changed while it was on its way."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from portal.appointments.models import CANCELLED, Appointment
from portal.ui import languages
from reminders.rules import wording
from reminders.texts import Rendered, Voice, when


def correction_text(
    *, appointment: Appointment, discreet: bool, voice: Voice, by_mail: bool = False
) -> Rendered:
    """What is true now, and that the text before is not; discreet words name nobody.

    Nobody reads answers to a mail, so there no letters are offered.
    """
    patient = appointment.patient
    with translation.override(languages.of_our_words(patient.language)):
        day, hour = when(appointment, voice)
        values = {
            "name": wording.first_name(patient.first_name),
            "day": day,
            "hour": hour,
            "clinician": wording.flatten(appointment.clinician.display_name),
            "practice": voice.practice.name,
            "phone": voice.way_to_a_person,
        }
        is_cancelled = appointment.status in CANCELLED
        words = _words(is_cancelled=is_cancelled, discreet=discreet, by_mail=by_mail)
        return Rendered(wording.flatten(words % values), subject_line=_("A correction"))


def _words(*, is_cancelled: bool, discreet: bool, by_mail: bool) -> str:
    if is_cancelled and discreet:
        return _(
            "Hello %(name)s. Please ignore the last message: %(day)s, %(hour)s was cancelled. To "
            "talk to somebody, ring %(phone)s. Sent automatically."
        )
    if is_cancelled:
        return _(
            "Hello %(name)s. Please ignore our last reminder: %(day)s at %(hour)s with "
            "%(clinician)s was cancelled. To talk to us: %(phone)s. Sent automatically by "
            "%(practice)s."
        )
    if by_mail and discreet:
        return _(
            "Hello %(name)s. Please ignore the last message. It is now %(day)s, %(hour)s. To "
            "change it, ring %(phone)s. Sent automatically."
        )
    if by_mail:
        return _(
            "Hello %(name)s. Please ignore our last reminder: your appointment was changed. You "
            "are now booked with %(clinician)s on %(day)s at %(hour)s. To change it or to talk to "
            "us: %(phone)s. Sent automatically by %(practice)s."
        )
    if discreet:
        return _(
            "Hello %(name)s. Please ignore the last message. It is now %(day)s, %(hour)s. Reply C, "
            "R or X, or ring %(phone)s. Sent automatically."
        )
    return _(
        "Hello %(name)s. Please ignore our last reminder: your appointment was changed. You are "
        "now booked with %(clinician)s on %(day)s at %(hour)s. Reply C to confirm, R to change the "
        "time, X if you can't come. To talk to us: %(phone)s. Sent automatically by %(practice)s."
    )
