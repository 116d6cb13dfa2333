"""One sentence for each row of the ledger: what became of it, or why it did not go out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import clock
from portal.appointments.models import CANCELLED, Appointment, Status
from portal.people.models import ContactPoint, PatientStatus
from reminders.models import Channel, Reason, Reminder, Subject
from reminders.models.ledger import KEPT_BACK
from reminders.planner_again import AGAIN
from reminders.planner_corrections import STEP as CORRECTION
from reminders.reach import is_paused, number_is_shut, points_of
from reminders.rules.states import State
from reminders.rules.timing import Moved

# State: tone and icon of its badge.
_BADGES: dict[State, tuple[str, str]] = {
    State.PLANNED: ("open", "clock"),
    State.SENDING: ("", "send"),
    State.SENT: ("", "check"),
    State.DELIVERED: ("good", "check-check"),
    State.UNDELIVERED: ("attention", "triangle-alert"),
    State.FAILED: ("attention", "triangle-alert"),
    State.AMBIGUOUS: ("attention", "circle-help"),
    State.SUPPRESSED: ("", "minus"),
    State.EXPIRED: ("", "hourglass"),
}
# Another number or address would help.
_WITHOUT_A_NUMBER = frozenset(
    {Reason.NO_NUMBER, Reason.NO_ADDRESS, Reason.NO_CONSENT, Reason.STOPPED, Reason.BAD_NUMBER}
    | {Reason.NETWORK, Reason.UNKNOWN_CODE}
)


@dataclass(frozen=True)
class Line:
    """A row of the ledger as a page shows it. With `needs_number` another number would help.

    `has_number`: there is one on the record. `is_earlier`: its visit had another time then.
    """

    row: Reminder
    what: str
    sentence: str
    tone: str
    icon: str
    label: str
    when: dt.datetime
    needs_number: bool
    has_number: bool
    is_earlier: bool = False


@dataclass(frozen=True)
class VisitNow:
    """The visit that rows are about, as it stands now, and when it was moved last, if it was.

    `moved_by_practice`: it was the practice's wish.
    """

    row: Appointment
    moved_at: dt.datetime | None
    moved_by_practice: bool


def line(
    row: Reminder, *, zone: str, point: ContactPoint | None, visit: VisitNow | None = None
) -> Line:
    """The row in words. `point` is the patient's number or address now, `zone` the practice's."""
    state = State(row.state)
    tone, icon = _BADGES[state]
    label, shut = row.state_label, None
    if state is State.PLANNED and row.subject_type in (Subject.APPOINTMENT, Subject.FORM):
        shut = _shut(row, point) or (_is_stale(row, visit.row) if visit is not None else None)
        if shut is not None:
            tone, icon, label = "attention", "ban", _("Will not go out")
    if state is State.SUPPRESSED and row.reason in KEPT_BACK:
        tone, icon, label = "attention", "ban", _("Not sent")
    return Line(
        row=row,
        what=what_of(row),
        sentence=sentence(row, zone=zone, shut=shut),
        tone=tone,
        icon=icon,
        label=label,
        when=row.sent_at or row.due_at,
        needs_number=row.patient_id is not None
        and (shut in _WITHOUT_A_NUMBER or row.reason in _WITHOUT_A_NUMBER),
        has_number=point is not None,
        is_earlier=visit is not None and _was_before(row, visit.moved_at),
    )


def lines(rows: Iterable[Reminder], *, zone: str, visit: VisitNow | None = None) -> list[Line]:
    """Several rows in words; one query for each channel among them. All are of `visit` if given."""
    rows = list(rows)
    points = points_of(rows)
    return [
        line(row, zone=zone, point=points.get((row.recipient_id, row.channel)), visit=visit)
        for row in rows
    ]


def _is_stale(row: Reminder, visit: Appointment) -> Reason | None:
    """Why a row will be stopped that still waits for planning to see what happened to its visit."""
    if visit.version == row.subject_version:
        return None
    if visit.status in CANCELLED:
        return Reason.CANCELLED
    return Reason.MOVED if visit.status in (Status.BOOKED, Status.CONFIRMED) else Reason.BEGUN


def _was_before(row: Reminder, moved_at: dt.datetime | None) -> bool:
    """Whether a row was settled when its visit still had another time."""
    at = row.sent_at or row.settled_at
    return moved_at is not None and at is not None and at < moved_at


def _shut(row: Reminder, point: ContactPoint | None) -> Reason | None:
    """Why a waiting row would not go out, as things stand."""
    if row.patient is not None and row.patient.status != PatientStatus.ACTIVE:
        return Reason.ENDED
    if is_paused(row):
        return Reason.PAUSED
    return number_is_shut(point, row.channel)


def untold(visit: VisitNow, rows: Iterable[Reminder]) -> str:
    """What no text has told the patient of a change that the practice made, or an empty text.

    A change sends no text of its own, except where one crossed it. `rows` are all of the visit's.
    """
    version = visit.row.version
    if visit.row.starts_at <= clock.now():
        return ""
    if any(row.sent_at is not None and row.subject_version == version for row in rows):
        return ""
    if visit.row.status == Status.CANCELLED_BY_PRACTICE:
        return _("No text tells them that it is cancelled. Ring them, unless they know.")
    if visit.moved_by_practice and visit.row.status == Status.BOOKED:
        return _("No text has told them the new time yet. Ring them, unless they know.")
    return ""


def what_of(row: Reminder) -> str:
    """What kind of text it is: the policy's name, or an answer."""
    if row.subject_type == Subject.INBOUND:
        return _("Automatic answer")
    if row.policy_step == CORRECTION:
        return _("Correction")
    return row.policy.name if row.policy else _("Reminder")


