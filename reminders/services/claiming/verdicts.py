"""What can be decided about a due row, and the rules that every kind of row shares."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intake.models import Assignment
from portal import clock
from portal.appointments.models import Appointment
from portal.people.models import ContactPoint
from reminders.models import Channel, Reason, Reminder
from reminders.planner import hush_for
from reminders.reach import number_is_shut
from reminders.rules.states import State
from reminders.rules.timing import is_hushed, next_decent
from reminders.services.claiming.facts import Facts


@dataclass(frozen=True)
class End:
    """The row is settled without a message."""

    state: State
    reason: Reason


@dataclass(frozen=True)
class Hold:
    """Not now: look again then."""

    until: dt.datetime


class Busy:
    """Somebody is changing what this row is about: leave it as it is."""


@dataclass(frozen=True)
class Destination:
    """Where a message goes. `contact_point` is None for staff, who have an address of their own."""

    channel: Channel
    address: str
    contact_point: ContactPoint | None
    discreet: bool

    def __repr__(self) -> str:
        """Without the address: this object may end up in a traceback."""
        return f"<Destination {self.channel}>"


@dataclass(frozen=True)
class Go:
    """Send there.

    `appointment` or `form` is what the words speak of, if they speak of one; `waiting` how many
    things wait for somebody on the staff.
    """

    to: Destination
    appointment: Appointment | None = None
    form: Assignment | None = None
    waiting: int = 0


Verdict = End | Hold | Go | Busy


def suppressed(reason: Reason) -> End:
    """Not wanted any more, or not allowed."""
    return End(State.SUPPRESSED, reason)


def reach(row: Reminder, facts: Facts) -> Destination | End | Hold | Busy:
    """Where a row to a patient may go now: consent, STOP, a dead number, and a decent hour."""
    point = facts.point_of(row)
    # One that ended in this moment has made room for another, which the next claim finds.
    if point is not None and (point.pk in facts.busy_points or point.ended_at is not None):
        return Busy()
    refusal = number_is_shut(point, row.channel)
    if refusal is not None or point is None:
        return suppressed(refusal or Reason.NO_NUMBER)
    patient = facts.patient_of(row)
    zone = clock.zone(patient.time_zone or facts.voice.practice.time_zone)
    hush = hush_for(facts.voice.settings, point)
    if is_hushed(facts.now, hush, zone):
        later = next_decent(facts.now, hush, zone)
        if later is None or later >= row.expires_at:
            return End(State.EXPIRED, Reason.QUIET)
        return Hold(later)
    return destination(row, point)


def destination(row: Reminder, point: ContactPoint) -> Destination:
    """The contact point as a place to send this row to."""
    return Destination(Channel(row.channel), point.value, point, point.discreet)
