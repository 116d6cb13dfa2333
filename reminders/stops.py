"""Reading which channels are stopped, and how many messages were blocked."""

from __future__ import annotations

import datetime as dt

from portal.access.once import once
from reminders.models import Attempt, Channel, ChannelStop, Reason
from reminders.rules.states import Outcome


def open_stops() -> list[ChannelStop]:
    """The stops in force in this practice: at most one a channel, texts first."""
    return once(_open_stops, "open stops")


def _open_stops() -> list[ChannelStop]:
    return list(ChannelStop.objects.filter(resumed_at=None).order_by("-channel"))


def stopped_channels() -> set[str]:
    """The channels on which nothing leaves for now."""
    return set(ChannelStop.objects.filter(resumed_at=None).values_list("channel", flat=True))


def answered_since(moment: dt.datetime, channel: Channel) -> tuple[int, int]:
    """A channel's attempts answered since then, and how many of them were filtered."""
    answered = Attempt.objects.filter(answered_at__gte=moment, reminder__channel=channel)
    filtered = answered.filter(
        outcome__in=[Outcome.REFUSED, Outcome.UNDELIVERED, Outcome.FAILED],
        reminder__reason=Reason.FILTERED,
    )
    return answered.count(), filtered.count()
