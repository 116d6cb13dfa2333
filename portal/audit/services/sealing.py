"""Seal what happened, and look whether it still stands as it was sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from portal.audit import chain
from portal.audit.models import AuditEvent, AuditSeal

BATCH: Final = 1000
# No transaction is open for so long (statements and idle ones are ended sooner), so an event that
# is older than the last seal by more than this was sealed, or was smuggled in.
LATEST_COMMIT: Final = dt.timedelta(hours=1)
# Sealing runs every minute; what waits longer than this is said.
SEALED_WITHIN: Final = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Finding:
    """What a look at the chain found: how far it holds, its head, and the first broken place."""

    sealed: int
    head: bytes
    broken: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.broken


def seal_events() -> int:
    """Seal what the ambient practice has not sealed yet, oldest first; return how many.

    One sealer at a time gets on: a second one loses the number it wanted and leaves quietly.
    """
    last = AuditSeal.objects.order_by("-n").first()
    n, previous = (last.n, bytes(last.hash)) if last else (0, chain.START)
    seals = []
    for event in _unsealed(last).order_by("recorded_at", "pk")[:BATCH]:
        n += 1
        previous = chain.link_of(event, n=n, previous=previous)
        seals.append(AuditSeal(n=n, event_id=event.pk, hash=previous))
    try:
        with transaction.atomic():
            AuditSeal.objects.bulk_create(seals)
    except IntegrityError:
        return 0
    return len(seals)


def _unsealed(last: AuditSeal | None) -> QuerySet[AuditEvent]:
    seal = AuditSeal.objects.filter(event_id=OuterRef("pk"))
    events = AuditEvent.objects.filter(~Exists(seal))
    return events.filter(recorded_at__gt=last.sealed_at - LATEST_COMMIT) if last else events


def look_at_chain(*, known: tuple[int, bytes] | None = None) -> Finding:
    """Follow the ambient practice's chain from its beginning; stop at the first broken place.

    `known` is a number and a hash that were written down elsewhere: a chain that was written anew
    as a whole does not have it any more.
    """
    n, previous = 0, chain.START
    known_n, known_hash = known or (0, chain.START)
    for seal, event in _pairs():
        if seal.n != n + 1:
            return Finding(n, previous, f"{n + 1}: its seal is gone")
        if event is None:
            return Finding(n, previous, f"{seal.n}: event {seal.event_id} is gone")
        n, previous = seal.n, chain.link_of(event, n=seal.n, previous=previous)
        if previous != bytes(seal.hash):
            return Finding(n - 1, previous, f"{n}: event {event.pk} or its seal was changed")
        if n == known_n and previous != known_hash:
            return Finding(n, previous, f"{n}: the head that was kept elsewhere is another")
    if n < known_n:
        return Finding(n, previous, f"{n + 1}: the chain ends before the head that was kept")
    return Finding(n, previous, _smuggled())


def _pairs() -> Iterator[tuple[AuditSeal, AuditEvent | None]]:
    """Each seal with its event, in the order of the chain, some hundreds in memory at a time."""
    after = 0
    while seals := list(AuditSeal.objects.filter(n__gt=after).order_by("n")[:BATCH]):
        events = AuditEvent.objects.in_bulk([seal.event_id for seal in seals])
        for seal in seals:
            yield seal, events.get(seal.event_id)
        after = seals[-1].n


def _smuggled() -> str:
    """What should have been sealed by now and was not."""
    late = Q(recorded_at__lt=Now() - SEALED_WITHIN)
    seal = AuditSeal.objects.filter(event_id=OuterRef("pk"))
    waiting = AuditEvent.objects.filter(late & ~Exists(seal)).order_by(F("recorded_at")).first()
    return f"event {waiting.pk} is in no seal" if waiting else ""
