"""What became of an item, step by step; the words for each verb are in `templatetags.work`."""

from __future__ import annotations

from portal import clock
from portal.access.viewer import Actor
from portal.work.models import WorkItem, WorkStep


def note_step(item: WorkItem, verb: str, by: Actor) -> None:
    """Write down that this happened now, and with whom the item stands since."""
    WorkStep.objects.create(
        item=item,
        verb=verb,
        at=clock.now(),
        by_name=by.display_name[:120],
        assigned_to_id=item.assigned_to_id,
    )
