"""Numbers and addresses inside one practice: which one decides, and whose a number is.

For background work and for those who have permission already: nobody's reach is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from portal.people.models import ContactPoint, ContactSystem, Patient, contact_token


def reach_points_of(patient_ids: Iterable[UUID], channel: str) -> dict[UUID, ContactPoint]:
    """The best live number or address of each for `channel` ("sms" or "email").

    The first in rank decides, also where it may not be used: a person who stopped texts to one
    number has not asked for them at another. The sender asks whether it `may_be_used`.
    """
    return {point.patient_id: point for point in _reach_points(patient_ids, channel)}


def reach_point_ids_of(patient_ids: Iterable[UUID], channel: str) -> dict[UUID, UUID]:
    """The keys of the same, for somebody who locks them next and reads them then."""
    return dict(_reach_points(patient_ids, channel).values_list("patient_id", "pk"))


def _reach_points(patient_ids: Iterable[UUID], channel: str) -> QuerySet[ContactPoint]:
    """All of theirs, the one that decides last."""
    return ContactPoint.objects.filter(
        patient_id__in=list(patient_ids), system=ContactSystem(channel), ended_at=None
    ).order_by("-rank", "-created_at")


def text_numbers_of(patient_ids: Iterable[UUID]) -> dict[UUID, ContactPoint]:
    """The best live mobile number of each."""
    return reach_points_of(patient_ids, ContactSystem.SMS)


def lock_contact_points(ids: Iterable[UUID]) -> dict[UUID, ContactPoint]:
    """Those contact points, locked until the transaction ends; those being changed are left out."""
    rows = ContactPoint.objects.select_for_update(skip_locked=True, no_key=True)
    return rows.order_by("pk").in_bulk(list(ids))


def contact_points_by_id(ids: Iterable[UUID]) -> dict[UUID, ContactPoint]:
    """Those contact points, by key."""
    return ContactPoint.objects.in_bulk(list(ids))


def numbers_matching(value: str) -> QuerySet[ContactPoint]:
    """Live mobile numbers equal to an E.164 value: several patients may share a phone."""
    return (
        ContactPoint.objects.filter(
            system=ContactSystem.SMS, value_token=contact_token(value), ended_at=None
        )
        .select_related("patient")
        .order_by("patient_id")
    )


def holders_of(numbers: Iterable[str]) -> dict[str, list[Patient]]:
    """Whose live mobile number each of these E.164 values is; one query for all of them."""
    by_token = {contact_token(number): number for number in numbers if number}
    rows = ContactPoint.objects.filter(
        system=ContactSystem.SMS, value_token__in=list(by_token), ended_at=None
    )
    found: dict[str, list[Patient]] = {}
    for row in rows.select_related("patient").order_by("patient_id"):
        holders = found.setdefault(by_token[bytes(row.value_token)], [])
        if row.patient not in holders:
            holders.append(row.patient)
    return found
