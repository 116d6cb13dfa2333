"""Demo data: one text a day before each visit, those of the last day sent, and a few replies.

Everything goes through the services that the dispatcher and the handset use, at the times at which
it would have happened. Ana's text of tomorrow is left for the dispatcher to send.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.appointments.selectors import standing_between
from portal.dev.cast import DEMO, DemoPractice
from portal.people import services as people
from portal.people.contact_points import text_numbers_of
from portal.practices import services as practices
from portal.practices.selectors import settings_of_practice
from reminders.models import Reminder, Subject
from reminders.rules.states import State
from reminders.rules.timing import OffsetKind
from reminders.selectors import phones
from reminders.services import claiming, handset, outcomes, planning, policies, receiving
from reminders.transports.practice_phone import PracticePhone
from reminders.wordings import Words

_STEP = dt.timedelta(hours=1)
_BACK = dt.timedelta(hours=26)
_TELLER = "Ana"
# What people wrote back, in the order in which their texts arrived.
_REPLIES = ("C", "Is there somewhere to park?", "C", "Running late from work, is 10 past ok", "R")
_POLISH = (
    "Dzień dobry {first_name}. Wizyta: {clinician}, {day}, {time}. Odpowiedz C, aby potwierdzić, "
    "R, aby zmienić termin, X, aby odwołać. Telefon: {phone}. Wiadomość automatyczna, "
    "{practice}. {link}"
)
_DISCREET_POLISH = (
    "Dzień dobry {first_name}. Przypomnienie: {day}, {time}. Odpowiedz C, R lub X albo zadzwoń: "
    "{phone}. Wiadomość automatyczna."
)


def seed(demo: DemoPractice) -> None:
    """Policies, the last day's texts, and what came back."""
    _say_what_we_send()
    _choose_full_wording(demo)
    moment = (demo.now - _BACK).replace(minute=0)
    until = min(demo.now - dt.timedelta(minutes=20), _before_the_tellers(demo))
    while moment < until:
        with demo.at(moment):
            planning.plan()
            _send_due()
        moment += _STEP
    _reply(demo, until)
    _ask_for_more()


def _ask_for_more() -> None:
    """From now on: a word after a missed visit, and up to two about a form that stays open."""
    policies.add_policy(
        name=_("After a missed visit"), kind=OffsetKind.AFTER_NO_SHOW, offset=3, by=DEMO
    )
    policies.add_policy(
        name=_("A form that waits"),
        kind=OffsetKind.FORM_UNFINISHED,
        offset=1,
        at=dt.time(10),
        at_most=2,
        by=DEMO,
    )


def _say_what_we_send() -> None:
    """One text the day before, in two languages, at the price of a provider's bill."""
    practices.change_settings(
        settings=settings_of_practice(), segment_price=Decimal("0.04"), currency="GBP", by=DEMO
    )
    policies.add_policy(
        name="The day before",
        kind=OffsetKind.HOURS_BEFORE,
        offset=24,
        wordings=[Words(_POLISH, _DISCREET_POLISH, "", "pl")],
        by=DEMO,
    )


def _choose_full_wording(demo: DemoPractice) -> None:
    """Ana and every second of the others share their phone with nobody."""
    names = {patient.pk: name for name, patient in demo.patients.items()}
    for number, point in enumerate(phones()):
        if names.get(point.patient_id) == _TELLER or number % 2:
            people.change_contact_point(point=point, discreet=False, by=DEMO)


def _before_the_tellers(demo: DemoPractice) -> dt.datetime:
    """Shortly before Ana's text is due: the demo's own dispatcher shall send it."""
    ana = demo.patients.get(_TELLER)
    ahead = standing_between(demo.now, demo.now + dt.timedelta(days=3))
    starts = [row.starts_at for row in ahead if ana is not None and row.patient_id == ana.pk]
    if not starts:
        return demo.now
    return min(starts) - dt.timedelta(hours=24, minutes=20)


def _send_due() -> None:
    texts = claiming.claim()
    phone = PracticePhone()
    outcomes.record_answers([(text.attempt_id, phone.send(text)) for text in texts])


def _reply(demo: DemoPractice, until: dt.datetime) -> None:
    """Some people answered their text a while after it came."""
    rows = list(
        Reminder.objects.filter(state=State.DELIVERED, subject_type=Subject.APPOINTMENT)
        .order_by("sent_at", "pk")
        .select_related("patient")
    )
    points = text_numbers_of({row.recipient_id for row in rows})
    for row, words in zip(rows, _REPLIES, strict=False):
        at = min((row.sent_at or until) + dt.timedelta(minutes=12), demo.now)
        with demo.at(at):
            message = handset.reply(point=points[row.recipient_id], body=words)
            if message is not None:
                receiving.work(message.pk)
            _send_due()
