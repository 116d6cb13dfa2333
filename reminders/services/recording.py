"""Record the answers of a batch: what was simply taken all at once, the rest one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db.models.functions import Coalesce

from portal import clock
from portal.tenancy.bulk import write_values
from reminders.models import Attempt, Reminder
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import Outcome, State
from reminders.services import outcomes


def record_answers(results: Iterable[tuple[UUID, Answer]]) -> int:
    """As `outcomes.record_answers`, in six statements for all that the provider simply took.

    Returns how many rows were still ours.
    """
    kept = list(results)
    taken = {
        attempt: answer
        for attempt, answer in kept
        if answer.meaning is Meaning.ACCEPTED and answer.receipt is None
    }
    done = _record_taken(taken)
    rest = [result for result in kept if result[0] not in done]
    return sum(done.values()) + outcomes.record_answers(rest)


def _record_taken(taken: dict[UUID, Answer]) -> dict[UUID, int]:
    """Those whose rows still wait for this very answer, each with the number of its rows.

    Rows are locked before attempts, in the order of their keys, as everywhere. Whatever else has
    happened to an attempt meanwhile (a receipt, a lease that ended) is left to the careful way.
    """
    if not taken:
        return {}
    found = Attempt.objects.filter(pk__in=list(taken)).values_list("reminder_id", "also")
    carried = {row for reminder, also in found for row in (reminder, *also)}
    rows = list(
        Reminder.objects.filter(pk__in=carried, state=State.SENDING)
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk", "current_attempt")
    )
    waiting = Counter(attempt for _, attempt in rows if attempt in taken)
    attempts = (
        Attempt.objects.filter(pk__in=list(waiting), outcome=Outcome.OPEN, receipt="")
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk", "also", "provider_sid")
    )
    now = clock.now()
    answered = [
        (pk, Outcome.ACCEPTED.value, now, sid or taken[pk].sid)
        for pk, also, sid in attempts
        if waiting[pk] == 1 + len(also)
    ]
    write_values(Attempt, ["outcome", "answered_at", "provider_sid"], answered)
    recorded = {pk for pk, *_ in answered}
    mine = [pk for pk, attempt in rows if attempt in recorded]
    Reminder.objects.filter(pk__in=mine).update(
        state=State.SENT, sent_at=Coalesce("sent_at", now), lease_until=None
    )
    return {pk: waiting[pk] for pk in recorded}
