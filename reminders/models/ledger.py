"""One row for each text that was wanted, each try, and each piece of news about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.people.models import ContactPoint, Patient
from portal.practices.models import Membership
from portal.tenancy.bulk import insert_rows
from portal.tenancy.models import PracticeForeignKey, PracticeOwned
from reminders.models.accounts import TransportAccount
from reminders.models.policies import Channel, ReminderPolicy
from reminders.rules.states import ACTIVE, Outcome, Receipt, State, check_move
from reminders.rules.timing import Moved

STATE_LABELS = {
    State.PLANNED: _("Planned"),
    State.SENDING: _("Sending"),
    State.SENT: _("Sent"),
    State.DELIVERED: _("Delivered"),
    State.UNDELIVERED: _("Not delivered"),
    State.FAILED: _("Not sent"),
    State.AMBIGUOUS: _("Being checked"),
    State.SUPPRESSED: _("Not needed"),
    State.EXPIRED: _("Too late"),
}
_OUTCOME_LABELS = {
    Outcome.OPEN: _("on its way"),
    Outcome.ACCEPTED: _("taken by the provider"),
    Outcome.REFUSED: _("refused by the provider"),
    Outcome.UNSENT: _("could not be handed over yet"),
    Outcome.DOUBT: _("no clear answer"),
    Outcome.LOST: _("not found at the provider"),
    Outcome.DELIVERED: _("delivered"),
    Outcome.UNDELIVERED: _("not delivered"),
    Outcome.FAILED: _("not sent on by the provider"),
}
OUTCOME_CHOICES = [(outcome.value, label) for outcome, label in _OUTCOME_LABELS.items()]
STATE_CHOICES = [(state.value, label) for state, label in STATE_LABELS.items()]


class Subject(models.TextChoices):
    """What a text is about; the id is kept without a key, since subjects live in several apps."""

    APPOINTMENT = "appointment", _("Appointment")
    INBOUND = "inbound", _("Answer to a text")
    FORM = "form", _("Form")
    NOTICE = "notice", _("News for staff")
    TEST = "test", _("Test to oneself")


class Reason(models.TextChoices):
    """Why a text did not go out, or did not arrive. The sentences are in `sentences`."""

    NONE = "", ""
    MOVED = "moved", _("the appointment was moved")
    CANCELLED = "cancelled", _("the appointment was cancelled")
    BEGUN = "begun", _("the appointment has begun or is over")
    CONFIRMED = "confirmed", _("the patient had confirmed already")
    OVERTAKEN = "overtaken", _("a later text says the same")
    SAID = "said", _("an earlier text has said the same")
    GONE = "gone", _("what it was about no longer exists")
    NO_NUMBER = "no_number", _("there is no number for texts")
    NO_ADDRESS = "no_address", _("there is no address for e-mail")
    NO_CONSENT = "no_consent", _("there is no consent for texts")
    STOPPED = "stopped", _("the patient asked for no texts")
    BAD_NUMBER = "bad_number", _("the number cannot receive texts")
    PAUSED = "paused", _("everything automatic is paused for this patient")
    ENDED = "ended", _("the person is no longer a patient here")
    TEXTS_OFF = "texts_off", _("the practice sends no texts")
    TOO_LATE = "too_late", _("its time had passed")
    SHORT_NOTICE = "short_notice", _("the appointment was booked at short notice")
    RETIRED = "retired", _("the practice does not send this any more")
    OUTCOME_CHANGED = "outcome_changed", _("what became of the appointment was corrected")
    FORM_DONE = "form_done", _("the form was sent, or taken back")
    ENOUGH = "enough", _("the form was asked for often enough")
    NOT_LEFT = "not_left", _("the text that it would have corrected did not go out")
    QUIET = "quiet", _("there was no decent hour left before the visit")
    FILTERED = "filtered", _("the phone network blocked it")
    NETWORK = "network", _("the phone network could not deliver it")
    UNKNOWN_CODE = "unknown_code", _("the provider refused it")
    RESTORED = "restored", _("it may have gone out before the portal was restored from a backup")
    DOUBT = "doubt", _("nobody can say whether it was sent")


# Wanted, and kept back by something that a person can mend or should know.
KEPT_BACK = frozenset(
    {Reason.NO_NUMBER, Reason.NO_ADDRESS, Reason.NO_CONSENT, Reason.STOPPED, Reason.BAD_NUMBER}
    | {Reason.PAUSED, Reason.TEXTS_OFF}
)


class Reminder(PracticeOwned):
    """One wish to say one thing to one person once.

    To a patient, or to somebody of the staff (`member`: news and test sends). A row to staff says
    nothing of any patient. `recipient_id` is whichever it is.

    `wanted_at` is what the policy asks; `due_at` is when somebody must look at the row next: when
    to send it, when its lease ends, or when to ask the provider again. `attempts` counts what may
    have left; `waits` counts "too fast" and closed doors. Rows that leave in one message share
    `current_attempt`; `carried_by` names the one that carries the others.

    A row is written three times on its way, and each time every index again: so no key has one of
    its own that a longer one covers, or that only a rare act would use.
    """

    patient: models.ForeignKey[Patient | None, Patient | None] = PracticeForeignKey(
        Patient, models.CASCADE, null=True, blank=True, related_name="reminders", db_index=False
    )
    member: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    recipient_id = models.UUIDField(editable=False)
    subject_type = models.CharField(max_length=16, choices=Subject.choices)
    subject_id = models.UUIDField(editable=False)
    subject_version = models.PositiveIntegerField(default=1)
    policy: models.ForeignKey[ReminderPolicy | None, ReminderPolicy | None] = PracticeForeignKey(
        ReminderPolicy,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reminders",
        db_index=False,
    )
    policy_step = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.SMS)
    contact_point: models.ForeignKey[ContactPoint | None, ContactPoint | None] = PracticeForeignKey(
        ContactPoint, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )

    state = models.CharField(max_length=12, choices=STATE_CHOICES, default=State.PLANNED.value)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    wanted_at = models.DateTimeField()
    moved = models.CharField(
        max_length=8, choices=[(m.value, m.value) for m in Moved], default=Moved.NOT.value
    )
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    current_attempt = models.UUIDField(null=True, blank=True, editable=False)
    carried_by: models.ForeignKey[Reminder | None, Reminder | None] = PracticeForeignKey(
        "reminders.Reminder",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="carries",
        db_index=False,
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    waits = models.PositiveSmallIntegerField(default=0)
    possible_double = models.BooleanField(default=False)
    segments = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            # The dispatcher's question, over all practices and inside one.
            models.Index(
                fields=["due_at", "practice_id"],
                condition=models.Q(state__in=sorted(s.value for s in ACTIVE)),
                name="reminder_due",
            ),
            # In the very order of a claim: many texts are due at the same minute.
            models.Index(
                fields=["practice_id", "due_at", "id"],
                condition=models.Q(state__in=sorted(s.value for s in ACTIVE)),
                name="reminder_due_in_order",
            ),
            models.Index(fields=["practice_id", "-due_at", "id"], name="reminder_ledger"),
            models.Index(fields=["practice_id", "patient", "-due_at"], name="reminder_of"),
            # Of the few to staff, and of the few that ride along.
            models.Index(
                fields=["practice_id", "member"],
                condition=models.Q(member__isnull=False),
                name="reminder_to_staff",
            ),
            models.Index(
                fields=["practice_id", "carried_by"],
                condition=models.Q(carried_by__isnull=False),
                name="reminder_carried",
            ),
            models.Index(fields=["practice_id", "subject_id"], name="reminder_about"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "practice_id",
                    "recipient_id",
                    "subject_type",
                    "subject_id",
                    "subject_version",
                    "policy_step",
                    "channel",
                ],
                name="reminder_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.SENDING.value)
                | models.Q(lease_until__isnull=False, current_attempt__isnull=False),
                name="reminder_sending_has_a_lease",
            ),
            models.CheckConstraint(
                condition=models.Q(patient__isnull=False, member=None)
                | models.Q(patient=None, member__isnull=False),
                name="reminder_to_patient_or_staff",
            ),
        ]

    def move_to(self, state: State) -> None:
        """Change the state in memory; raises `WrongMoveError` for a step the table has not."""
        check_move(State(self.state), state)
        self.state = state.value

    @property
    def state_label(self) -> str:
        """The state in a word."""
        return str(STATE_LABELS[State(self.state)])


class Attempt(PracticeOwned):
    """One try to hand a text over; its id travels with the call and comes back with each receipt.

    The words are not kept: `body_digest` is enough to know the text again at the provider. Where
    one text said what several rows wanted said, `reminder` carried it and `also` are the others.

    `leaving_at` is for transports that cannot ask afterwards what became of a message: it is
    written before the first byte leaves, so that without it nothing has.
    """

    reminder: models.ForeignKey[Reminder, Reminder] = PracticeForeignKey(
        Reminder, models.CASCADE, related_name="tries", db_index=False
    )
    contact_point: models.ForeignKey[ContactPoint | None, ContactPoint | None] = PracticeForeignKey(
        ContactPoint, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    transport = models.CharField(max_length=20)
    account: models.ForeignKey[TransportAccount | None, TransportAccount | None] = (
        PracticeForeignKey(
            TransportAccount,
            models.PROTECT,
            null=True,
            blank=True,
            related_name="+",
            db_index=False,
        )
    )
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=OUTCOME_CHOICES, default=Outcome.OPEN.value)
    provider_sid = models.CharField(max_length=64, blank=True)
    error_code = models.PositiveIntegerField(null=True, blank=True)
    receipt = models.CharField(
        max_length=12, choices=[(r.value, r.value) for r in Receipt], blank=True
    )
    carried: tuple[Reminder, ...] = ()  # the rows of `also`, set by whoever locks them

    also = ArrayField(models.UUIDField(), default=list, blank=True)
    body_digest = models.CharField(max_length=64)
    leaving_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["practice_id", "provider_sid"],
                condition=~models.Q(provider_sid=""),
                name="attempt_by_sid",
            ),
            models.Index(fields=["practice_id", "reminder", "number"], name="attempt_of"),
            models.Index(fields=["practice_id", "answered_at"], name="attempt_answered"),
        ]


class NewAttempt(NamedTuple):
    """An attempt of a text that is about to leave, in the columns of its row."""

    id: UUID
    reminder: UUID
    contact_point: UUID | None
    number: int
    transport: str
    account: UUID | None
    body_digest: str
    also: list[UUID]


def keep_attempts(attempts: Sequence[NewAttempt], now: dt.datetime) -> None:
    """Insert them in one statement; nobody has answered yet."""
    same = {"created_at": now, "outcome": Outcome.OPEN.value, "provider_sid": "", "receipt": ""}
    insert_rows(Attempt, NewAttempt._fields, attempts, same=same)


class DeliveryEvent(PracticeOwned):
    """A provider's news, as it came; kept even where it changes nothing.

    The same news twice is one row, so a webhook that is called again adds nothing. It `waits`
    until its attempt has heard of it.
    """

    attempt: models.ForeignKey[Attempt | None, Attempt | None] = PracticeForeignKey(
        Attempt, models.CASCADE, null=True, blank=True, related_name="events"
    )
    provider_sid = models.CharField(max_length=64)
    status = models.CharField(max_length=32)
    error_code = models.PositiveIntegerField(null=True, blank=True)
    received_at = models.DateTimeField()
    waits = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["practice_id", "received_at"],
                condition=models.Q(waits=True),
                name="delivery_event_waits",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "provider_sid", "status", "error_code"],
                nulls_distinct=False,
                name="delivery_event_once",
            )
        ]


def mark_leaving(attempt_id: UUID, at: dt.datetime) -> bool:
    """Note that an attempt's message is about to leave. False where it must not leave any more.

    An attempt whose lease has ended is no longer open: a sender that was asleep until then stops
    here.
    """
    rows = Attempt.objects.filter(pk=attempt_id, outcome=Outcome.OPEN.value, leaving_at=None)
    return bool(rows.update(leaving_at=at))


def may_have_left(attempt_id: UUID) -> bool:
    """Whether `mark_leaving` was said of an attempt."""
    return Attempt.objects.filter(pk=attempt_id, leaving_at__isnull=False).exists()
