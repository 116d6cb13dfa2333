"""What a restored database must not send. Two questions, asked by whatever leaves the house."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from portal.backups.models import Restore


def is_held() -> bool:
    """True from a restore until a person has looked and let reminders go again."""
    return unreleased().exists()


def unreleased() -> QuerySet[Restore]:
    """Restores after which nobody has let reminders go again."""
    return Restore.objects.filter(released_at=None)


def silent_before() -> dt.datetime | None:
    """What was wanted before this moment may have left before the restore: it is never sent."""
    return Restore.objects.order_by("-restored_at").values_list("restored_at", flat=True).first()


def may_have_left(wanted_at: dt.datetime) -> bool:
    """Whether something wanted then may have gone out already, from the data that was lost."""
    silent = silent_before()
    return silent is not None and wanted_at < silent
