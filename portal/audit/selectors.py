"""Reading what happened. Who may read it is decided by whoever asks."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet

from portal.audit.models import AuditEvent, Outcome


def events_about(patient_id: UUID, *, people_only: bool = True) -> QuerySet[AuditEvent]:
    """Everything that concerns one patient's record, newest first.

    `people_only` leaves out what the portal did by itself.
    """
    events = AuditEvent.objects.filter(patient_id=patient_id).order_by("-occurred_at", "id")
    return events.exclude(actor_id=None) if people_only else events


def events_of_practice(
    *,
    actor_id: UUID | None = None,
    action: str = "",
    begins: dt.datetime | None = None,
    ends: dt.datetime | None = None,
    refused_only: bool = False,
) -> QuerySet[AuditEvent]:
    """What happened in the ambient practice, newest first; [begins, ends) where given."""
    events = AuditEvent.objects.order_by("-occurred_at", "id")
    if actor_id is not None:
        events = events.filter(actor_id=actor_id)
    if action:
        events = events.filter(action=action)
    if begins is not None:
        events = events.filter(occurred_at__gte=begins)
    if ends is not None:
        events = events.filter(occurred_at__lt=ends)
    return events.filter(outcome=Outcome.REFUSED) if refused_only else events


def actions_of_practice() -> list[str]:
    """Every kind of event that has happened here, by name."""
    return list(AuditEvent.objects.order_by("action").values_list("action", flat=True).distinct())
