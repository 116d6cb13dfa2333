"""The words of a text for one person: gaps filled, in their language, with their clock.

A text says the least that works. Discreet wording is used where the policy or the contact point
asks for it. A link is made only where the words carry one; its token leaves this module inside the
text and its hash inside the returned row.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.models import Assignment
from portal import clock
from portal.appointments.models import Appointment
from portal.practices.links import practice_url, practice_url_of_token
from portal.practices.models import Practice, PracticeSettings
from portal.ui import languages, phones
from reminders.models import Channel, NewLink, ReminderPolicy
from reminders.rules import wording
from reminders.wordings import Words, policy_words

# Each answer to a reply is one step of the unique key, so the same reply is answered once.
CONFIRMED, CANCELLED, RESCHEDULE, CALL_BACK = "confirmed", "cancelled", "reschedule", "call_back"
NOTHING_BOOKED, CHANGED, PERSON = "nothing_booked", "changed", "person"
HELP, STARTED, CONFIRMED_ALL = "help", "started", "confirmed_all"


@dataclass(frozen=True)
class Rendered:
    """A text ready to go, and the link it needs, not saved yet."""

    body: str
    link: NewLink | None = None
    subject_line: str = ""  # of a mail


@dataclass(frozen=True)
class Voice:
    """Who speaks: the practice, with what its texts need."""

    practice: Practice
    settings: PracticeSettings

    @property
    def way_to_a_person(self) -> str:
        """The telephone, else the mail address, else the text itself."""
        return self._number or self.practice.email or _("answer this text")

    @cached_property
    def _number(self) -> str:
        return phones.shown(self.practice.phone, self.practice.country)

    @property
    def crisis_lines(self) -> str:
        """`Samaritans 116 123 or 999`: the first line of the practice's list, and emergencies."""
        lines = [
            f"{line['name']} {line['phone']}"
            for line in self.settings.crisis_lines[:1]
            if line.get("name") and line.get("phone")
        ]
        return _(" or ").join([*lines, self.settings.emergency_number])


def patient_zone(appointment: Appointment, voice: Voice) -> str:
    """The zone in which this patient reads times: theirs for a video visit, else the place's."""
    if appointment.video_url or appointment.type.is_video:
        return appointment.patient.time_zone or voice.practice.time_zone
    return appointment.time_zone


def when(appointment: Appointment, voice: Voice) -> tuple[str, str]:
    """Day and time as the patient reads them: `Thu 26 Nov`, `14:30` or `14:30 (London time)`."""
    zone_name = patient_zone(appointment, voice)
    local = clock.local_time(appointment.starts_at, zone_name)
    hour = f"{local:%H:%M}"
    if appointment.video_url or appointment.type.is_video:
        place = zone_name.rsplit("/", 1)[-1].replace("_", " ")
        hour = _("%(hour)s (%(place)s time)") % {"hour": hour, "place": place}
    return _day(local.date(), translation.get_language()), hour


@lru_cache(maxsize=256)
def _day(date: dt.date, language: str | None) -> str:
    """`Thu 26 Nov` in the language in force; the texts of one morning are about a few days."""
    return str(date_format(date, "D j M"))


def appointment_text(
    *,
    policy: ReminderPolicy,
    appointment: Appointment,
    discreet: bool,
    voice: Voice,
    by_mail: bool = False,
) -> Rendered:
    """The reminder of a visit, or the word after a missed one."""
    words = policy_words(policy, appointment.patient.language)
    template = _template_of(policy, words, discreet=discreet, by_mail=by_mail)
    with translation.override(words.language):
        values, link = _values(template, appointment, voice)
        subject_line = wording.fill(words.subject_line, values)
        return Rendered(wording.fill(template, values), link, subject_line)


def form_text(
    *,
    policy: ReminderPolicy,
    form: Assignment,
    discreet: bool,
    voice: Voice,
    by_mail: bool = False,
) -> Rendered:
    """The text about a form that is still open: what it is, it does not say.

    `{day}` is the day until which it is wanted, empty where it has none, as `{time}` always is;
    `{clinician}` is who asked, and the link leads to the patient's forms, behind the sign-in.
    """
    words = policy_words(policy, form.patient.language)
    template = _template_of(policy, words, discreet=discreet, by_mail=by_mail)
    asker = form.assigned_by
    with translation.override(words.language):
        values = {
            "first_name": wording.first_name(form.patient.first_name),
            "day": date_format(form.due_on, "D j M") if form.due_on else "",
            "time": "",
            "clinician": asker.display_name if asker else voice.practice.name,
            "practice": voice.practice.name,
            "phone": voice.way_to_a_person,
            "link": practice_url(voice.practice, "intake:assignment_list"),
        }
        subject_line = wording.fill(words.subject_line, values)
        return Rendered(wording.fill(template, values), subject_line=subject_line)


