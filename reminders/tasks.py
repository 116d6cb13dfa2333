"""Bells. The rows are the truth: whatever gets lost here, the dispatcher's sweep finds."""

from __future__ import annotations

from uuid import UUID

from portal.practices.selectors import active_practices
from portal.tenancy.context import practice_scope
from portal.tenancy.tasks import platform_task, practice_task
from reminders import bell
from reminders.services import accounts, outcomes, receiving


@practice_task(name="reminders.work_inbound")
def work_inbound(message_id: UUID) -> None:
    """Work one message that somebody has sent."""
    receiving.work(UUID(str(message_id)))  # it travels as text


@practice_task(name="reminders.work_news")
def work_news(event_id: UUID) -> None:
    """Act on news about a text whose row somebody held when it came."""
    outcomes.work_news(UUID(str(event_id)))


@platform_task(name="reminders.forget_old_accounts")
def forget_old_accounts() -> None:
    """In every practice, empty the secrets of accounts that were retired days ago."""
    for practice in active_practices():
        with practice_scope(practice.pk):
            accounts.forget_old()


@platform_task(name="reminders.ring")
def ring() -> None:
    """Wake the dispatcher; beat does it every fifteen seconds."""
    bell.ring()
