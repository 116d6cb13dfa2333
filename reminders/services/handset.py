"""A person at the built-in handset answers a text."""

from __future__ import annotations

from portal import clock
from portal.people.models import ContactPoint
from reminders.models import InboundMessage, PracticePhoneMessage
from reminders.services import receiving


def reply(*, point: ContactPoint, body: str) -> InboundMessage | None:
    """Put the reply on the handset and take it in, by the same path as a provider's call."""
    row = PracticePhoneMessage.objects.create(
        number=point.value, patient_id=point.patient_id, body=body, is_reply=True, at=clock.now()
    )
    return receiving.receive(sid=f"phone-{row.pk}", number=point.value, body=body)
