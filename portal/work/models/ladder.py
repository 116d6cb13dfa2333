"""The steps of an alert that nobody acknowledges."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned
from portal.work.models.items import WorkItem


class Rung(models.TextChoices):
    """The steps of the ladder after the first, which is whoever the alert was raised to."""

    NEXT = "next", _("The next clinician")
    MANAGERS = "managers", _("Managers")


class RungState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CLIMBED = "climbed", _("Taken")
    DROPPED = "dropped", _("Not needed")


class AlertRung(PracticeOwned):
    """One step of an alert's ladder: taken at `due_at`, unless somebody has acknowledged it.

    Written with the alert, so that no crash parts the two. `to` is the clinician it then went to.
    """

    item: models.ForeignKey[WorkItem, WorkItem] = PracticeForeignKey(
        WorkItem, models.CASCADE, related_name="rungs"
    )
    rung = models.CharField(max_length=8, choices=Rung.choices)
    state = models.CharField(max_length=8, choices=RungState.choices, default=RungState.WAITING)
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    to: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            # The sweep's question, over all practices and inside one.
            models.Index(
                fields=["due_at", "practice_id"],
                condition=models.Q(state=RungState.WAITING),
                name="rung_due",
            ),
            models.Index(fields=["practice_id", "item"], name="rung_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "item", "rung"],
                condition=models.Q(state=RungState.WAITING),
                name="rung_waits_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state=RungState.WAITING, settled_at=None)
                | (~models.Q(state=RungState.WAITING) & models.Q(settled_at__isnull=False)),
                name="rung_settled_has_a_time",
            ),
        ]
