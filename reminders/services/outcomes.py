"""Record what came back: answers of calls, receipts that come later, and what follows from each.

An answer counts only for the row's current attempt. A receipt is believed for any attempt, because
it says what a network knows; an end is never taken back. What a code means is data in
`rules.answers`.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from uuid import UUID

import structlog

from portal import clock
from reminders.models import Attempt, Channel, ChannelStop, DeliveryEvent, Reason, Reminder
from reminders.rules import answers
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import (
    TERMINAL,
    Outcome,
    Receipt,
    State,
    outcome_after,
    outranks,
    parse_receipt,
)
from reminders.services import channels, consequences

logger = structlog.get_logger(__name__)

_FIRST_LOOK = dt.timedelta(seconds=30)
"""A lost answer's receipt usually comes within seconds: only then is the provider's list asked."""

_END_AFTER: dict[Outcome, State] = {
    Outcome.DELIVERED: State.DELIVERED,
    Outcome.UNDELIVERED: State.UNDELIVERED,
    Outcome.FAILED: State.FAILED,
}
_REASON_OF: dict[Meaning, Reason] = {
    Meaning.OPTED_OUT: Reason.STOPPED,
    Meaning.BAD_NUMBER: Reason.BAD_NUMBER,
    Meaning.LATER: Reason.NETWORK,
    Meaning.FILTERED: Reason.FILTERED,
}


def record_answers(results: Iterable[tuple[UUID, Answer]]) -> int:
    """Record the answers of a batch of calls, in the caller's transaction.

    `results` are (attempt id, answer). Returns how many rows were still ours: an answer that comes
    after the lease has ended, or after a receipt said more, only fills in the attempt.
    """
    ours = 0
    for attempt_id, answer in results:
        attempt = locked_attempt(attempt_id)
        if attempt is not None:
            ours += _record_answer(attempt, answer, clock.now())
    return ours


def hear(
    *, status: str, sid: str, attempt_id: UUID | None = None, code: int | None = None
) -> UUID | None:
    """Keep a provider's news without waiting for anybody, and say under which id it waits.

    Found by the attempt's id (it was in the callback's address), else by the provider's. News
    about a message that is not ours is kept without an attempt.

    None where there is nothing to do: it came before, it is nobody's, or its word is not known.
    """
    attempt = _attempt_of(attempt_id, sid)
    is_news = attempt is not None and parse_receipt(status) is not None
    event = _keep_event(attempt, sid, status, code, clock.now(), waits=is_news)
    kept = is_news and DeliveryEvent.objects.filter(pk=event.pk).exists()
    return event.pk if kept else None


def work_news(event_id: UUID, *, wait: bool = True) -> bool | None:
    """Act on news that was kept. Returns whether it changed anything.

    Doing it twice changes nothing. Without `wait`, None says that somebody holds the rows just now
    and the news stays for later.
    """
    event = DeliveryEvent.objects.filter(pk=event_id, waits=True).first()
    news = parse_receipt(event.status) if event is not None else None
    if event is None or event.attempt_id is None or news is None:
        return False
    attempt = locked_attempt(event.attempt_id, wait=wait)
    if attempt is None:
        return None
    now, sid = clock.now(), event.provider_sid
    event.waits = False
    event.save(update_fields=["waits"])
    if attempt.provider_sid and sid and attempt.provider_sid != sid:
        return False  # an attempt has one message: this is somebody else's
    return apply_news(attempt, news, sid=sid, code=event.error_code, now=now)


def unworked_news(before: dt.datetime) -> list[UUID]:
    """News whose task seems lost, the oldest first, for the sweep."""
    rows = DeliveryEvent.objects.filter(waits=True, received_at__lte=before)
    return list(rows.order_by("received_at").values_list("pk", flat=True)[:100])


def _attempt_of(attempt_id: UUID | None, sid: str) -> Attempt | None:
    found = Attempt.objects.filter(pk=attempt_id).first() if attempt_id else None
    if found is None and sid:
        found = Attempt.objects.filter(provider_sid=sid).first()
    if found is not None and found.provider_sid and sid and found.provider_sid != sid:
        return None
    return found


def apply_news(
    attempt: Attempt, news: Receipt, *, sid: str, code: int | None, now: dt.datetime
) -> bool:
    """What a network knows about an attempt whose row is locked. Returns whether it was new."""
    known = Receipt(attempt.receipt) if attempt.receipt else None
    if not outranks(news, known):
        return False
    was_lost = attempt.outcome == Outcome.LOST
    attempt.receipt, attempt.outcome = news.value, outcome_after(news).value
    attempt.provider_sid = attempt.provider_sid or sid
    attempt.error_code = code if code is not None else attempt.error_code
    attempt.answered_at = attempt.answered_at or now
    attempt.save(update_fields=["receipt", "outcome", "provider_sid", "error_code", "answered_at"])
    _follow_news(attempt, Outcome(attempt.outcome), was_lost=was_lost, now=now)
    return True


# --- Answers ----------------------------------------------------------------------------------


def _record_answer(attempt: Attempt, answer: Answer, now: dt.datetime) -> int:
    if answer.sid and not attempt.provider_sid:
        attempt.provider_sid = answer.sid
        attempt.save(update_fields=["provider_sid"])
    ours = [row for row in rows_of(attempt) if waits_for(attempt, row)]
    if not ours:
        # A late "yes" to an attempt that was given up: the row has to know.
        if answer.meaning is Meaning.ACCEPTED:
            apply_news(attempt, Receipt.ACCEPTED, sid=answer.sid, code=None, now=now)
        return 0
    attempt.answered_at, attempt.error_code = now, answer.code
    attempt.outcome = _outcome_of(answer.meaning).value
    attempt.save(update_fields=["answered_at", "error_code", "outcome"])
    _act(attempt, ours, answer, now)
    if answer.receipt is not None:
        _keep_event(attempt, answer.sid, answer.receipt.value, None, now)
        apply_news(attempt, answer.receipt, sid=answer.sid, code=None, now=now)
    return len(ours)


def waits_for(attempt: Attempt, row: Reminder) -> bool:
    """Whether that row is still on its way with this attempt."""
    on_its_way = row.state in (State.SENDING, State.AMBIGUOUS)
    return row.current_attempt == attempt.pk and on_its_way


def _outcome_of(meaning: Meaning) -> Outcome:
    if meaning is Meaning.ACCEPTED:
        return Outcome.ACCEPTED
    if meaning is Meaning.DOUBT:
        return Outcome.DOUBT
    if meaning in {Meaning.TOO_FAST, Meaning.UNSENT}:
        return Outcome.UNSENT
    return Outcome.REFUSED


def _act(attempt: Attempt, rows: list[Reminder], answer: Answer, now: dt.datetime) -> None:
    """Move the rows as the answer's class says; what follows for people follows once."""
    meaning = answer.meaning
    if meaning is Meaning.OUR_FAULT:
        channel = Channel(attempt.reminder.channel)
        channels.stop(channel=channel, cause=ChannelStop.Cause.OUR_FAULT, code=answer.code)
    jitter = random.random()  # noqa: S311 - spreads load, keeps no secret
    ended = [row for row in rows if not _moved_by(row, meaning, jitter, now)]
    if ended:
        consequences.follow(attempt, ended, meaning)


