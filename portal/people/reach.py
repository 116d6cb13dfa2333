"""Whose work falls to whom: one's own, and that of the people one covers now."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import models

from portal import clock
from portal.access.once import once
from portal.access.viewer import Viewer
from portal.people.models import Cover


def live_covers() -> models.QuerySet[Cover]:
    """Covers in force now."""
    now = clock.now()
    return Cover.objects.filter(starts_at__lte=now, ends_at__gt=now, ended_at=None)


def memberships_in_reach(viewer: Viewer) -> list[UUID]:
    """The viewer's own membership and those of the people they cover now; one query a page."""
    return [viewer.membership_id, *(cover.absent_id for cover in covered_now(viewer))]


def covered_now(viewer: Viewer) -> list[Cover]:
    """Where the viewer stands in for somebody now, with those who are away; one query a page."""
    covers = live_covers().filter(cover_id=viewer.membership_id).select_related("absent")
    return once(lambda: list(covers), "covers", viewer.membership_id)


def cover_for(membership_id: UUID) -> UUID | None:
    """Who covers for that person now, if they are away."""
    return (
        live_covers()
        .filter(absent_id=membership_id, cover__status="active")
        .order_by("-created_at")
        .values_list("cover_id", flat=True)
        .first()
    )


def covers_of(membership_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Who covers now, by who is away; the newest cover of each. One query for all of them."""
    rows = live_covers().filter(absent_id__in=set(membership_ids), cover__status="active")
    return dict(rows.order_by("created_at").values_list("absent_id", "cover_id"))
