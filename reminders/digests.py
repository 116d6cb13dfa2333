"""The words of a message that says several things to one person."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from portal.appointments.models import Appointment
from portal.people.models import Patient
from portal.practices.links import practice_url
from portal.ui import languages
from reminders.rules import wording
from reminders.texts import Rendered, Voice, when


def several_visits(
    visits: Sequence[Appointment],
    *,
    patient: Patient,
    with_form: bool,
    discreet: bool,
    voice: Voice,
    by_mail: bool = False,
) -> Rendered:
    """One text about several visits, in the order given; discreet words name nobody.

    No link: the page behind one is about a single visit. Nobody reads answers to a mail, so there
    no letters are offered.
    """
    with translation.override(languages.of_our_words(patient.language)):
        values = {
            "name": wording.first_name(patient.first_name),
            "visits": "; ".join(_line(visit, discreet, voice) for visit in visits),
            "form": form_sentence(discreet=discreet, voice=voice) if with_form else "",
            "phone": voice.way_to_a_person,
            "practice": voice.practice.name,
        }
        if by_mail and discreet:
            body = _(
                "Hello %(name)s. Reminders: %(visits)s. %(form)s To change one, ring %(phone)s. "
                "Sent automatically."
            )
        elif by_mail:
            body = _(
                "Hello %(name)s. You are booked: %(visits)s. %(form)s To change a time or if you "
                "can't come, ring %(phone)s. Sent automatically by %(practice)s."
            )
        elif discreet:
            body = _(
                "Hello %(name)s. Reminders: %(visits)s. %(form)s Reply C to confirm all, or ring "
                "%(phone)s. Sent automatically."
            )
        else:
            body = _(
                "Hello %(name)s. You are booked: %(visits)s. %(form)s Reply C to confirm all. To "
                "change a time or if you can't come, ring %(phone)s. Sent automatically by "
                "%(practice)s."
            )
        return Rendered(wording.flatten(body % values), subject_line=_("Reminders"))


def with_form(text: Rendered, *, language: str, discreet: bool, voice: Voice) -> Rendered:
    """The same text with a sentence about a form that waits as well."""
    with translation.override(languages.of_our_words(language)):
        body = f"{text.body} {form_sentence(discreet=discreet, voice=voice)}"
    return Rendered(wording.flatten(body), text.link, text.subject_line)


def form_sentence(*, discreet: bool, voice: Voice) -> str:
    """That something is waiting to be filled in, in the language in force."""
    if discreet:
        return _("Something is also waiting for you to fill in.")
    link = practice_url(voice.practice, "intake:assignment_list")
    return _("Something is also waiting for you to fill in: %(link)s") % {"link": link}


def _line(visit: Appointment, discreet: bool, voice: Voice) -> str:
    day, hour = when(visit, voice)
    if discreet:
        return _("%(day)s, %(hour)s") % {"day": day, "hour": hour}
    clinician = wording.flatten(visit.clinician.display_name)
    return _("%(day)s at %(hour)s with %(clinician)s") % {
        "day": day,
        "hour": hour,
        "clinician": clinician,
    }
