"""Six months of appointments, relative to today, with what became of each.

Booked, cancelled and closed through the services at the times when a practice would have done it,
so the status history reads true. Rates are made up and say nothing about any real practice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.appointments import places, services
from portal.appointments.models import Appointment, AppointmentType, Location, Status
from portal.dev.cast import DEMO, DemoPractice
from portal.people.models import CareTeamMember, Patient
from portal.practices.models import Membership

WEEKS = 26
_DESK_HOURS = (9, 10, 11, 13, 14, 15, 16)
# Shares of past appointments, in hundredths.
_OUTCOMES: tuple[tuple[Status, int], ...] = (
    (Status.ATTENDED, 68),
    (Status.ATTENDED_LATE, 5),
    (Status.NO_SHOW, 13),
    (Status.LATE_NOT_SEEN, 1),
    (Status.CANCELLED_BY_PATIENT, 9),
    (Status.CANCELLED_BY_PRACTICE, 3),
    (Status.BOOKED, 1),  # nobody recorded it
)
_NOTICES = (dt.timedelta(hours=3), dt.timedelta(hours=20), dt.timedelta(days=2))


@dataclass(frozen=True)
class _Step:
    """Something that happens at a moment."""

    at: dt.datetime
    order: int
    act: Callable[[], None]


@dataclass
class _Meeting:
    """A planned appointment and, once booked, its row."""

    patient: Patient
    clinician: Membership
    local_start: dt.datetime
    becomes: Status
    row: Appointment | None = None


def weeks_in_care(demo: DemoPractice, name: str) -> int:
    """For how many weeks somebody has been coming; the cast's are part of its story."""
    story = {"Ana": 1, "Ben": 12, "Zoe": 8}.get(name)
    # Most have been coming for longer than the half year that is shown, so that its first weeks
    # are as full as its last.
    return story or (WEEKS if demo.random.random() < 0.75 else demo.random.randrange(1, WEEKS))


def seed(demo: DemoPractice) -> None:
    """Types, hours, the past, today and the weeks to come."""
    types = _add_types(demo)
    _set_hours(demo)
    _add_places(demo)
    steps: list[_Step] = []
    for meeting in _plan(demo):
        steps += _steps(demo, meeting, types)
    _play(demo, steps)
    if "Ana" in demo.patients:
        _fill_today(demo, types["Session"])
        _book_tomorrow(demo, types["First meeting"])


def _add_types(demo: DemoPractice) -> dict[str, AppointmentType]:
    first = services.add_type(name="First meeting", minutes=50, by=DEMO)
    session = services.add_type(name="Session", minutes=50, by=DEMO)
    video = services.add_type(
        name="Video session",
        minutes=50,
        is_video=True,
        video_url="https://video.example/room",
        by=DEMO,
    )
    return {row.name: row for row in (first, session, video)}


def _add_places(demo: DemoPractice) -> None:
    """The house itself, and for the largest practice a second one, where it is on Thursdays."""
    places.add_location(
        name=demo.practice.address.split(",")[0],
        address=demo.practice.address,
        directions="The bell is left of the door. There is a lift; parking is behind the house.",
        by=DEMO,
    )
    if "Ana" in demo.people:
        places.add_location(
            name="Quay House",
            address="3 Narrow Quay, Bristol",
            directions="First floor, above the bookshop. Take the stairs on the water side.",
            by=DEMO,
        )


def _place_on(demo: DemoPractice, day: dt.date) -> Location:
    found = {row.name: row for row in places.locations_in_use()}
    usual = found.pop(demo.practice.address.split(",")[0])
    return found.get("Quay House", usual) if day.weekday() == 3 else usual


def _set_hours(demo: DemoPractice) -> None:
    for viewer in demo.people.values():
        if "clinician" in viewer.roles:
            clinician = Membership.objects.get(pk=viewer.membership_id)
            mornings = [(day, dt.time(9), dt.time(12)) for day in range(5)]
            afternoons = [(day, dt.time(13), dt.time(17)) for day in range(5)]
            services.set_availability(clinician=clinician, hours=mornings + afternoons, by=DEMO)


def _plan(demo: DemoPractice) -> list[_Meeting]:
    """Each patient keeps a weekday and an hour; nobody gets a slot that another has."""
    taken: set[tuple[object, dt.datetime]] = set()
    meetings: list[_Meeting] = []
    leads = {
        row.patient_id: row.membership
        for row in CareTeamMember.objects.filter(role="lead").select_related("membership")
    }
    for name, patient in demo.patients.items():
        if name == "Ana":
            continue  # her first meeting is tomorrow
        weekday, hour = demo.random.randrange(5), demo.random.choice(_DESK_HOURS)
        every = 1 if name == "Ben" else demo.random.choice((1, 1, 2))
        began = (demo.today - patient.created_at.date()).days // 7
        stops = demo.random.random() < 0.3 and name not in ("Ben", "Zoe")
        last = -demo.random.randrange(2, 12) if stops else 2
        begins = -began + demo.random.randrange(every)  # fortnightly people take turns
        for week in range(begins, last + 1, every):
            day = week * 7 + weekday - demo.today.weekday()
            start = _free(taken, leads[patient.pk], demo.local(day, dt.time(hour)))
            if start is not None and start.date() > patient.created_at.date():
                becomes = _outcome(demo)
                meetings.append(_Meeting(patient, leads[patient.pk], start, becomes))
    return meetings