def _moved_by(row: Reminder, meaning: Meaning, jitter: float, now: dt.datetime) -> bool:
    """Move one row; False where it came to an end without having left."""
    if meaning is Meaning.ACCEPTED:
        sent(row, now)
    elif meaning is Meaning.DOUBT:
        if row.state == State.SENDING:
            row.move_to(State.AMBIGUOUS)
        row.due_at, row.lease_until = now + _FIRST_LOOK, None
        row.save(update_fields=["state", "due_at", "lease_until"])
    elif meaning in {Meaning.TOO_FAST, Meaning.UNSENT}:
        _wait(row, now + answers.back_off(row.waits + 1, jitter))
    elif meaning is Meaning.OUR_FAULT:
        _wait(row, now + dt.timedelta(minutes=5))
    elif meaning is Meaning.LATER and _may_try_again(row, now + answers.RETRY_LATER):
        _again(row, now + answers.RETRY_LATER)
    else:
        refused = State.SUPPRESSED if meaning is Meaning.OPTED_OUT else State.FAILED
        _end(row, refused, _REASON_OF.get(meaning, Reason.UNKNOWN_CODE), now)
        return False
    return True


# --- News -------------------------------------------------------------------------------------


def _follow_news(attempt: Attempt, outcome: Outcome, *, was_lost: bool, now: dt.datetime) -> None:
    meaning = answers.meaning_of_code(attempt.error_code)
    ended = [
        row
        for row in rows_of(attempt)
        if not _moved_by_news(attempt, row, outcome, meaning, was_lost=was_lost, now=now)
    ]
    if ended:
        consequences.follow(attempt, ended, meaning)


def _moved_by_news(
    attempt: Attempt,
    row: Reminder,
    outcome: Outcome,
    meaning: Meaning,
    *,
    was_lost: bool,
    now: dt.datetime,
) -> bool:
    """Move one row; False where it came to an end without having arrived."""
    if was_lost and row.attempts > attempt.number:
        _possible_double(row)
    if State(row.state) in TERMINAL:
        return True
    if outcome is Outcome.ACCEPTED:
        if row.state != State.SENT:
            sent(row, now)
    elif outcome is Outcome.DELIVERED:
        _end(row, State.DELIVERED, Reason.NONE, now)
    elif row.current_attempt in (None, attempt.pk) and row.state != State.PLANNED:
        return _not_delivered(row, outcome, meaning, now)
    return True


