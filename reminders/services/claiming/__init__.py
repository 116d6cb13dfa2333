"""Take due rows: check everything again, write the attempt, hand out the message.

One transaction, committed before anything leaves. Appointment and number are locked for its length,
so no text is claimed after a cancellation or a STOP has committed; rows that somebody is changing
right now are left for the next round, and nobody waits for anybody.

`facts` reads what the checks need, `visits`, `replies`, `forms`, `notices` and `tests` decide and
word each subject, `parcels` puts together what leaves in one message, `handing_out` writes the
attempts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from portal import clock
from portal.backups import selectors as backups
from portal.people.models import PatientStatus
from portal.practices.models import Practice, PracticeSettings, PracticeStatus
from portal.practices.selectors import current_practice, settings_of_practice
from reminders import digests, texts
from reminders.models import Channel, ChannelStop, Reason, Reminder, Subject
from reminders.reach import is_paused
from reminders.rules.states import State
from reminders.rules.timing import LEASE
from reminders.services import channels, consequences, fallback
from reminders.services.claiming import forms, notices, parcels, replies, tests, visits
from reminders.services.claiming.facts import Facts, gather
from reminders.services.claiming.handing_out import Routes, hand_out, routes_of
from reminders.services.claiming.parcels import Parcel, oldest_of
from reminders.services.claiming.verdicts import (
    End,
    Go,
    Hold,
    Verdict,
    suppressed,
)
from reminders.stops import stopped_channels
from reminders.transports import TWILIO
from reminders.transports.base import Outgoing, Route

__all__ = [
    "BATCH",
    "HELD",
    "LEASE",
    "Facts",
    "claim",
    "claim_batch",
    "sends_nothing",
    "verdict_on",
    "words_of",
    "words_of_all",
]

BATCH = 100
"""Texts claimed at once; fewer cost more each."""
HELD = dt.timedelta(minutes=5)
"""How long a row waits before the next look while its channel is stopped."""

Room = Callable[[Route], int | None]

_SPEAKERS = {
    Subject.APPOINTMENT.value: visits,
    Subject.INBOUND.value: replies,
    Subject.FORM.value: forms,
    Subject.NOTICE.value: notices,
    Subject.TEST.value: tests,
}


def unlimited(route: Route) -> int | None:
    """The room of a sender that nobody keeps waiting."""
    return None


def claim(*, limit: int = BATCH) -> list[Outgoing]:
    """Claim up to `limit` due rows of the ambient practice; see `claim_batch`."""
    return claim_batch(limit=limit)[1]


def claim_batch(
    *, limit: int = BATCH, room: Room = unlimited
) -> tuple[list[Reminder], list[Outgoing]]:
    """The oldest due rows, up to `limit`, settled, held or claimed; and what is to be sent.

    `room` says how many segments a route takes now, None for any number. What has no room stays
    planned, so that it can still be dropped when its visit is moved; channels with a rate are asked
    for `limit` rows each. The caller commits, then sends. Each returned message has its attempt
    written and its row in `sending` with a two-minute lease.
    """
    settings = settings_of_practice()
    routes = routes_of(settings)
    rows = _due_rows(routes, limit, room)
    return rows, _claim_these(rows, settings, routes) if rows else []


def _due_rows(routes: Routes, limit: int, room: Room) -> list[Reminder]:
    """Locked. One query for all channels that go at any rate, and one for each that has its own."""
    rooms = {channel: room(route) for channel, route in routes.items()}
    rows = _due([channel for channel, left in rooms.items() if left is None], limit)
    for channel, left in rooms.items():
        if left:
            rows += _due([channel], min(limit, left))
    return rows


def _due(channels: list[Channel], limit: int) -> list[Reminder]:
    if not channels:
        return []
    rows = Reminder.objects.filter(
        state=State.PLANNED, due_at__lte=clock.now(), channel__in=channels
    )
    return oldest_of(rows, limit)


def _claim_these(
    rows: list[Reminder], settings: PracticeSettings, routes: Routes
) -> list[Outgoing]:
    now, practice = clock.now(), current_practice()
    silent = [row for row in rows if sends_nothing(row, practice, settings)]
    _settle_all(silent, suppressed(Reason.TEXTS_OFF), now)
    rows = [row for row in rows if row not in silent]
    rows = _with_open_channels(rows, settings, routes, now)
    if backups.is_held():
        rows = _without_what_a_restore_holds(rows, now)
    soon = parcels.companions(rows, now, limit=BATCH)
    facts = gather([*rows, *soon], texts.Voice(practice, settings), now)
    claimed = [(row, verdict) for row in rows if isinstance(verdict := _apply(row, facts), Go)]
    # A row that is not due yet goes along or stays as it is.
    riding = [(row, found) for row in soon if isinstance(found := verdict_on(row, facts), Go)]
    return hand_out(parcels.pack([*claimed, *riding], facts), facts, routes, words_of_all)


def words_of_all(parcel: Parcel, voice: texts.Voice) -> texts.Rendered:
    """The words of the row that carries, or of all the visits; a form is a sentence more."""
    row, go = parcel.row, parcel.go
    discreet = go.to.discreet or any(r.policy and r.policy.discreet for r, _ in parcel.all)
    visits = [go.appointment for go in parcels.visits_in(parcel) if go.appointment is not None]
    has_form = any(go.form is not None for _, go in parcel.all)
    if len(visits) > 1:
        return digests.several_visits(
            visits,
            patient=Facts.patient_of(row),
            with_form=has_form,
            discreet=discreet,
            voice=voice,
            by_mail=go.to.channel == Channel.EMAIL,
        )
    text = words_of(row, go, voice)
    if visits and has_form:
        language = Facts.patient_of(row).language
        return digests.with_form(text, language=language, discreet=discreet, voice=voice)
    return text


# --- The checks -------------------------------------------------------------------------------


def _apply(row: Reminder, facts: Facts) -> Verdict:
    """Decide one row; settle or hold it here, leave a row to send to `hand_out`."""
    verdict = verdict_on(row, facts)
    if isinstance(verdict, End):
        _settle(row, verdict, facts.now)
        if verdict.reason in fallback.ANOTHER_WAY_MAY_HELP:
            _try_another_way(row, verdict.reason, facts)
    elif isinstance(verdict, Hold):
        row.due_at = verdict.until
        row.save(update_fields=["due_at"])
    return verdict


def _try_another_way(row: Reminder, reason: Reason, facts: Facts) -> None:
    """The other channel; where that is not to be and the number is dead, a person."""
    if fallback.take_over(row, facts.now) or reason is not Reason.BAD_NUMBER:
        return
    point = facts.point_of(row)
    if point is not None:
        consequences.number_is_dead(row, point, facts.now)


def verdict_on(row: Reminder, facts: Facts) -> Verdict:
    """What is to be done with a due row, as the facts are; nothing is written."""
    if row.expires_at <= facts.now:
        return End(State.EXPIRED, Reason.TOO_LATE)
    if _may_have_left(row, facts):
        return End(State.EXPIRED, Reason.RESTORED)
    if row.patient is not None:
        if row.patient.status != PatientStatus.ACTIVE:
            return suppressed(Reason.ENDED)
        if is_paused(row):
            return suppressed(Reason.PAUSED)
    verdict: Verdict = _SPEAKERS[row.subject_type].verdict(row, facts)
    return verdict


def words_of(row: Reminder, go: Go, voice: texts.Voice) -> texts.Rendered:
    """The words of a row that may leave, with the link that they carry, which is not kept yet."""
    rendered: texts.Rendered = _SPEAKERS[row.subject_type].render(row, go, voice)
    return rendered


def _may_have_left(row: Reminder, facts: Facts) -> bool:
    """Whether it was wanted before a restore: the data that was lost may say that it went out.

    An answer was wanted when the text came that it answers.
    """
    inbound = facts.inbound.get(row.subject_id)
    wanted = inbound.received_at if inbound is not None else row.wanted_at
    return facts.silent_before is not None and wanted < facts.silent_before


# --- Before the checks ------------------------------------------------------------------------


def sends_nothing(row: Reminder, practice: Practice, settings: PracticeSettings) -> bool:
    """Whether the practice sends nothing of that kind.

    One that is in set-up, or that sends patients nothing, still tells its own people what waits
    and tries its words out on them; a closed one is silent.
    """
    if practice.status == PracticeStatus.CLOSED:
        return True
    to_patients = practice.status == PracticeStatus.ACTIVE and settings.texts_enabled
    return row.patient_id is not None and not to_patients


def _with_open_channels(
    rows: list[Reminder], settings: PracticeSettings, routes: Routes, now: dt.datetime
) -> list[Reminder]:
    stopped = stopped_channels()
    texts_wait = Channel.SMS not in stopped and any(row.channel == Channel.SMS for row in rows)
    if texts_wait and settings.sms_transport == TWILIO and routes[Channel.SMS].account_id is None:
        channels.stop(cause=ChannelStop.Cause.NO_ACCOUNT, code=None)
        stopped.add(Channel.SMS)
    _hold_all([row for row in rows if row.channel in stopped], now)
    return [row for row in rows if row.channel not in stopped]


def _without_what_a_restore_holds(rows: list[Reminder], now: dt.datetime) -> list[Reminder]:
    """After a restore reminders wait for a person. Answers to what somebody has just written go."""
    held = {Subject.APPOINTMENT, Subject.FORM}
    _hold_all([row for row in rows if row.subject_type in held], now)
    return [row for row in rows if row.subject_type not in held]


def _settle(row: Reminder, end: End, now: dt.datetime) -> None:
    row.move_to(end.state)
    row.reason, row.settled_at = end.reason, now
    row.save(update_fields=["state", "reason", "settled_at"])


def _settle_all(rows: list[Reminder], end: End, now: dt.datetime) -> None:
    for row in rows:
        _settle(row, end, now)


def _hold_all(rows: list[Reminder], now: dt.datetime) -> None:
    for row in rows:
        if row.expires_at <= now:
            _settle(row, End(State.EXPIRED, Reason.TOO_LATE), now)
        else:
            row.due_at = now + HELD
            row.save(update_fields=["due_at"])
