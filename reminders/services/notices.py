"""Mail to staff that something waits: one for all that does, through the same machine as texts.

`gather` looks at notices that nobody has looked at yet, asks what their people chose, and makes one
reminder row for each person to whom something should go now. Everything else that waits for them
goes in the same mail. A mail that has not left yet takes in what comes meanwhile.
"""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db.models import Max

from portal import clock
from portal.access.viewer import Actor
from portal.practices.models import Membership
from portal.practices.selectors import current_practice, settings_of_practice
from portal.tenancy.context import crossing_practices, practice_scope
from portal.work import notices, preferences
from portal.work.models import Mail, MailState, Notice, NoticeCode, NoticeKind, WorkItem
from reminders import bell
from reminders.models import Channel, Reminder, Subject
from reminders.rules.staff_mail import leaves_at
from reminders.rules.states import State

logger = structlog.get_logger(__name__)

RISK, NEWS = "notice:risk", "notice:news"
USEFUL = dt.timedelta(hours=24)
"""After a day a mail about what waits is old news; the bell still says it."""
_AT_ONCE = 500


@dataclass(frozen=True)
class _Rules:
    """What decides when a person's mail leaves."""

    now: dt.datetime
    mail: Mapping[tuple[UUID, NoticeKind], Mail]
    last: Mapping[UUID, dt.datetime]

    def leaves_at(self, notice: Notice) -> dt.datetime | None:
        """When a mail about this one leaves, or None."""
        return leaves_at(
            is_risk=notice.kind == NoticeKind.RISK,
            mail=self.mail[notice.member_id, notice.kind],
            told_at=notice.at,
            now=self.now,
            last_mail_at=self.last.get(notice.member_id),
            hours=settings_of_practice().hours,
            zone=clock.zone(current_practice().time_zone),
        )


def tell(*, member: Membership, kind: NoticeCode, item: WorkItem, by: Actor | None = None) -> None:
    """Tell one person of an alert or a task, and wake whoever sends."""
    notices.tell(members=[member.pk], code=kind, item=item, by=by)
    bell.ring_on_commit()


def sweep(stop: threading.Event | None = None) -> int:
    """Gather in every practice that has news. Returns how many mails were made or added to."""
    made = 0
    for practice_id in practices_with_news(clock.now()):
        if stop is not None and stop.is_set():
            break
        try:
            with practice_scope(practice_id):
                made += gather()
        except Exception:
            logger.exception("news for staff could not be gathered", practice=str(practice_id))
    return made


def practices_with_news(now: dt.datetime) -> list[UUID]:
    """Practices with a notice to look at, asked as the role that sees only that."""
    with crossing_practices(reason="which practices have news for staff") as alias:
        due = Notice._base_manager.using(alias).filter(state=MailState.WAITING, due_at__lte=now)
        return list(due.values_list("practice_id", flat=True).distinct().order_by())


def gather() -> int:
    """Look at the due notices of the ambient practice. Returns how many people get a mail."""
    now = clock.now()
    due = list(
        Notice.objects.filter(state=MailState.WAITING, due_at__lte=now)
        .select_for_update(skip_locked=True)
        .order_by("due_at", "pk")[:_AT_ONCE]
    )
    if not due:
        return 0
    people = {notice.member_id for notice in due}
    rules = _Rules(now, preferences.mail_of(people), _last_mails(people))
    return sum(
        _for_one(member, [n for n in due if n.member_id == member], rules)
        for member in sorted(people)
    )


def _for_one(member_id: UUID, due: list[Notice], rules: _Rules) -> int:
    """Settle, put off or mail one person's due notices. Returns 1 where a mail goes."""
    leaving, put_off, unwanted = [], [], []
    for notice in due:
        at = rules.leaves_at(notice) if notice.read_at is None else None
        if at is None:
            unwanted.append(notice.pk)
        elif at <= rules.now:
            leaving.append(notice)
        else:
            notice.due_at = at
            put_off.append(notice)
    _settle(unwanted, None)
    Notice.objects.bulk_update(put_off, ["due_at"])
    if not leaving:
        return 0
    is_risk = any(notice.kind == NoticeKind.RISK for notice in leaving)
    mail = _mail_to(member_id, RISK if is_risk else NEWS, rules.now)
    _settle([*(n.pk for n in leaving), *_put_off(member_id, rules)], mail)
    return 1


def _put_off(member_id: UUID, rules: _Rules) -> Iterable[UUID]:
    """What waits for a later mail of this person: it goes with the one that leaves now."""
    later = Notice.objects.filter(
        member_id=member_id, state=MailState.WAITING, read_at=None, due_at__gt=rules.now
    )
    return later.select_for_update(skip_locked=True).values_list("pk", flat=True)


def _mail_to(member_id: UUID, step: str, now: dt.datetime) -> UUID:
    """The mail that has not left yet, made urgent where it must be, or a new one; its subject.

    The person is locked, so that two sweeps at once make one mail and not two.
    """
    Membership.objects.select_for_update(no_key=True).get(pk=member_id)
    waiting = (
        Reminder.objects.filter(
            member_id=member_id,
            subject_type=Subject.NOTICE,
            state=State.PLANNED,
            attempts=0,
            expires_at__gt=now,
        )
        .select_for_update(skip_locked=True)
        .first()
    )
    if waiting is None:
        waiting = Reminder.objects.create(
            member_id=member_id,
            recipient_id=member_id,
            subject_type=Subject.NOTICE,
            subject_id=uuid.uuid4(),
            policy_step=step,
            channel=Channel.EMAIL,
            wanted_at=now,
            due_at=now,
            expires_at=now + USEFUL,
            created_at=now,
        )
        bell.ring_on_commit()
    elif step == RISK and waiting.policy_step != RISK:
        waiting.policy_step, waiting.expires_at = RISK, now + USEFUL
        waiting.save(update_fields=["policy_step", "expires_at"])
    return waiting.subject_id


def _settle(notice_ids: Iterable[UUID], mail: UUID | None) -> None:
    Notice.objects.filter(pk__in=list(notice_ids)).update(state=MailState.SETTLED, mailed_in=mail)


def _last_mails(people: Iterable[UUID]) -> dict[UUID, dt.datetime]:
    """When each of these people was last sent a mail about news."""
    rows = Reminder.objects.filter(member_id__in=people, subject_type=Subject.NOTICE)
    return dict(rows.values_list("member_id").annotate(last=Max("created_at")))
