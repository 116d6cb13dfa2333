"""What planning asks about people, inside one practice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from portal.people.contact_points import reach_points_of
from portal.people.models import ContactPoint, ContactSystem


def safe_hours_of(patient_ids: Iterable[UUID], channel: str) -> dict[UUID, tuple[dt.time, dt.time]]:
    """From when until when each may be reached on `channel`; most people are not in it.

    `channel` is "sms" or "email". Two queries, the second only for people who have such hours.
    """
    some = ContactPoint.objects.filter(
        system=ContactSystem(channel), ended_at=None, safe_from__isnull=False
    )
    wanted = set(some.values_list("patient_id", flat=True)).intersection(patient_ids)
    points = reach_points_of(wanted, channel) if wanted else {}
    return {
        patient_id: (point.safe_from, point.safe_until)
        for patient_id, point in points.items()
        if point.safe_from is not None and point.safe_until is not None
    }


def points_agreed_since(since: dt.datetime) -> QuerySet[ContactPoint]:
    """Numbers and addresses to which somebody agreed since then, where nothing else speaks against.

    For a subquery: there may be thousands, after people were brought in.
    """
    return ContactPoint.objects.filter(
        consent_given_at__gte=since,
        system__in=[ContactSystem.SMS, ContactSystem.EMAIL],
        ended_at=None,
        stopped_at=None,
        bad_since=None,
    )