def sentence(row: Reminder, *, zone: str, shut: Reason | None = None) -> str:
    """Why this did, or did not, go out."""
    said = [_main(row, zone, shut), *_more(row, zone)]
    return " ".join(part for part in said if part)


def _main(row: Reminder, zone: str, shut: Reason | None) -> str:
    state = State(row.state)
    reason = Reason(row.reason).label
    if state is State.PLANNED:
        if shut is not None:
            return _("Will not go out: %(reason)s.") % {"reason": shut.label}
        return _("Goes out %(when)s.") % {"when": moment(row.due_at, zone)}
    if state is State.SENDING:
        return _("Is going out now.")
    if state is State.SENT:
        return _("Sent %(when)s. The network has not said yet whether it arrived.") % {
            "when": moment(row.sent_at or row.due_at, zone)
        }
    if state is State.DELIVERED:
        return _delivered(row, zone)
    if state is State.AMBIGUOUS:
        return _("The provider gave no answer. It is being asked whether the text left.")
    if state is State.SUPPRESSED:
        return _("Not sent: %(reason)s.") % {"reason": reason}
    if row.sent_at is not None:
        return _("Sent %(when)s, but it did not arrive: %(reason)s.") % {
            "when": moment(row.sent_at, zone),
            "reason": reason,
        }
    return _("Not sent: %(reason)s.") % {"reason": reason}


def _delivered(row: Reminder, zone: str) -> str:
    if row.sent_at is None or row.settled_at is None:
        return _("Delivered.")
    seconds = max(1, round((row.settled_at - row.sent_at).total_seconds()))
    if seconds > 120:
        return _("Sent %(sent)s, delivered %(delivered)s.") % {
            "sent": moment(row.sent_at, zone),
            "delivered": moment(row.settled_at, zone),
        }
    took = ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return _("Sent %(sent)s, delivered in %(took)s.") % {
        "sent": moment(row.sent_at, zone),
        "took": took,
    }


def _more(row: Reminder, zone: str) -> list[str]:
    said = []
    if row.state in (State.PLANNED, State.SENT, State.DELIVERED):
        wanted = moment(row.wanted_at, zone)
        if row.moved == Moved.EARLIER:
            said.append(_("Earlier than %(wanted)s, to keep quiet hours.") % {"wanted": wanted})
        elif row.moved == Moved.LATER:
            said.append(_("Later than %(wanted)s, to keep quiet hours.") % {"wanted": wanted})
    if row.policy is not None and row.channel != row.policy.channel:
        said.append(
            _("By e-mail, because the text did not arrive.")
            if row.channel == Channel.EMAIL
            else _("By text, because the e-mail did not arrive.")
        )
    if row.policy_step.endswith(AGAIN):
        said.append(_("Once more, since the first could not reach them."))
    if row.carried_by_id is not None:
        said.append(_("It shares one message with another."))
    if row.attempts > 1:
        said.append(_("This was the second try."))
    if row.possible_double:
        said.append(_("It may have arrived twice."))
    return said


def moment(at: dt.datetime, zone: str) -> str:
    """`Tue 24 Nov, 9:00`, on the practice's wall."""
    local = clock.local_time(at, zone)
    return f"{date_format(local, 'D j M')}, {local:%H:%M}"
