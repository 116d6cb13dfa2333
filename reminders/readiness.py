"""Whether texts are going out, for the readiness page and the people on call."""

from __future__ import annotations

from reminders.health import dispatcher_health


def check() -> str:
    """`ok`, `stopped` or `late`; says nothing of any practice."""
    health = dispatcher_health()
    if health.silent_for is not None:
        return "stopped"
    return "late" if health.late_by is not None else "ok"
