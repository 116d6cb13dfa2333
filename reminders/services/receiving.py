"""What people write back: kept once, answered at once where it is a rule, read by a person else.

`receive` runs inside the provider's call and does what must not wait: it keeps the message and, for
anything that looks like a wish to stop, stops the texts. `work` does the rest a moment later, from
a task or from the dispatcher's sweep if the task was lost; doing it twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from portal import clock
from portal.appointments.models import Appointment, Status
from portal.appointments.selectors import appointments_by_id
from portal.appointments.wishes import raise_wish
from portal.audit import services as audit
from portal.people import services as people
from portal.people.contact_points import numbers_matching
from portal.people.models import ContactPoint, Patient
from portal.tenancy.errors import DomainError
from portal.work import services as work_services
from portal.work.models import WorkAudience
from reminders import bell, texts
from reminders.ledger_facts import visits_beside, visits_told_to
from reminders.models import DISTRESS, InboundMessage, InboundState, Reminder
from reminders.rules import replies
from reminders.rules.distress import sounds_in_distress
from reminders.rules.replies import Meaning
from reminders.selectors import last_text_about_a_visit, replies_since, was_answered_alike
from reminders.services import TEXT_REPLY, visits
from reminders.services.planning import plan_reply

_ANSWER_WITHIN = dt.timedelta(hours=1)
_ALERT_WITHIN = dt.timedelta(minutes=15)
_TASK_WITHIN = dt.timedelta(hours=4)

# Another machine may answer ours; after this many in an hour only people do.
_ANSWERS_AN_HOUR = 6

# The same answer about the same visit is given once in this time; these two always.
_ONCE_IN = dt.timedelta(minutes=5)
_EVERY_TIME = frozenset({texts.HELP, texts.STARTED})

_LONGEST_BODY = 1600


def receive(*, sid: str, number: str, body: str) -> InboundMessage | None:
    """Keep a message from `number` (E.164); None if it was kept before.

    Texts to a number that seems to want none are stopped here, in the caller's transaction, for
    every patient of this practice who has it.
    """
    body = body.replace("\x00", "")[:_LONGEST_BODY]
    reply = replies.understand(body)
    row = InboundMessage(
        sid=sid[:64],
        number=number[:20],
        body=body,
        received_at=clock.now(),
        meaning=reply.meaning.value,
        distress=sounds_in_distress(body),
    )
    InboundMessage.objects.bulk_create([row], ignore_conflicts=True)
    if not InboundMessage.objects.filter(pk=row.pk).exists():
        return None
    if reply.ends_texts:
        people.stop_texts(value=number, by=TEXT_REPLY)
    return row


def work(message_id: UUID) -> bool:
    """Do what the message asks. Returns False where it was done before, or is being done."""
    message = (
        InboundMessage.objects.filter(pk=message_id, state=InboundState.NEW)
        .select_for_update(skip_locked=True)
        .first()
    )
    if message is None:
        return False
    context = _context(message)
    if message.distress:
        _alarm(context)
    outcome = _HANDLERS[Meaning(message.meaning)](context)
    waits = outcome.waits or message.distress
    message.state = InboundState.WAITING if waits else InboundState.DONE
    message.worked_at = clock.now()
    # Number and words as well: from here on they are under the patient's own key.
    message.save(update_fields=["patient", "number", "body", "reminder", "state", "worked_at"])
    step = texts.PERSON if message.distress else outcome.answer
    if step and not replies.understand(message.body).ends_texts:
        _answer(context, step)
    audit.record(
        "inbound.work",
        by=TEXT_REPLY,
        obj=message,
        patient_id=message.patient_id,
        details={"meaning": message.meaning, "distress": message.distress},
    )
    bell.ring_on_commit()
    return True


def unworked(before: dt.datetime) -> list[UUID]:
    """Messages whose task seems lost, for the sweep."""
    rows = InboundMessage.objects.filter(state=InboundState.NEW, received_at__lte=before)
    return list(rows.order_by("received_at").values_list("pk", flat=True)[:100])


@dataclass(frozen=True)
class _Outcome:
    """What was done: which automatic answer, and whether a person has still to look."""

    answer: str = ""
    waits: bool = False


@dataclass(frozen=True)
class _Context:
    """A message, whose it is, and which visit it answers."""

    message: InboundMessage
    patient: Patient | None
    point: ContactPoint | None
    text: Reminder | None
    appointment: Appointment | None
    beside: list[Reminder]  # about other visits, in the same message
    owners: list[UUID]  # every patient with this number, whoever it answers for
    is_ambiguous: bool  # somebody else at this number was told of a visit that lies ahead

    @property
    def can_be_answered_for(self) -> bool:
        """Whether the visit still lies ahead and stands."""
        return (
            self.appointment is not None
            and self.appointment.status in (Status.BOOKED, Status.CONFIRMED)
            and self.appointment.starts_at > clock.now()
        )


def _context(message: InboundMessage) -> _Context:
    """Whose message it is: the patient of the last reminder to the number, or its only owner."""
    points = {point.patient_id: point for point in numbers_matching(message.number)}
    text = last_text_about_a_visit(list(points)) if points else None
    owner = text.patient_id if text else next(iter(points)) if len(points) == 1 else None
    point = points.get(owner) if owner else None
    message.patient_id = owner
    message.reminder = text
    appointment = appointments_by_id([text.subject_id]).get(text.subject_id) if text else None
    return _Context(
        message,
        point.patient if point else None,
        point,
        text,
        appointment,
        visits_beside(text) if text else [],
        sorted(points),
        text is not None and _others_expect_a_visit(set(points) - {owner}),
    )


def _others_expect_a_visit(patient_ids: set[UUID]) -> bool:
    """Whether any of these was told of a visit that stands and is still to come."""
    told = visits_told_to(patient_ids) if patient_ids else {}
    found = appointments_by_id(told)
    return any(
        row.status in (Status.BOOKED, Status.CONFIRMED)
        and row.starts_at > clock.now()
        and row.version in told[row.pk]
        for row in found.values()
    )


# --- What each reply leads to ---------------------------------------------------------------------


def _stopped(context: _Context) -> _Outcome:
    return _Outcome()


def _cancel_or_stop(context: _Context) -> _Outcome:
    """CANCEL stops texts at the provider; whether the visit was meant, only a person can ask."""
    title = _("Replied CANCEL: texts are stopped. Ask whether the appointment was meant")
    _task(context, "inbound.cancel", title)
    return _Outcome(waits=True)


def _paused(context: _Context) -> _Outcome:
    if replies.understand(context.message.body).says_wrong_number:
        title = _("Says that it is the wrong number: texts are stopped. Find the right one")
    else:
        title = _("May want no more texts: texts are stopped. Ask; only their START undoes it")
    _task(context, "inbound.pause", title)
    return _Outcome(waits=True)


def _started(context: _Context) -> _Outcome:
    people.start_texts(value=context.message.number, by=TEXT_REPLY)
    return _Outcome(texts.STARTED)


def _helped(context: _Context) -> _Outcome:
    return _Outcome(texts.HELP)


def _confirmed(context: _Context) -> _Outcome:
    def confirm(appointment: Appointment, version: int) -> None:
        visits.confirm(appointment=appointment, version=version, by=TEXT_REPLY)

    outcome = _about_the_visit(context, confirm, texts.CONFIRMED)
    if outcome.answer != texts.CONFIRMED or not context.beside:
        return outcome
    return _confirm_the_others(context)


def _confirm_the_others(context: _Context) -> _Outcome:
    """The message spoke of several visits; where one of them has changed, a person looks."""
    found = appointments_by_id(row.subject_id for row in context.beside)
    changed = False
    for row in context.beside:
        visit = found.get(row.subject_id)
        try:
            if visit is None or visit.version != row.subject_version:
                raise DomainError(_("This appointment was changed meanwhile."))
            visits.confirm(appointment=visit, version=row.subject_version, by=TEXT_REPLY)
        except DomainError:
            changed = True
    return _Outcome(texts.PERSON, waits=True) if changed else _Outcome(texts.CONFIRMED_ALL)


def _which_visit(context: _Context) -> _Outcome:
    """The number was told of several visits, and the answer does not say which it means."""
    _task(context, "inbound.which_visit", _("Answered a text about several visits: ask which"))
    return _Outcome(texts.PERSON, waits=True)


def _wants_another_time(context: _Context) -> _Outcome:
    if context.beside or context.is_ambiguous:
        return _which_visit(context)
    if context.appointment is None or not context.can_be_answered_for:
        return _Outcome(texts.NOTHING_BOOKED, waits=True)
    raise_wish(
        appointment=context.appointment,
        title=_("Wants another time: offer one"),
        due_at=clock.now() + _TASK_WITHIN,
        by=TEXT_REPLY,
    )
    discreet = context.point is None or context.point.discreet
    return _Outcome(texts.CALL_BACK if discreet else texts.RESCHEDULE)


def _cannot_come(context: _Context) -> _Outcome:
    if context.beside or context.is_ambiguous:
        return _which_visit(context)

    def cancel(appointment: Appointment, version: int) -> None:
        reason = _("Replied to a reminder")
        visits.cancel(appointment=appointment, version=version, reason=reason, by=TEXT_REPLY)
        _task(context, "inbound.cannot_come", _("Can't come: cancelled. Offer another time"))

    return _about_the_visit(context, cancel, texts.CANCELLED)


def _about_the_visit(
    context: _Context, change: Callable[[Appointment, int], None], answer: str
) -> _Outcome:
    """Change the visit that the text spoke of; where it is another by now, a person looks."""
    visit, text = context.appointment, context.text
    if visit is None or text is None or not context.can_be_answered_for:
        return _Outcome(texts.NOTHING_BOOKED, waits=True)
    if visit.version != text.subject_version:
        return _Outcome(texts.CHANGED, waits=True)
    try:
        change(visit, text.subject_version)
    except DomainError:  # it was changed in this very moment
        return _Outcome(texts.NOTHING_BOOKED, waits=True)
    return _Outcome(answer)


def _for_a_person(context: _Context) -> _Outcome:
    """In their own words: the front desk answers, or hands it on. Distress has its own alert."""
    if not context.message.distress:
        _task(context, "inbound.reply", _("Answer a text that somebody wrote in their own words"))
    return _Outcome(texts.PERSON, waits=True)


def _unreadable(context: _Context) -> _Outcome:
    """A picture or a smile: a person may understand it, a machine does not answer it."""
    return _Outcome(waits=True)


_HANDLERS: dict[Meaning, Callable[[_Context], _Outcome]] = {
    Meaning.STOP: _stopped,
    Meaning.CANCEL: _cancel_or_stop,
    Meaning.PAUSE: _paused,
    Meaning.START: _started,
    Meaning.HELP: _helped,
    Meaning.CONFIRM: _confirmed,
    Meaning.RESCHEDULE: _wants_another_time,
    Meaning.CANNOT_COME: _cannot_come,
    Meaning.FREE_TEXT: _for_a_person,
    Meaning.EMPTY: _unreadable,
}


# --- Telling people -------------------------------------------------------------------------------


def _alarm(context: _Context) -> None:
    """Words of distress: the patient's clinician, cover or duty clinician; else who is on duty.

    Nobody knows who of several patients holds the phone: there is an alert for each of them.
    """
    title = _("A reply to a text needs a clinician now")
    if len(context.owners) > 1:
        title = _("A reply from a shared phone needs a clinician now: who wrote it is not known")
    for patient_id in context.owners:
        work_services.raise_alert(
            code=DISTRESS,
            title=title,
            patient_id=patient_id,
            source=context.message,
            by=TEXT_REPLY,
        )
    if context.owners:
        return
    work_services.raise_task(
        code=DISTRESS,
        title=title,
        audience=WorkAudience.CLINICIANS,
        assigned_to=work_services.on_duty(),
        due_at=clock.now() + _ALERT_WITHIN,
        source=context.message,
        by=TEXT_REPLY,
    )


def _task(context: _Context, code: str, title: str) -> None:
    work_services.raise_task(
        code=code,
        title=title,
        audience=WorkAudience.FRONT_DESK,
        due_at=clock.now() + _TASK_WITHIN,
        patient_id=context.patient.pk if context.patient else None,
        source=context.message,
        by=TEXT_REPLY,
    )


def _answer(context: _Context, step: str) -> None:
    """Plan the automatic answer, unless the number is nobody's or two machines seem to talk."""
    if context.patient is None:
        return
    now = clock.now()
    if replies_since(context.patient.pk, now - _ANSWER_WITHIN) >= _ANSWERS_AN_HOUR:
        return
    if step not in _EVERY_TIME and not context.message.distress:
        about = context.text.subject_id if context.text else None
        if was_answered_alike(context.patient.pk, step, about, since=now - _ONCE_IN):
            return
    plan_reply(
        patient_id=context.patient.pk,
        inbound_id=context.message.pk,
        step=step,
        now=now,
        useful=_ANSWER_WITHIN,
    )
