"""Whether texts leave at all: stopped where they cannot work, resumed by a person; the pulse."""

from __future__ import annotations

import datetime as dt

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from portal import clock
from portal.access.viewer import Viewer
from portal.audit import services as audit
from portal.tenancy.errors import DomainError
from portal.work import services as work
from portal.work.models import WorkAudience
from reminders.health import DISPATCHER
from reminders.models import Channel, ChannelStop, DispatcherBeat
from reminders.services import SYSTEM
from reminders.stops import answered_since

_WINDOW = dt.timedelta(minutes=15)
_TOO_MANY = 0.02
_AT_LEAST = 3
"""One blocked text among few proves nothing."""
_NOT_STOPPED = {
    Channel.SMS: gettext_lazy("Texts are not stopped."),
    Channel.EMAIL: gettext_lazy("E-mail is not stopped."),
}
_TITLES = {
    Channel.SMS: gettext_lazy(
        "Texts have been stopped: they do not get through. Please look at the account"
    ),
    Channel.EMAIL: gettext_lazy(
        "E-mail has been stopped: it does not get through. Please tell whoever runs the portal"
    ),
}


def stop(*, cause: str, code: int | None, channel: Channel = Channel.SMS) -> ChannelStop:
    """Stop a channel in this practice and tell the managers. A second time changes nothing.

    Planned rows wait, and go out after `resume` if they still help.
    """
    row, made = ChannelStop.objects.get_or_create(
        channel=channel,
        resumed_at=None,
        defaults={"cause": cause, "error_code": code, "stopped_at": clock.now()},
    )
    if made:
        details = {"channel": channel.value, "cause": cause, "code": code}
        audit.record("texts.stop", by=SYSTEM, obj=row, details=details)
        work.raise_task(
            code="reminder.texts_stopped",
            title=str(_TITLES[channel]),
            audience=WorkAudience.MANAGERS,
            due_at=clock.now() + dt.timedelta(hours=1),
            source=row,
            by=SYSTEM,
        )
    return row


def stop_if_filtered(*, channel: Channel, code: int | None) -> ChannelStop | None:
    """Stop when more than one message in fifty is blocked within a quarter of an hour."""
    answered, filtered = answered_since(clock.now() - _WINDOW, channel)
    if filtered < _AT_LEAST or filtered <= answered * _TOO_MANY:
        return None
    return stop(channel=channel, cause=ChannelStop.Cause.FILTERED, code=code)


def beat() -> None:
    """Give the dispatcher's sign of life, in real time: a moved clock must not make it old."""
    DispatcherBeat.objects.update_or_create(name=DISPATCHER, defaults={"beat_at": Now()})


def resume(*, by: Viewer, channel: Channel = Channel.SMS) -> ChannelStop:
    """Let a channel's messages leave again. Raises DomainError where it is not stopped."""
    row = ChannelStop.objects.filter(channel=channel, resumed_at=None).select_for_update().first()
    if row is None:
        raise DomainError(str(_NOT_STOPPED[channel]))
    row.resumed_at, row.resumed_by_id = clock.now(), by.membership_id
    row.save(update_fields=["resumed_at", "resumed_by"])
    audit.record("texts.resume", by=by, obj=row, details={"channel": channel.value})
    return row