def _not_delivered(row: Reminder, outcome: Outcome, meaning: Meaning, now: dt.datetime) -> bool:
    retry_at = now + answers.RETRY_LATER
    if meaning is Meaning.LATER and _may_try_again(row, retry_at):
        _again(row, retry_at)
        return True
    _end(row, _END_AFTER[outcome], _REASON_OF.get(meaning, Reason.UNKNOWN_CODE), now)
    return False


# --- Moves ------------------------------------------------------------------------------------


def sent(row: Reminder, now: dt.datetime) -> None:
    """The provider has it."""
    row.move_to(State.SENT)
    row.sent_at, row.lease_until = row.sent_at or now, None
    row.save(update_fields=["state", "sent_at", "lease_until"])


def _end(row: Reminder, state: State, reason: Reason, now: dt.datetime) -> None:
    row.move_to(state)
    row.reason, row.settled_at, row.lease_until = reason, now, None
    if state is State.DELIVERED:
        row.sent_at = row.sent_at or now
    row.save(update_fields=["state", "reason", "settled_at", "lease_until", "sent_at"])


def _wait(row: Reminder, until: dt.datetime) -> None:
    """Back to waiting; this attempt is not counted, because nothing was sent."""
    row.move_to(State.PLANNED)
    row.attempts, row.waits = row.attempts - 1, row.waits + 1
    row.due_at, row.lease_until, row.current_attempt = until, None, None
    row.save(
        update_fields=["state", "attempts", "waits", "due_at", "lease_until", "current_attempt"]
    )


def _again(row: Reminder, at: dt.datetime) -> None:
    row.move_to(State.PLANNED)
    row.due_at, row.lease_until, row.current_attempt = at, None, None
    row.save(update_fields=["state", "due_at", "lease_until", "current_attempt"])


def give_up_or_try_again(attempt: Attempt, now: dt.datetime) -> None:
    """Nothing is known of an attempt in doubt: once more if that helps, else a person looks."""
    attempt.outcome, attempt.answered_at = Outcome.LOST.value, now
    attempt.save(update_fields=["outcome", "answered_at"])
    given_up = []
    for row in rows_of(attempt):
        if not waits_for(attempt, row):
            continue
        if _may_try_again(row, now):
            _again(row, now)
        else:
            _end(row, State.FAILED, Reason.DOUBT, now)
            given_up.append(row)
    if given_up:
        consequences.follow(attempt, given_up, Meaning.DOUBT)


def give_up(attempt: Attempt, now: dt.datetime) -> None:
    """Nobody will ever know whether a message in doubt arrived: no second one, a person looks."""
    doubtful = [row for row in rows_of(attempt) if waits_for(attempt, row)]
    for row in doubtful:
        _end(row, State.FAILED, Reason.DOUBT, now)
    if doubtful:
        consequences.follow(attempt, doubtful, Meaning.DOUBT)


def _may_try_again(row: Reminder, at: dt.datetime) -> bool:
    return row.attempts < answers.MAX_ATTEMPTS and at < row.expires_at


def _possible_double(row: Reminder) -> None:
    if not row.possible_double:
        row.possible_double = True
        row.save(update_fields=["possible_double"])
        logger.warning("possible double", reminder=str(row.pk))


def _keep_event(
    attempt: Attempt | None,
    sid: str,
    status: str,
    code: int | None,
    now: dt.datetime,
    *,
    waits: bool = False,
) -> DeliveryEvent:
    event = DeliveryEvent(
        attempt=attempt,
        provider_sid=sid[:64],
        status=status[:32],
        error_code=code,
        received_at=now,
        waits=waits,
    )
    DeliveryEvent.objects.bulk_create([event], ignore_conflicts=True)
    return event


def locked_attempt(attempt_id: UUID, *, wait: bool = True) -> Attempt | None:
    """The attempt with its rows locked: reminders first, as the claim locks them.

    None where there is no such attempt or, without `wait`, where somebody holds a row of it.
    """
    found = Attempt.objects.filter(pk=attempt_id).values_list("reminder_id", "also").first()
    if found is None:
        return None
    carrier, also = found
    rows = Reminder.objects.select_for_update(skip_locked=not wait).order_by("pk")
    found_rows = rows.in_bulk([carrier, *also])
    attempt = (
        Attempt.objects.select_related("contact_point")
        .select_for_update(of=("self",), skip_locked=not wait)
        .filter(pk=attempt_id)
        .first()
    )
    if attempt is None or (not wait and len(found_rows) < 1 + len(also)):
        return None
    attempt.reminder = found_rows.pop(carrier)
    attempt.carried = tuple(found_rows.values())
    return attempt


def rows_of(attempt: Attempt) -> tuple[Reminder, ...]:
    """Every row that left with a locked attempt: whatever happens to it happens to all of them."""
    return (attempt.reminder, *attempt.carried)
