"""Whether texts are going out: the dispatcher's sign of life, and how late what waits is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connections
from django.db.models import Exists, ExpressionWrapper, F, Max, Min, Q, QuerySet, Subquery, Value
from django.db.models.fields import DateTimeField, DurationField, IntegerField
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from portal import clock
from portal.backups import selectors as backups
from portal.tenancy.context import crossing_practices, has_practice
from reminders.models import DispatcherBeat, Reminder
from reminders.rules.answers import BACK_OFF_MOST, waited_at_least
from reminders.rules.states import State

LATE_AFTER = dt.timedelta(minutes=5)
SILENT_AFTER = dt.timedelta(seconds=90)
DISPATCHER = "dispatcher"


def oldest_due_anywhere() -> dt.datetime | None:
    """When the oldest planned row of any practice was due."""
    with crossing_practices(reason="how late the oldest reminder is") as alias:
        rows = Reminder._base_manager.using(alias).filter(state=State.PLANNED.value)
        found: dt.datetime | None = rows.aggregate(oldest=Min("due_at"))["oldest"]
        return found


def most_waits_anywhere() -> int:
    """How often the planned row of any practice was put off that was put off most."""
    with crossing_practices(reason="how often a reminder was put off") as alias:
        rows = Reminder._base_manager.using(alias).filter(_put_off(clock.now()))
        return int(rows.aggregate(most=Max("waits"))["most"] or 0)


@dataclass(frozen=True)
class DispatcherHealth:
    """Whether texts are going out. `silent_for` and `late_by` are None where nothing is wrong.

    `title` and `sentence` are for people; empty when all is well.
    """

    silent_for: dt.timedelta | None
    late_by: dt.timedelta | None
    is_held: bool = False  # since a restore, until somebody has looked

    @property
    def is_well(self) -> bool:
        return self.silent_for is None and self.late_by is None and not self.is_held

    @property
    def title(self) -> str:
        if self.silent_for is not None:
            return _("Texts are not going out")
        if self.is_held:
            return _("Reminders are held back")
        return _("Texts are late") if self.late_by is not None else ""

    @property
    def sentence(self) -> str:
        if self.silent_for is not None:
            return _("The part that sends them has stopped.")
        if self.is_held:
            return _(
                "The portal was put back from a backup. What was changed since then is not here: "
                "look through the schedule."
            )
        if self.late_by is None:
            return ""
        minutes = int(self.late_by.total_seconds() // 60)
        return _("The oldest has waited for at least %(n)s minutes.") % {"n": minutes}


def dispatcher_health() -> DispatcherHealth:
    """How the dispatcher is. Inside a practice it looks at that practice's rows, else at all.

    Late means that a row has waited over five minutes: the oldest that is due, or one that no
    provider has taken and that is put off again and again. Silent means that the dispatcher has
    given no sign of life for a minute and a half of real time.
    """
    now = clock.now()
    beat = DispatcherBeat.objects.filter(name=DISPATCHER).annotate(
        age=ExpressionWrapper(Now() - F("beat_at"), output_field=DurationField()),
        held=Exists(backups.unreleased()),
        oldest=Subquery(_planned().values("due_at")[:1])
        if has_practice()
        else Value(None, DateTimeField()),
        waits=Subquery(_planned().filter(_put_off(now)).order_by("-waits").values("waits")[:1])
        if has_practice()
        else Value(None, IntegerField()),
    )
    found = beat.values_list("age", "held", "oldest", "waits").first()
    age, held, oldest, waits = found or _without_beat()
    silent = age if age is not None and age > SILENT_AFTER else None
    if age is None:
        silent = SILENT_AFTER
    if not has_practice() and "dispatch" in connections:
        oldest, waits = oldest_due_anywhere(), most_waits_anywhere()
    late = max(now - oldest if oldest else dt.timedelta(), waited_at_least(waits or 0))
    return DispatcherHealth(silent, late if late > LATE_AFTER else None, held)


def _without_beat() -> tuple[None, bool, dt.datetime | None, int]:
    """The same where the dispatcher has never run."""
    first = _planned().values_list("due_at", flat=True).first() if has_practice() else None
    return None, backups.is_held(), first, 0


def _put_off(now: dt.datetime) -> Q:
    """Planned rows that wait because nobody took them: `due_at` is when they are tried again."""
    return Q(state=State.PLANNED.value, waits__gt=0, due_at__lte=now + BACK_OFF_MOST)


def _planned() -> QuerySet[Reminder]:
    return Reminder.objects.filter(state=State.PLANNED.value).order_by("due_at")
