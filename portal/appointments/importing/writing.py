"""Everything that a plan says, or nothing: the new in bulk, changes through the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor
from portal.appointments import services
from portal.appointments.importing import verbs
from portal.appointments.importing.planning import Change, Plan, seen_of
from portal.appointments.importing.rows import Row
from portal.appointments.models import CANCELLED, Appointment, AppointmentStatus, Status
from portal.appointments.wall_time import wall_text
from portal.audit import services as audit
from portal.people.models import EpisodeOfCare, EpisodeStatus, JourneyStage
from portal.people.services import move_to_stage
from portal.practices.models import Practice
from portal.tenancy.constraints import deferred
from portal.tenancy.errors import DomainError

BATCH = 500
WITHOUT_A_TIME = dt.timedelta(days=7)
ONE_PLACE_ONCE = "appointment_clinician_once"
MEANWHILE = (ONE_PLACE_ONCE, "appointment_external_once")
Progress = Callable[[int, int], None]
T = TypeVar("T")


def no_progress(done: int, total: int) -> None:
    """For those who do not watch."""


def write(
    plan: Plan, *, practice: Practice, by: Actor, progress: Progress = no_progress
) -> dict[str, int]:
    """Do what the plan says in this transaction; `progress(done, total)` after each step.

    Within it two appointments may hold one time for a moment, so that two may change places.
    Raises DomainError where the plan has problems, or when somebody has booked meanwhile.
    """
    if plan.problems:
        raise DomainError(_("The file has rows that cannot be used. Nothing was brought in."))
    total = len(plan.new) + len(plan.changes)
    done = 0
    counts = plan.counts()
    try:
        with transaction.atomic(), deferred(ONE_PLACE_ONCE):
            for change in plan.changes:
                _change(change, by)
                done += 1
                if done % BATCH == 0:
                    progress(done, total)
            episodes = _episodes({row.patient_id for row in plan.new})
            for rows in _batches(plan.new):
                _create(rows, episodes, practice, by)
                done += len(rows)
                progress(done, total)
            _begin_treatments(plan.new, episodes, by)
            _remember([*plan.changes, *plan.adopted])
            audit.record("appointment.import", by=by, details=counts)
    except IntegrityError as error:
        if not any(name in str(error) for name in MEANWHILE):
            raise
        raise DomainError(
            _("Somebody has booked meanwhile. Nothing was brought in: check the file again.")
        ) from error
    return counts


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(rows), BATCH):
        yield rows[at : at + BATCH]


def _create(
    rows: Sequence[Row], episodes: dict[UUID, list[EpisodeOfCare]], practice: Practice, by: Actor
) -> None:
    now = clock.now()
    made = Appointment.objects.bulk_create(
        Appointment(
            patient_id=row.patient_id,
            clinician_id=row.clinician_id,
            type_id=row.type_id,
            place_id=row.place_id,
            episode=_episode_on(episodes.get(row.patient_id, []), row.local_start.date()),
            local_start=wall_text(row.local_start),
            time_zone=practice.time_zone,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            location=row.location,
            video_url=row.video_url,
            status=row.status,
            status_at=_status_at(row, now),
            external_id=row.external_id,
            external_seen=seen_of(row),
            created_at=now,
        )
        for row in rows
    )
    AppointmentStatus.objects.bulk_create(
        AppointmentStatus(
            appointment=row,
            status=row.status,
            at=row.status_at,
            by_id=by.membership_id,
            by_name=by.display_name[:120],
            starts_at=row.starts_at,
        )
        for row in made
    )
    with audit.together():
        for row in made:
            audit.record(
                "appointment.book",
                by=by,
                obj=row,
                patient_id=row.patient_id,
                details={"imported": True},
            )


def _status_at(row: Row, now: dt.datetime) -> dt.datetime:
    """When it became so: as the file says, else now, and long before for a past cancellation."""
    if row.status not in CANCELLED:
        return now
    if row.cancelled_at:
        return row.cancelled_at
    return now if row.starts_at > now else row.starts_at - WITHOUT_A_TIME


def _episodes(patients: set[UUID]) -> dict[UUID, list[EpisodeOfCare]]:
    found: dict[UUID, list[EpisodeOfCare]] = {}
    for episode in EpisodeOfCare.objects.filter(patient_id__in=patients).order_by("-opened_on"):
        found.setdefault(episode.patient_id, []).append(episode)
    return found


def _episode_on(episodes: list[EpisodeOfCare], day: dt.date) -> EpisodeOfCare | None:
    """The stretch of care that the day lies in; for other days the one that is open."""
    for each in episodes:
        if each.opened_on <= day and (each.closed_on is None or day <= each.closed_on):
            return each
    return next((each for each in episodes if each.status != EpisodeStatus.FINISHED), None)


def _begin_treatments(
    rows: Sequence[Row], episodes: dict[UUID, list[EpisodeOfCare]], by: Actor
) -> None:
    """As when an outcome is recorded here: the first attended meeting begins the treatment."""
    for row in rows:
        if row.status not in (Status.ATTENDED, Status.ATTENDED_LATE):
            continue
        episode = _episode_on(episodes.get(row.patient_id, []), row.local_start.date())
        if episode and episode.stage in (JourneyStage.CONSIDERATION, JourneyStage.ACCESS):
            move_to_stage(episode=episode, stage=JourneyStage.SERVICE_DELIVERY, by=by)


def _change(change: Change, by: Actor) -> None:
    row = change.row
    appointment = Appointment.objects.get(pk=change.here.pk)
    for verb in change.verbs:
        if verb == "details":
            verbs.change_details(appointment=appointment, by=by, **_facts(change))
        elif verb == "undo":
            services.undo_outcome(appointment=appointment, by=by)
        elif verb == "move":
            _move(appointment, row, by)
        elif verb == "book_again":
            _book_again(appointment, change, by)
        elif verb == "cancel":
            by_patient = row.status == Status.CANCELLED_BY_PATIENT
            services.cancel(appointment=appointment, by_patient=by_patient, by=by)
        else:
            services.record_outcome(appointment=appointment, outcome=row.status, by=by)


def _facts(change: Change) -> dict[str, Any]:
    """With whom, what and where, as far as the file says something new of it."""
    row = change.row
    facts: dict[str, Any] = {}
    if "clinician" in change.parts:
        facts["clinician_id"] = row.clinician_id
    if "type" in change.parts:
        facts["type_id"] = row.type_id
    if "where" in change.parts:
        facts |= {"place_id": row.place_id, "location": row.location}
    if "video" in change.parts:
        facts["video_url"] = row.video_url
    return facts


def _book_again(appointment: Appointment, change: Change, by: Actor) -> None:
    _clinician, starts_at, ends_at = change.span
    local = clock.local_time(starts_at, appointment.time_zone).replace(tzinfo=None)
    verbs.change_details(appointment=appointment, by=by, **_facts(change))
    verbs.book_again(
        appointment=appointment, local_start=local, starts_at=starts_at, ends_at=ends_at, by=by
    )


def _move(appointment: Appointment, row: Row, by: Actor) -> None:
    """To another time; another length alone is a new version too."""
    moved = services.move(
        appointment=appointment,
        local_start=row.local_start,
        wished_by_patient=row.by_patient,
        by=by,
    )
    verbs.change_details(appointment=moved, by=by, ends_at=row.ends_at)


def _remember(changes: Sequence[Change]) -> None:
    """What the file says now is what the next one is compared with."""
    for batch in _batches(changes):
        Appointment.objects.bulk_update(
            [Appointment(pk=each.here.pk, external_seen=seen_of(each.row)) for each in batch],
            ["external_seen"],
        )
