"""What became of one appointment, as of a moment.

Follows the NHS Data Dictionary item "attended or did not attend": seen on time (5), late but seen
(6), too late to be seen (7), did not attend without warning (3), cancelled by the patient (2),
cancelled by the provider (4).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

LATE_NOTICE = timedelta(hours=24)


class Status(StrEnum):
    """What staff or the patient recorded; the words are the codes of the import file."""

    BOOKED = "booked"
    ATTENDED = "attended"
    ATTENDED_LATE = "attended_late"
    LATE_NOT_SEEN = "late_not_seen"
    NO_SHOW = "no_show"
    CANCELLED_BY_PATIENT = "cancelled_by_patient"
    CANCELLED_BY_PRACTICE = "cancelled_by_practice"


class Outcome(StrEnum):
    """What the record means for the rates."""

    ATTENDED = "attended"
    NOT_ATTENDED = "not_attended"
    LATE_CANCELLATION = "late_cancellation"
    EARLY_CANCELLATION = "early_cancellation"
    PRACTICE_CANCELLATION = "practice_cancellation"
    UNRECORDED = "unrecorded"
    UPCOMING = "upcoming"


@dataclass(frozen=True, slots=True)
class BookedTime:
    """One time that was kept for one person: in a group session each participant has their own.

    A move is two of these: the old time, cancelled by whoever wished the move, and the new one.
    `status_at` is when the status was given; for a cancellation it decides the notice. Both times
    are aware. `patient_id` is only compared, to count people.
    """

    starts_at: datetime
    status: Status
    status_at: datetime | None = None
    patient_id: UUID | None = None


_SEEN_OR_NOT = {
    Status.ATTENDED: Outcome.ATTENDED,
    Status.ATTENDED_LATE: Outcome.ATTENDED,
    Status.LATE_NOT_SEEN: Outcome.NOT_ATTENDED,
    Status.NO_SHOW: Outcome.NOT_ATTENDED,
    Status.CANCELLED_BY_PRACTICE: Outcome.PRACTICE_CANCELLATION,
    Status.BOOKED: Outcome.UNRECORDED,
}


def notice(*, starts_at: datetime, cancelled_at: datetime) -> timedelta:
    """Elapsed time from the cancellation to the start; zero or less when it came too late.

    Both are taken to UTC first: two times of one zone subtract as wall clocks, and on the night
    when clocks go forward 24 hours on the clock are 23 real hours. Raises ValueError for a naive
    time.
    """
    return _utc(starts_at) - _utc(cancelled_at)


def outcome_of(
    booked: BookedTime, *, cut_off: datetime, late_notice: timedelta = LATE_NOTICE
) -> Outcome:
    """What became of `booked`, knowing nothing that happened after `cut_off`.

    A start after the cut-off is upcoming whatever has been recorded: counting only those future
    times that are already cancelled would raise every cancellation rate. A patient's cancellation
    without a time has an unknown notice, which is neither early nor late: unrecorded.
    """
    cut_off = _utc(cut_off)
    if _utc(booked.starts_at) > cut_off:
        return Outcome.UPCOMING
    if booked.status_at is not None and _utc(booked.status_at) > cut_off:
        return Outcome.UNRECORDED
    if booked.status != Status.CANCELLED_BY_PATIENT:
        return _SEEN_OR_NOT[booked.status]
    if booked.status_at is None:
        return Outcome.UNRECORDED
    given = notice(starts_at=booked.starts_at, cancelled_at=booked.status_at)
    if given <= timedelta(0):
        return Outcome.NOT_ATTENDED
    return Outcome.LATE_CANCELLATION if given < late_notice else Outcome.EARLY_CANCELLATION


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a time without a zone cannot be compared")
    return moment.astimezone(UTC)