def reply_text(
    *, step: str, appointment: Appointment | None, language: str, voice: Voice
) -> Rendered:
    """The automatic answer to a text. `appointment` is the visit it was about, if any."""
    with translation.override(languages.of_our_words(language)):
        template = _reply_template(step)
        values: dict[str, str] = {
            "phone": voice.way_to_a_person,
            "crisis": voice.crisis_lines,
        }
        link = None
        if appointment is not None:
            values["day"], values["time"] = when(appointment, voice)
            if "%(link)s" in template:
                values["link"], link = new_link(appointment, voice.practice)
        return Rendered(wording.flatten(template % values), link)


def notice_mail(*, count: int, is_risk: bool, voice: Voice) -> Rendered:
    """A mail to somebody on the staff: how much waits and where, and nothing of whom or what."""
    with translation.override(voice.practice.language):
        waits = ngettext(
            "%(count)d thing waits for you.", "%(count)d things wait for you.", count
        ) % {"count": count}
        subject = _("Please look now") if is_risk else waits.removesuffix(".")
        lines = [
            _("Please sign in now: something should not wait.") if is_risk else "",
            waits if not is_risk or count > 1 else "",
            practice_url(voice.practice, "work:notices"),
            _("This mail says no more on purpose. You choose under Notices what is mailed to you."),
        ]
    body = "\n\n".join(filter(None, lines)) + "\n"
    return Rendered(body, subject_line=f"{voice.practice.name}: {subject}")


def new_link(
    appointment: Appointment, practice: Practice, *, tells_clinician: bool = False
) -> tuple[str, NewLink]:
    """A fresh address of the appointment's page, and what is kept of it. 128 random bits.

    `tells_clinician` where the text that carries it names the clinician.
    """
    token = secrets.token_urlsafe(16)
    link = NewLink(
        token_hash=token_hash(token),
        appointment=appointment.pk,
        appointment_version=appointment.version,
        tells_clinician=tells_clinician,
        created_at=clock.now(),
        expires_at=appointment.ends_at,
    )
    return practice_url_of_token(practice, "reminders:link", token), link


def token_hash(token: str) -> str:
    """What is kept of a token. Plain SHA-256 is enough for 128 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _template_of(policy: ReminderPolicy, words: Words, *, discreet: bool, by_mail: bool) -> str:
    """The wording; in a mail that stands in for a text without what nobody can answer."""
    template = words.template_for(discreet=discreet or policy.discreet)
    if by_mail and policy.channel == Channel.SMS:
        return wording.without_replies(template, words.language)
    return template


def _values(
    template: str, appointment: Appointment, voice: Voice
) -> tuple[dict[str, str], NewLink | None]:
    day, hour = when(appointment, voice)
    values = {
        "first_name": wording.first_name(appointment.patient.first_name),
        "day": day,
        "time": hour,
        "clinician": appointment.clinician.display_name,
        "practice": voice.practice.name,
        "phone": voice.way_to_a_person,
    }
    link = None
    gaps = wording.gaps_of(template)
    if "link" in gaps and appointment.ends_at <= clock.now():  # its own page ends with it
        values["link"] = practice_url(voice.practice, "appointments:own")
    elif "link" in gaps:
        values["link"], link = new_link(
            appointment, voice.practice, tells_clinician="clinician" in gaps
        )
    return values, link


def _reply_template(step: str) -> str:
    templates: dict[str, Any] = {
        CONFIRMED: _("Thank you. You are confirmed for %(day)s, %(time)s. Automatic text."),
        CONFIRMED_ALL: _("Thank you. You are confirmed for all of them. Automatic text."),
        CANCELLED: _(
            "Thank you for telling us. %(day)s, %(time)s is cancelled. To find another time, "
            "ring %(phone)s. Automatic text."
        ),
        RESCHEDULE: _(
            "To ask for another time, open %(link)s or ring %(phone)s. %(day)s, %(time)s is kept "
            "for you until then. Automatic text."
        ),
        CALL_BACK: _(
            "We will ring you about another time, or ring %(phone)s. %(day)s, %(time)s is kept for "
            "you until then. Automatic text."
        ),
        NOTHING_BOOKED: _(
            "We could not tell what this is about. To talk to us: %(phone)s. Automatic text."
        ),
        CHANGED: _(
            "That time was changed: it is now %(day)s, %(time)s. A person will be in touch, or "
            "ring %(phone)s. Automatic text."
        ),
        PERSON: _(
            "Automatic reply: thank you. A person reads this when we are open; this number is not "
            "watched all the time. If you may not be safe now, ring %(crisis)s."
        ),
        HELP: _(
            "This number sends reminders. To talk to us: %(phone)s. If you may not be safe now, "
            "ring %(crisis)s. Reply STOP for no more texts. Automatic text."
        ),
        STARTED: _("Texts are on again. Reply STOP for no more texts. Automatic text."),
    }
    return str(templates[step])
