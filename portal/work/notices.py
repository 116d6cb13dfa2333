"""Telling people on the staff that something waits for them, and what they have read.

A notice is a row, written with what it tells of. Whether a mail goes as well is decided later, by
whoever sends (`reminders`), from what the person chose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from portal import clock
from portal.access.viewer import Actor, Viewer
from portal.tenancy.errors import NotFound
from portal.work.models import MailState, Notice, NoticeCode, WorkItem
from portal.work.selectors import work_items_for


def tell(
    *, members: Iterable[UUID], code: NoticeCode, item: WorkItem, by: Actor | None = None
) -> None:
    """Tell these people of an alert or a task: one row each, unread again where it was read.

    Whoever did it (`by`) knows already. One statement.
    """
    now = clock.now()
    rows = [
        Notice(member_id=member, code=code, subject_id=item.pk, item=item, at=now, due_at=now)
        for member in set(members)
        if by is None or member != by.membership_id
    ]
    Notice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["practice_id", "member", "code", "subject_id"],
        update_fields=["at", "read_at", "state", "due_at"],
    )


def seen(item: WorkItem, by: Viewer) -> None:
    """Somebody looks at what a notice is about: it is read."""
    unread_for(by).filter(item=item).update(read_at=clock.now())


def over(item: WorkItem) -> None:
    """Nobody needs to look any more: unread notices of it are read, and no mail goes."""
    Notice.objects.filter(item=item, read_at=None).update(
        read_at=clock.now(), state=MailState.SETTLED
    )


def read(*, notice: Notice, by: Viewer) -> None:
    """One's own notice is read. A second time changes nothing."""
    unread_for(by).filter(pk=notice.pk).update(read_at=clock.now())


def read_all(*, until: dt.datetime, by: Viewer) -> int:
    """Read all that came up to `until`; what has come since the page was opened stays unread."""
    return unread_for(by).filter(at__lte=until).update(read_at=clock.now())


def notices_for(viewer: Viewer) -> QuerySet[Notice]:
    """One's own, the newest first, with what they are about.

    What has been passed on to somebody whose patients the viewer may not see is no news of theirs
    any more.
    """
    return _own(viewer).select_related("item__patient", "item__assigned_to").order_by("-at", "pk")


def unread_for(viewer: Viewer) -> QuerySet[Notice]:
    """Those that count at the bell."""
    return _own(viewer).filter(read_at=None)


def _own(viewer: Viewer) -> QuerySet[Notice]:
    items = work_items_for(viewer).order_by()
    return Notice.objects.filter(member_id=viewer.membership_id, item__in=items)


def notice_for(viewer: Viewer, notice_id: UUID) -> Notice:
    """One of one's own. Raises NotFound."""
    notice = notices_for(viewer).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound("No such notice.")
    return notice
