"""Record what happened, in the transaction in which it happens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Protocol
from uuid import UUID

import structlog
from django.db import models

from portal import clock
from portal.audit import sight
from portal.audit.models import AuditEvent, Outcome

_waiting: ContextVar[list[AuditEvent] | None] = ContextVar("waiting_events", default=None)


class Actor(Protocol):
    """Whoever acts: a person in a practice, or the portal itself."""

    @property
    def membership_id(self) -> UUID | None: ...
    @property
    def user_id(self) -> UUID | None: ...
    @property
    def display_name(self) -> str: ...
    @property
    def role_names(self) -> str: ...


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Append what is recorded inside the block at its end, in one statement.

    For a page that only reads and is itself several events. An error inside writes none of them:
    it undoes the page's transaction as well.
    """
    waiting: list[AuditEvent] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    AuditEvent.objects.bulk_create(waiting)


def record(
    action: str,
    *,
    by: Actor,
    obj: models.Model | None = None,
    patient_id: UUID | None = None,
    outcome: Outcome = Outcome.DONE,
    details: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event; `action` is `noun.verb`.

    `details` holds ids, counts and words from the code; never what a person wrote. A failing
    insert fails the act: both are one transaction.
    """
    sight.written(patient_id)
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    fields = {
        "occurred_at": clock.now(),
        "action": action,
        "outcome": outcome,
        "actor_id": by.membership_id,
        "user_id": by.user_id,
        "actor_name": by.display_name,
        "actor_roles": by.role_names,
        "object_type": obj._meta.label_lower if obj is not None else "",
        "object_id": obj.pk if obj is not None else None,
        "patient_id": patient_id,
        "request_id": request_id,
        "details": details or {},
    }
    waiting = _waiting.get()
    if waiting is None:
        return AuditEvent.objects.create(**fields)
    event = AuditEvent(**fields)
    waiting.append(event)
    return event
