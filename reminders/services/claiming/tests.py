"""Test sends of a template to oneself."""

from __future__ import annotations

from portal.encryption.selectors import is_destroyed
from reminders import previews, texts
from reminders.models import Channel, Reason, Reminder, TestSend
from reminders.reach import wants_no_texts
from reminders.rules import wording
from reminders.rules.timing import OffsetKind
from reminders.services.claiming.facts import Facts
from reminders.services.claiming.verdicts import Destination, Go, Verdict, suppressed


def verdict(row: Reminder, facts: Facts) -> Verdict:
    """It goes where its sender wanted it; somebody who has left gets nothing any more."""
    test = TestSend.objects.filter(pk=row.subject_id).first()
    if test is None or is_destroyed(test, "address"):
        return suppressed(Reason.GONE)
    if row.member is None or row.member.left_at is not None:
        return suppressed(Reason.GONE)
    if row.channel == Channel.SMS and wants_no_texts(test.address):
        return suppressed(Reason.STOPPED)
    return Go(Destination(Channel(row.channel), test.address, None, discreet=False))


def render(row: Reminder, go: Go, voice: texts.Voice) -> texts.Rendered:
    """The words about an invented visit, as the preview shows them."""
    test = TestSend.objects.get(pk=row.subject_id)
    values = previews.Example(voice).values(test.language, OffsetKind(test.kind))
    return texts.Rendered(
        wording.fill(test.template, values),
        subject_line=wording.fill(test.subject_line, values),
    )
