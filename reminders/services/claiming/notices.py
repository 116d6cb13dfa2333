"""News for staff: words that say only that something waits."""

from __future__ import annotations

from portal.practices.models import MembershipStatus
from reminders import texts
from reminders.models import Channel, Reason, Reminder
from reminders.services.claiming.facts import Facts
from reminders.services.claiming.verdicts import Destination, Go, Verdict, suppressed
from reminders.services.notices import RISK


def verdict(row: Reminder, facts: Facts) -> Verdict:
    """No mail to somebody who has left, or who has read everything in the portal meanwhile."""
    member = row.member
    if member is None or member.status == MembershipStatus.LEFT:
        return suppressed(Reason.GONE)
    if not facts.unread.get(row.subject_id):
        return suppressed(Reason.GONE)  # nothing waits any more
    address = facts.addresses.get(member.pk, "")
    if not address:
        return suppressed(Reason.NO_ADDRESS)
    to = Destination(Channel(row.channel), address, contact_point=None, discreet=True)
    return Go(to, waiting=facts.unread[row.subject_id])


def render(row: Reminder, go: Go, voice: texts.Voice) -> texts.Rendered:
    """How much waits, and where to read it; nothing of whom or what."""
    return texts.notice_mail(count=go.waiting, is_risk=row.policy_step == RISK, voice=voice)
