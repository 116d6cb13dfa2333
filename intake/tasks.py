"""What happens by itself: forms that nobody will fill in any more end."""

from __future__ import annotations

import datetime as dt
from typing import Final

from intake.services import assignments
from portal import clock
from portal.access.viewer import SystemActor
from portal.practices.selectors import active_practices
from portal.tenancy.context import practice_scope
from portal.tenancy.tasks import platform_task

KEPT_OPEN: Final = dt.timedelta(days=60)
BY: Final = SystemActor("Forms, by themselves")


@platform_task(name="intake.end_old_forms")
def end_old_forms() -> None:
    """In every practice, end the forms whose day is two months past; beat does it once a day."""
    for practice in active_practices():
        with practice_scope(practice.pk):
            before = clock.today(practice.time_zone) - KEPT_OPEN
            assignments.expire_overdue(before=before, by=BY)
