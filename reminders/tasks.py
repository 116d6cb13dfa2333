"""Bells. The rows are the truth: whatever gets lost here, the dispatcher's sweep finds."""

from __future__ import annotations

from uuid import UUID

from portal.tenancy.tasks import platform_task, practice_task
from reminders import bell
from reminders.services import receiving


@practice_task(name="reminders.work_inbound")
def work_inbound(message_id: UUID) -> None:
    """Work one message that somebody has sent."""
    receiving.work(UUID(str(message_id)))  # it travels as text


@platform_task(name="reminders.ring")
def ring() -> None:
    """Wake the dispatcher; beat does it every fifteen seconds."""
    bell.ring()
