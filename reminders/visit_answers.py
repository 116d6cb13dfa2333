"""What a patient answered about one visit: by text, or on the page behind a link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.appointments.models import Appointment
from reminders import selectors, sentences
from reminders.models import InboundMessage, LinkAnswer, LinkToken, Reminder
from reminders.rules.replies import Meaning
from reminders.sentences import VisitNow

_MOST = 8

# What was meant: icon and words. START and HELP are about texts, not about a visit.
_BY_TEXT = {
    Meaning.CONFIRM.value: ("check", gettext_lazy("Answered C: will come")),
    Meaning.RESCHEDULE.value: ("refresh-cw", gettext_lazy("Answered R: wants another time")),
    Meaning.CANNOT_COME.value: ("x", gettext_lazy("Answered X: can’t come")),
    Meaning.FREE_TEXT.value: ("smartphone", gettext_lazy("Wrote back in their own words")),
    Meaning.EMPTY.value: ("smartphone", gettext_lazy("Sent a picture or an empty text")),
    Meaning.STOP.value: ("ban", gettext_lazy("Asked for no more texts")),
    Meaning.CANCEL.value: ("ban", gettext_lazy("Answered CANCEL: no more texts")),
    Meaning.PAUSE.value: ("ban", gettext_lazy("Asked, it seems, for no more texts")),
}
_SAY_IT_ALL = frozenset({Meaning.CONFIRM, Meaning.RESCHEDULE, Meaning.CANNOT_COME})
_ON_THE_PAGE = {
    LinkAnswer.CONFIRM.value: ("check", gettext_lazy("Will come")),
    LinkAnswer.RESCHEDULE.value: ("refresh-cw", gettext_lazy("Wants another time")),
    LinkAnswer.CANNOT_COME.value: ("x", gettext_lazy("Can’t come")),
    LinkAnswer.MOVED.value: ("calendar", gettext_lazy("Chose another time")),
}


@dataclass(frozen=True)
class Answer:
    """One answer. `message_id` is set where the viewer may read the words themselves.

    `is_earlier` says that the visit had another time then.
    """

    at: dt.datetime
    when: str
    icon: str
    words: str
    way: str
    message_id: UUID | None = None
    is_earlier: bool = False


def answers_about(
    viewer: Viewer, visit: VisitNow, rows: Sequence[Reminder], *, zone: str
) -> list[Answer]:
    """The newest first. `rows` are the visit's texts, which the viewer may see."""
    appointment, moved_at = visit.row, visit.moved_at
    found = [
        *_by_text(viewer, _messages(rows), zone, moved_at),
        *_on_the_page(appointment, zone, moved_at),
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _messages(rows: Iterable[Reminder]) -> list[InboundMessage]:
    """Replies to these texts, or to messages that spoke for them as well."""
    rows = list(rows)
    told = {row.current_attempt for row in rows if row.current_attempt is not None}
    replies = InboundMessage.objects.filter(
        Q(reminder__in=[row.pk for row in rows]) | Q(reminder__current_attempt__in=told),
        meaning__in=list(_BY_TEXT),
    )
    # Nothing of words or number: they stay closed.
    only = replies.only("practice_id", "received_at", "meaning")
    return list(only.order_by("-received_at", "pk")[:_MOST])


def _by_text(
    viewer: Viewer, messages: list[InboundMessage], zone: str, moved_at: dt.datetime | None
) -> Iterator[Answer]:
    readable: set[UUID] = set()
    if messages and viewer.can(Permission.INBOUND_READ):
        ids = [message.pk for message in messages]
        readable = set(
            selectors.inbound_for(viewer).filter(pk__in=ids).values_list("pk", flat=True)
        )
    for message in messages:
        icon, words = _BY_TEXT[message.meaning]
        words_say_more = message.meaning not in _SAY_IT_ALL
        yield Answer(
            at=message.received_at,
            when=sentences.moment(message.received_at, zone),
            icon=icon,
            words=str(words),
            way=_("by text"),
            message_id=message.pk if words_say_more and message.pk in readable else None,
            is_earlier=moved_at is not None and message.received_at < moved_at,
        )


def _on_the_page(
    appointment: Appointment, zone: str, moved_at: dt.datetime | None
) -> Iterator[Answer]:
    """One answer spends all links of the visit: it is told once."""
    used = LinkToken.objects.filter(appointment=appointment, used_at__isnull=False)
    for at, answer in used.order_by().values_list("used_at", "answer").distinct():
        if at is None:
            continue
        icon, words = _ON_THE_PAGE[answer]
        yield Answer(
            at=at,
            when=sentences.moment(at, zone),
            icon=icon,
            words=str(words),
            way=_("on the page behind the text"),
            is_earlier=moved_at is not None and at < moved_at,
        )
