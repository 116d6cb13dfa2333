"""Demo data: one text a day before each visit, those of the last day sent, and a few replies.

Everything goes through the services that the dispatcher and the handset use, at the times at which
it would have happened. Ana's text of tomorrow is left for the dispatcher to send.
"""

from __future__ import annotations

import datetime as dt

from portal.appointments.selectors import standing_between
from portal.dev.cast import DEMO, DemoPractice
from portal.people import services as people
from portal.people.selectors import text_numbers_of
from reminders.models import Reminder, Subject
from reminders.rules.states import State
from reminders.selectors import phones
from reminders.services import claiming, handset, outcomes, planning, policies, receiving
from reminders.transports.practice_phone import PracticePhone

_STEP = dt.timedelta(hours=1)
_BACK = dt.timedelta(hours=26)
_TELLER = "Ana"
# What people wrote back, in the order in which their texts arrived.
_REPLIES = ("C", "Is there somewhere to park?", "C", "Running late from work, is 10 past ok", "R")


def seed(demo: DemoPractice) -> None:
    """Policies, the last day's texts, and what came back."""
    policies.add_usual_policy(by=DEMO)
    _choose_full_wording(demo)
    moment = (demo.now - _BACK).replace(minute=0)
    until = min(demo.now - dt.timedelta(minutes=20), _before_the_tellers(demo))
    while moment < until:
        with demo.at(moment):
            planning.plan()
            _send_due()
        moment += _STEP
    _reply(demo, until)


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
