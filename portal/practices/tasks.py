"""What every practice needs done by itself, whatever happens in it."""

from __future__ import annotations

from portal.audit.services import seal_events
from portal.practices.selectors import active_practices
from portal.tenancy.context import practice_scope
from portal.tenancy.tasks import platform_task


@platform_task(name="practices.seal_audit")
def seal_audit() -> None:
    """In every practice, join what happened since the last minute to its audit chain."""
    for practice in active_practices():
        with practice_scope(practice.pk):
            while seal_events():
                pass