def _free(
    taken: set[tuple[object, dt.datetime]], clinician: Membership, wished: dt.datetime
) -> dt.datetime | None:
    """The wished hour or the next one of that day that the clinician has."""
    hours = [hour for hour in _DESK_HOURS if hour >= wished.hour]
    for hour in [*hours, *_DESK_HOURS]:
        start = wished.replace(hour=hour)
        if (clinician.pk, start) not in taken:
            taken.add((clinician.pk, start))
            return start
    return None


def _outcome(demo: DemoPractice) -> Status:
    statuses = [status for status, _ in _OUTCOMES]
    return demo.random.choices(statuses, [share for _, share in _OUTCOMES])[0]


def _steps(demo: DemoPractice, meeting: _Meeting, types: dict[str, AppointmentType]) -> list[_Step]:
    starts_at = demo.instant(meeting.local_start)
    booked_at = max(meeting.patient.created_at, starts_at - dt.timedelta(days=14))
    kind = types["Session"]

    def book() -> None:
        meeting.row = services.book(
            patient=meeting.patient,
            clinician=meeting.clinician,
            type=kind,
            local_start=meeting.local_start,
            time_zone=demo.practice.time_zone,
            place=_place_on(demo, meeting.local_start.date()),
            by=DEMO,
        )

    steps = [_Step(min(booked_at, demo.now), 0, book)]
    if meeting.becomes in (Status.CANCELLED_BY_PATIENT, Status.CANCELLED_BY_PRACTICE):
        at = starts_at - demo.random.choice(_NOTICES)
        steps.append(_Step(at, 1, lambda: _cancel(meeting)))
    elif meeting.becomes != Status.BOOKED:
        at = starts_at + dt.timedelta(minutes=kind.minutes)
        steps.append(_Step(at, 1, lambda: _record(meeting)))
    return [step for step in steps if step.at <= demo.now]


def _cancel(meeting: _Meeting) -> None:
    if meeting.row is not None:
        by_patient = meeting.becomes == Status.CANCELLED_BY_PATIENT
        services.cancel(appointment=meeting.row, by_patient=by_patient, by=DEMO)


def _record(meeting: _Meeting) -> None:
    if meeting.row is not None:
        services.record_outcome(appointment=meeting.row, outcome=meeting.becomes, by=DEMO)


def _play(demo: DemoPractice, steps: list[_Step]) -> None:
    """Let everything happen in the order of time, moving the clock once an hour of history."""
    steps.sort(key=lambda step: (step.at, step.order))
    index = 0
    while index < len(steps):
        at = steps[index].at
        with demo.at(at):
            while index < len(steps) and steps[index].at == at:
                steps[index].act()
                index += 1


def _fill_today(demo: DemoPractice, kind: AppointmentType) -> None:
    """A working day for Cole, whatever weekday the demo is looked at; Ben is in it."""
    team = CareTeamMember.objects.filter(role="lead", membership=demo.membership("Cole"))
    names = {row.patient_id for row in team}
    patients = [row for name, row in demo.patients.items() if row.pk in names and name != "Ana"]
    ben = demo.patients["Ben"]
    others = [row for row in patients if row.pk != ben.pk]
    wishes = [(ben, [11, 12, 13, 16, 9, 10, 14, 15])]
    wishes += [(other, [hour]) for other, hour in zip(others, (9, 14, 15), strict=False)]
    for patient, hours in wishes:
        booked_at = max(patient.created_at, demo.now - dt.timedelta(days=9))
        row = _book_first_free(demo, patient, kind, (0, hours), booked_at)
        if row is None:
            continue
        if row.ends_at <= demo.now:
            with demo.at(row.ends_at):
                services.record_outcome(appointment=row, outcome=Status.ATTENDED, by=DEMO)
        elif patient.pk == ben.pk:
            services.confirm(appointment=row, by=demo.people["Ben"])


def _book_tomorrow(demo: DemoPractice, kind: AppointmentType) -> None:
    """Ana's first appointment: the one that the reminder speaks of."""
    booked_at = demo.now - dt.timedelta(days=3)
    when = (1, (11, 14, 10, 15, 9, 16, 13))
    _book_first_free(demo, demo.patients["Ana"], kind, when, booked_at)


def _book_first_free(
    demo: DemoPractice,
    patient: Patient,
    kind: AppointmentType,
    when: tuple[int, Sequence[int]],
    booked_at: dt.datetime,
) -> Appointment | None:
    """The first of a day's hours that Cole has, booked by Dee; None when he has none of them."""
    day, hours = when
    starts = (demo.local(day, dt.time(hour)) for hour in hours)
    rows = (_book_if_free(demo, patient, kind, start, booked_at) for start in starts)
    return next((row for row in rows if row is not None), None)


def _book_if_free(
    demo: DemoPractice,
    patient: Patient,
    kind: AppointmentType,
    start: dt.datetime,
    booked_at: dt.datetime,
) -> Appointment | None:
    """An hour with Cole, booked by Dee; None when he has somebody then."""
    clinician = demo.membership("Cole")
    busy = Appointment.objects.not_cancelled().filter(
        clinician=clinician, starts_at=demo.instant(start)
    )
    if busy.exists():
        return None
    with demo.at(booked_at):
        return services.book(
            patient=patient,
            clinician=clinician,
            type=kind,
            local_start=start,
            time_zone=demo.practice.time_zone,
            place=_place_on(demo, start.date()),
            by=demo.people["Dee"],
        )
