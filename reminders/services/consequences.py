"""What follows for people where a message came to its end without having arrived.

STOP at the provider stops here too, a dead number is marked, many blocked messages stop the
channel. Then the other channel is tried, if the policy says so, or a person is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import structlog
from django.utils.translation import gettext as _

from portal import clock
from portal.people import services as people
from portal.people.models import ContactPoint
from portal.work import services as work
from portal.work.models import WorkAudience, WorkItem, WorkState
from reminders.models import Attempt, Channel, Reminder
from reminders.rules.answers import Meaning
from reminders.services import SYSTEM, channels, fallback

logger = structlog.get_logger(__name__)

BAD_NUMBER = "reminder.bad_number"
_SOON = dt.timedelta(hours=4)


def follow(attempt: Attempt, ended: Sequence[Reminder], meaning: Meaning) -> None:
    """Do what the class of the end asks for; `ended` are the rows that end with this attempt."""
    carrier, point = attempt.reminder, attempt.contact_point
    if point is None or carrier.patient_id is None:
        logger.warning("a message to staff did not arrive", attempt=str(attempt.pk))
        return
    if meaning is Meaning.OPTED_OUT:
        people.stop_texts(value=point.value, by=SYSTEM)
        return
    if meaning is Meaning.BAD_NUMBER:
        people.mark_bad(point=point, by=SYSTEM)
    if meaning is Meaning.FILTERED:
        channels.stop_if_filtered(channel=Channel(carrier.channel), code=attempt.error_code)
    now = clock.now()
    # In doubt the other channel might tell it a second time.
    told = [meaning is not Meaning.DOUBT and fallback.take_over(row, now) for row in ended]
    by_other = all(told)
    if by_other and meaning is not Meaning.BAD_NUMBER:
        return
    code, title = _told(Channel(carrier.channel), meaning, by_other=by_other)
    work.raise_task(
        code=code,
        title=title,
        audience=WorkAudience.FRONT_DESK,
        due_at=min(now + _SOON, max(carrier.expires_at, now)),
        patient_id=carrier.patient_id,
        source=carrier,
        by=SYSTEM,
    )


def number_is_dead(row: Reminder, point: ContactPoint, now: dt.datetime) -> None:
    """A row could not go out, because its number or address is known to be dead: a person mends it.

    One task for each patient: none while one waits, and the same again where it was ended without
    another number.
    """
    if row.patient_id is None:
        return
    waits = WorkItem.objects.unfinished().filter(code=BAD_NUMBER, patient_id=row.patient_id)
    if waits.exists():
        return
    due_at = min(now + _SOON, max(row.expires_at, now))
    item = work.raise_task(
        code=BAD_NUMBER,
        title=_told(Channel(row.channel), Meaning.BAD_NUMBER, by_other=False)[1],
        audience=WorkAudience.FRONT_DESK,
        due_at=due_at,
        patient_id=row.patient_id,
        source=point,
        by=SYSTEM,
    )
    if item.state == WorkState.DONE:
        item.due_at = due_at
        item.save(update_fields=["due_at"])
        work.reopen(item=item, by=SYSTEM)


def _told(channel: Channel, meaning: Meaning, *, by_other: bool) -> tuple[str, str]:
    """The code and the title of the task."""
    if meaning is Meaning.DOUBT:
        return "reminder.doubt", _("It is not known whether a reminder arrived")
    if meaning is not Meaning.BAD_NUMBER:
        words = _("A reminder did not arrive: please reach the patient another way")
        return "reminder.not_sent", words
    by_text = channel is Channel.SMS
    if by_other:
        title = (
            _("This number cannot receive texts: ask for another. The reminder goes by e-mail")
            if by_text
            else _(
                "Nobody receives mail at this address: ask for another. The reminder goes by text"
            )
        )
    elif by_text:
        title = _("A text could not be sent: this number cannot receive texts")
    else:
        title = _("An e-mail could not be sent: nobody receives mail at this address")
    return BAD_NUMBER, title
