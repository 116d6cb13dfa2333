"""What happened as rows of a file, a thousand at a time, each with its place in the chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import Q, QuerySet

from portal.audit.models import AuditEvent
from portal.audit.selectors import head_of_chain, places_of

BATCH: Final = 1000
MOST: Final = 100_000
"""More than this is no list that somebody reads: a shorter period is asked for."""


def in_batches(events: QuerySet[AuditEvent], *, size: int = BATCH) -> Iterator[list[AuditEvent]]:
    """The events in their order, newest first, some in memory at a time."""
    rest = events.order_by("-occurred_at", "id")
    while batch := list(rest[:size]):
        yield batch
        last = batch[-1]
        older = Q(occurred_at__lt=last.occurred_at)
        rest = events.order_by("-occurred_at", "id").filter(
            older | Q(occurred_at=last.occurred_at, id__gt=last.pk)
        )


def with_places(batch: list[AuditEvent]) -> list[tuple[AuditEvent, int | str]]:
    """Each event with its number in the chain; empty for one that is not sealed yet."""
    places = places_of([event.pk for event in batch])
    return [(event, places.get(event.pk, "")) for event in batch]


def head() -> str:
    """The end of the chain as `verify_audit` takes it: `number:hash`; empty before the first."""
    found = head_of_chain()
    return f"{found[0]}:{found[1].hex()}" if found else ""
