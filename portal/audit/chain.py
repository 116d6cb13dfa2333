"""The hash that joins an event to the one before it. Plain functions of bytes and rows.

Changing, removing, adding or moving a sealed event changes every hash after it. Whoever owns the
database can write the whole chain anew; a head that was kept elsewhere finds that out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json

from portal.audit.models import AuditEvent
from portal.encoding import lp

START = bytes(32)


def link(
    *,
    practice: str,
    n: int,
    previous: bytes,
    time: str,
    actor: str,
    action: str,
    obj: str,
    details: bytes,
) -> bytes:
    """The hash of event `n` (from 1) of a practice; `details` is a SHA-256 of everything else."""
    number = n.to_bytes(8, "big")
    joined = lp("mhp-audit/1", practice, number, previous, time, actor, action, obj, details)
    return hashlib.sha256(joined).digest()


def link_of(event: AuditEvent, *, n: int, previous: bytes) -> bytes:
    """The hash of an event at its place."""
    return link(
        practice=str(event.practice_id),
        n=n,
        previous=previous,
        time=_time(event.occurred_at),
        actor=str(event.actor_id or ""),
        action=event.action,
        obj=f"{event.object_type}/{event.object_id or ''}",
        details=_everything_else(event),
    )


def _everything_else(event: AuditEvent) -> bytes:
    """JSON is safe to hash here: one program writes it and the same one reads it."""
    rest = {
        "id": str(event.pk),
        "recorded_at": _time(event.recorded_at),
        "outcome": event.outcome,
        "user_id": str(event.user_id or ""),
        "actor_name": event.actor_name,
        "actor_roles": event.actor_roles,
        "patient_id": str(event.patient_id or ""),
        "request_id": event.request_id,
        "details": event.details,
    }
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).digest()


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")
