"""A person at the built-in handset answers a text."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal import clock
from portal.people.models import ContactPoint
from reminders.models import InboundMessage, PracticePhoneMessage
from reminders.rules.replies import Meaning
from reminders.services import receiving

# Words to which a provider answers by itself.
_THE_PROVIDERS = frozenset({Meaning.STOP, Meaning.CANCEL})


def reply(*, point: ContactPoint, body: str) -> InboundMessage | None:
    """Put the reply on the handset and take it in, by the same path as a provider's call."""
    row = PracticePhoneMessage.objects.create(
        number=point.value, patient_id=point.patient_id, body=body, is_reply=True, at=clock.now()
    )
    message = receiving.receive(sid=f"phone-{row.pk}", number=point.value, body=body)
    if message is not None and message.meaning in _THE_PROVIDERS and point.stopped_at is None:
        _say_that_texts_are_stopped(point)
    return message


def _say_that_texts_are_stopped(point: ContactPoint) -> None:
    """Once, as a provider does by itself: nothing of ours leaves after STOP."""
    PracticePhoneMessage.objects.create(
        number=point.value,
        patient_id=point.patient_id,
        body=_("You get no more texts from this number. Reply START to have them again."),
        is_reply=False,
        at=clock.now(),
    )
