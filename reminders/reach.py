"""Whether somebody may be written to at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from portal.people.contact_points import numbers_matching, reach_point_ids_of, reach_points_of
from portal.people.models import ContactPoint
from reminders.models import Channel, Reason, Reminder, Subject

_T = TypeVar("_T")


def number_is_shut(point: ContactPoint | None, channel: str = Channel.SMS) -> Reason | None:
    """Why no reminder may go to this number or address, or None where it may."""
    if point is None or point.ended_at is not None:
        return Reason.NO_ADDRESS if channel == Channel.EMAIL else Reason.NO_NUMBER
    if point.stopped_at is not None:
        return Reason.STOPPED
    if point.bad_since is not None:
        return Reason.BAD_NUMBER
    if point.consent_given_at is None:
        return Reason.NO_CONSENT
    return None


def wants_no_texts(number: str) -> bool:
    """Whether a number (E.164) is a patient's who said STOP or never agreed to texts.

    For what goes to a number that somebody typed, since no contact point speaks for it.
    """
    shut = (Reason.STOPPED, Reason.NO_CONSENT)
    return any(number_is_shut(point) in shut for point in numbers_matching(number))


def is_paused(row: Reminder) -> bool:
    """Whether a row is one of those that its patient's pause stops.

    The pause stops what the practice sends by itself. Who has just written gets the automatic
    answer all the same: it holds the way to a person and to help in a crisis.
    """
    if row.patient is None or row.subject_type == Subject.INBOUND:
        return False
    return row.patient.automation_paused_at is not None


def points_of(rows: Iterable[Reminder]) -> dict[tuple[UUID, str], ContactPoint]:
    """The number or address that each row would go to now, by patient and channel.

    One query for each channel.
    """
    return _by_channel(rows, reach_points_of)


def point_ids_of(rows: Iterable[Reminder]) -> dict[tuple[UUID, str], UUID]:
    """The keys of the same, for somebody who locks them next and reads them then."""
    return _by_channel(rows, reach_point_ids_of)


def _by_channel(
    rows: Iterable[Reminder], find: Callable[[Iterable[UUID], str], dict[UUID, _T]]
) -> dict[tuple[UUID, str], _T]:
    patients: dict[str, set[UUID]] = {}
    for row in rows:
        patients.setdefault(row.channel, set()).add(row.recipient_id)
    return {
        (patient_id, channel): found
        for channel, ids in patients.items()
        for patient_id, found in find(ids, channel).items()
    }
