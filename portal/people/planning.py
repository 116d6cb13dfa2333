"""What planning asks about people, inside one practice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from portal.people.models import ContactPoint, ContactSystem
from portal.people.selectors import reach_points_of


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


def reachable_since(since: dt.datetime) -> dict[tuple[UUID, str], dt.datetime]:
    """Who agreed since then to be reached at a number or address, by patient and channel, and when.

    Only where nothing else speaks against using it.
    """
    points = ContactPoint.objects.filter(
        consent_given_at__gte=since,
        system__in=[ContactSystem.SMS, ContactSystem.EMAIL],
        ended_at=None,
        stopped_at=None,
        bad_since=None,
    )
    rows = points.order_by("consent_given_at").values_list(
        "patient_id", "system", "consent_given_at"
    )
    return {(patient_id, system): at for patient_id, system, at in rows if at is not None}
