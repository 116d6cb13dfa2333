"""The page behind the link in a text: one visit, one answer, no sign-in.

It shows no more than the text did; a time that was chosen on it, only for a few minutes after.
Looking changes nothing, because phones and mail filters open links by themselves; an answer is a
POST. Once one link of a visit is used, all of them are spent.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from django.utils.translation import gettext as _

from portal import clock
from portal.appointments import slots
from portal.appointments.models import Appointment, Status
from portal.appointments.wishes import raise_wish
from portal.audit import services as audit
from portal.tenancy.errors import DomainError, NotFound
from portal.work import services as work
from portal.work.models import WorkAudience
from reminders.models import LinkAnswer, LinkToken
from reminders.selectors import link_by_hash
from reminders.services import LINKED_PAGE, visits
from reminders.texts import token_hash

_TASK_WITHIN = dt.timedelta(hours=4)
_FRESH = dt.timedelta(minutes=15)


class LinkState(StrEnum):
    """What the page can still do."""

    OPEN = "open"
    USED = "used"
    CHANGED = "changed"  # the visit was moved or cancelled after the text had left
    OVER = "over"


def open_link(token: str) -> LinkToken:
    """The link with its visit. Raises NotFound for a token that was never given out."""
    row = link_by_hash(token_hash(token)) if len(token) <= 64 else None
    if row is None:
        raise NotFound("No such link.")
    return row


def state_of(row: LinkToken) -> LinkState:
    """What the page of this link says."""
    visit, now = row.appointment, clock.now()
    if now >= row.expires_at or (row.used_at is None and visit.starts_at <= now):
        return LinkState.OVER
    if row.answer == LinkAnswer.MOVED:
        return LinkState.USED
    if not tells_the_time(row):
        return LinkState.CHANGED
    if row.used_at is not None:
        return LinkState.USED
    stands = visit.status in (Status.BOOKED, Status.CONFIRMED)
    return LinkState.OPEN if stands else LinkState.CHANGED


def tells_the_time(row: LinkToken) -> bool:
    """Whether the visit's time is the one that the text told, or was chosen here a moment ago."""
    if row.answer == LinkAnswer.MOVED:
        return chose_just_now(row)
    told = row.appointment_version + (row.answer == LinkAnswer.CANNOT_COME)  # itself a change
    return row.appointment.version == told


def chose_just_now(row: LinkToken) -> bool:
    """Whether somebody has just chosen another time here, and the visit still has it.

    Then the page tells the new time. Later it does not: the text knew nothing of it.
    """
    return (
        row.answer == LinkAnswer.MOVED
        and row.used_at is not None
        and clock.now() - row.used_at < _FRESH
        and row.appointment.version == row.appointment_version + 1
        and row.appointment.is_standing
    )


def answer(*, token: str, answer: LinkAnswer) -> LinkToken:
    """Take the answer. Raises NotFound, or DomainError where the page is no longer open.

    The same answer twice (a double tap) is one.
    """
    row = _locked(token)
    if row.used_at is not None and row.answer == answer:
        return row
    _must_be_open(row)
    _act(row, answer)
    return _spend(row, answer)


def choose_time(*, token: str, value: str) -> LinkToken:
    """Move the visit to the free time `value` (`slots.Slot.value`). Errors as in `answer`.

    Raises SlotTaken where somebody else has the time: the link stays open for another choice.
    """
    row = _locked(token)
    if row.answer == LinkAnswer.MOVED and row.appointment.local_start == value:
        return row  # a double tap
    _must_be_open(row)
    slots.take(
        appointment=row.appointment, value=value, version=row.appointment_version, by=LINKED_PAGE
    )
    return _spend(row, LinkAnswer.MOVED)


def _locked(token: str) -> LinkToken:
    """The link, its visit locked before it: two links of one visit would wait for each other."""
    found = open_link(token)
    Appointment.objects.select_for_update().get(pk=found.appointment_id)
    rows = LinkToken.objects.select_for_update(of=("self",))
    return rows.select_related("appointment", "appointment__patient", "appointment__clinician").get(
        pk=found.pk
    )


def _must_be_open(row: LinkToken) -> None:
    if state_of(row) is not LinkState.OPEN:
        raise DomainError(_("This link can't be used any more. Please ring us."))


def _spend(row: LinkToken, answer: LinkAnswer) -> LinkToken:
    """All links of the visit are used up by this answer."""
    now = clock.now()
    LinkToken.objects.filter(appointment_id=row.appointment_id, used_at=None).update(
        used_at=now, answer=answer
    )
    row.used_at, row.answer = now, answer
    audit.record(
        "link.answer",
        by=LINKED_PAGE,
        obj=row,
        patient_id=row.appointment.patient_id,
        details={"answer": answer},
    )
    return row


def _act(row: LinkToken, answer: LinkAnswer) -> None:
    visit = row.appointment
    if answer is LinkAnswer.CONFIRM:
        visits.confirm(appointment=visit, version=row.appointment_version, by=LINKED_PAGE)
        return
    if answer is LinkAnswer.RESCHEDULE:
        raise_wish(
            appointment=visit,
            title=_("Wants another time: offer one"),
            due_at=clock.now() + _TASK_WITHIN,
            by=LINKED_PAGE,
        )
        return
    visits.cancel(
        appointment=visit,
        version=row.appointment_version,
        reason=_("Answered the link in a reminder"),
        by=LINKED_PAGE,
    )
    work.raise_task(
        code="link.cannot_come",
        title=_("Can't come: cancelled. Offer another time"),
        audience=WorkAudience.FRONT_DESK,
        due_at=clock.now() + _TASK_WITHIN,
        patient_id=visit.patient_id,
        source=row,
        by=LINKED_PAGE,
    )
