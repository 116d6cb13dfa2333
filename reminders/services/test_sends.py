"""Send a text to oneself, through the same machine and the same transport as every other."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Viewer
from portal.audit import services as audit
from portal.practices.models import Membership
from portal.tenancy.errors import DomainError
from reminders.models import Channel, Reminder, Subject, TestSend
from reminders.reach import wants_no_texts
from reminders.rules.timing import OffsetKind
from reminders.services.word_checks import check_subject_line, check_template
from reminders.wordings import Words

USEFUL = dt.timedelta(minutes=30)
AT_MOST, WITHIN = 10, dt.timedelta(hours=1)
"""So many an hour in one practice: a test costs what a text costs."""


def send_test(
    *, words: Words, kind: OffsetKind, channel: Channel, discreet: bool, number: str, by: Viewer
) -> Reminder:
    """The words about an invented visit, to `number` (E.164), or to one's own mail address.

    Quiet hours do not hold it: somebody waits for it. Raises DomainError for words that may not be
    used, without an address, for a number that wants no texts, and after ten within the hour.
    """
    by_mail, template = channel is Channel.EMAIL, words.template_for(discreet=discreet)
    check_template(template, discreet=discreet, kind=kind, language=words.language, by_mail=by_mail)
    if by_mail:
        check_subject_line(words.subject_line, kind=kind, language=words.language)
    member = Membership.objects.select_related("user").get(pk=by.membership_id)
    address = member.user.email if by_mail else number
    if not address:
        raise DomainError(
            _("Your account has no mail address.") if by_mail else _("Write your mobile number.")
        )
    if not by_mail and wants_no_texts(number):
        raise DomainError(_("Whoever has this number wants no texts. Write your own."))
    now = clock.now()
    if TestSend.objects.filter(created_at__gt=now - WITHIN).count() >= AT_MOST:
        raise DomainError(_("Ten tests within an hour are enough. Try again later."))
    test = TestSend.objects.create(
        member=member,
        channel=channel.value,
        address=address,
        kind=kind.value,
        language=words.language,
        template=template,
        subject_line=words.subject_line if by_mail else "",
        created_at=now,
    )
    row = Reminder.objects.create(
        member=member,
        recipient_id=member.pk,
        subject_type=Subject.TEST,
        subject_id=test.pk,
        policy_step="test",
        channel=channel.value,
        wanted_at=now,
        due_at=now,
        expires_at=now + USEFUL,
        created_at=now,
    )
    audit.record("reminder_policy.test", by=by, obj=test, details={"channel": channel.value})
    return row
