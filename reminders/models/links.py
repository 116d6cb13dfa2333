"""Links in texts, kept as hashes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.appointments.models import Appointment
from portal.tenancy.bulk import insert_rows
from portal.tenancy.models import PracticeForeignKey, PracticeOwned


class LinkAnswer(models.TextChoices):
    """What somebody said on the linked page."""

    CONFIRM = "confirm", _("I will come")
    CANNOT_COME = "cannot_come", _("I can't come")
    RESCHEDULE = "reschedule", _("Please find me another time")
    MOVED = "moved", _("Another time chosen")


class LinkToken(PracticeOwned):
    """A link to the page of one appointment, for one answer. Only the token's hash is kept.

    Made anew for each text that carries one; once one is used, all of that appointment's are spent.
    `tells_clinician` says whether the text named the clinician: the page names no more.
    """

    token_hash = models.CharField(max_length=64)
    appointment: models.ForeignKey[Appointment, Appointment] = PracticeForeignKey(
        Appointment, models.CASCADE, related_name="+", db_index=False
    )
    appointment_version = models.PositiveIntegerField()
    tells_clinician = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=12, choices=LinkAnswer.choices, blank=True)

    class Meta:
        indexes = [models.Index(fields=["practice_id", "appointment"], name="link_of")]
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "token_hash"], name="link_once"),
            models.CheckConstraint(
                condition=models.Q(used_at=None, answer="")
                | (models.Q(used_at__isnull=False) & ~models.Q(answer="")),
                name="link_used_with_an_answer",
            ),
        ]


class NewLink(NamedTuple):
    """A link of a text that is about to leave, in the columns of its row."""

    token_hash: str
    appointment: UUID
    appointment_version: int
    tells_clinician: bool
    created_at: dt.datetime
    expires_at: dt.datetime


def keep_links(links: Sequence[NewLink]) -> None:
    """Insert them in one statement."""
    insert_rows(LinkToken, NewLink._fields, links, same={"answer": ""})
