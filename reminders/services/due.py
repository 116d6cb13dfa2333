"""What the dispatcher asks: which practices have something to do, and who looks a doubt up."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Func, QuerySet, Value
from django.db.models.fields import BooleanField

from portal.practices.selectors import active_practices
from portal.tenancy.context import crossing_practices
from reminders.models import PlanningNews, Reminder
from reminders.rules.states import ACTIVE


def practices_with_due_work(now: dt.datetime) -> list[UUID]:
    """Practices that have a row to look at, asked as the role that sees only that."""
    return list(due_work(now))


def due_work(now: dt.datetime) -> QuerySet[Reminder, UUID]:
    """The question behind it, for whoever wants to see how the database answers it."""
    with crossing_practices(reason="which practices have due reminders") as alias:
        rows = Reminder._base_manager.using(alias).filter(
            state__in=sorted(state.value for state in ACTIVE), due_at__lte=now
        )
        return rows.values_list("practice_id", flat=True).distinct().order_by()


def practices_with_news(now: dt.datetime) -> list[UUID]:
    """Practices in which something that planning reads was changed since they were planned."""
    with crossing_practices(reason="which practices have something new to plan") as alias:
        rows = PlanningNews._base_manager.using(alias).filter(due_at__lte=now)
        return list(rows.values_list("practice_id", flat=True).distinct().order_by())


def try_resolver_lock(practice_id: UUID) -> bool:
    """Take this practice's resolver lock for the rest of the transaction, or say that it is taken.

    An advisory lock: two dispatchers never look up the same doubt, and never wait for one another.
    """
    key = practice_id.int % (1 << 62)
    lock = Func(Value(key), function="pg_try_advisory_xact_lock", output_field=BooleanField())
    got: bool | None = (
        active_practices()
        .filter(pk=practice_id)
        .annotate(got=lock)
        .values_list("got", flat=True)
        .first()
    )
    return bool(got)
