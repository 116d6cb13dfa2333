"""What may have changed the plan of a practice."""

from __future__ import annotations

from django.db import models

from portal.tenancy.models import PracticeOwned


class PlanningNews(PracticeOwned):
    """Somebody changed a thing that planning reads; look at this practice from `due_at` on.

    Written by triggers, in the transaction that makes the change, so that no way of writing is
    forgotten; seen by the dispatcher's role; deleted by the planning that has seen it.
    """

    due_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "planning news"
        indexes = [models.Index(fields=["due_at", "practice_id"], name="planning_news_due")]
