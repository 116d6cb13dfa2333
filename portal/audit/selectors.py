"""Reading what happened. Who may read it is decided by whoever asks."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet

from portal.audit.models import AuditEvent, AuditSeal, Outcome


def events_about(patient_id: UUID, *, people_only: bool = True) -> QuerySet[AuditEvent]:
    """Everything that concerns one patient's record, newest first.

    `people_only` leaves out what the portal did by itself.
    """
    events = AuditEvent.objects.filter(patient_id=patient_id).order_by("-occurred_at", "id")
    return events.exclude(actor_id=None) if people_only else events


def between(
    events: QuerySet[AuditEvent], begins: dt.datetime | None, ends: dt.datetime | None
) -> QuerySet[AuditEvent]:
    """Those in [begins, ends), where given."""
    if begins is not None:
        events = events.filter(occurred_at__gte=begins)
    return events.filter(occurred_at__lt=ends) if ends is not None else events


def people_in(events: QuerySet[AuditEvent]) -> list[tuple[UUID, str]]:
    """Who stands in these events, by name: membership and the name that they had."""
    rows = events.order_by("actor_name", "actor_id").values_list("actor_id", "actor_name")
    return [(pk, name) for pk, name in rows.distinct() if pk is not None]


def events_of_practice(
    *,
    actor_id: UUID | None = None,
    by_portal: bool = False,
    patient_id: UUID | None = None,
    action: str = "",
    begins: dt.datetime | None = None,
    ends: dt.datetime | None = None,
    refused_only: bool = False,
) -> QuerySet[AuditEvent]:
    """What happened in the ambient practice, newest first; [begins, ends) where given."""
    events = AuditEvent.objects.order_by("-occurred_at", "id")
    if actor_id is not None:
        events = events.filter(actor_id=actor_id)
    if by_portal:
        events = events.filter(actor_id=None)
    if patient_id is not None:
        events = events.filter(patient_id=patient_id)
    if action:
        events = events.filter(action=action)
    events = between(events, begins, ends)
    return events.filter(outcome=Outcome.REFUSED) if refused_only else events


def actions_of_practice() -> list[str]:
    """Every kind of event that has happened here, by name."""
    return list(AuditEvent.objects.order_by("action").values_list("action", flat=True).distinct())


def places_of(event_ids: list[UUID]) -> dict[UUID, int]:
    """The numbers of these events in the chain; an event that is not sealed yet is left out."""
    seals = AuditSeal.objects.filter(event_id__in=event_ids)
    return dict(seals.values_list("event_id", "n"))


def head_of_chain() -> tuple[int, bytes] | None:
    """The last seal of the ambient practice: its number and its hash."""
    last = AuditSeal.objects.order_by("-n").first()
    return (last.n, bytes(last.hash)) if last else None
