"""T-REM-07 and -08: visits are moved and cancelled, and STOP is written, while the texts leave.

What counts is the order in which the database committed: a text may be on its way when the desk
cancels, but none may be claimed afterwards, and each says what was true when it was claimed.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from portal.audit.models import AuditEvent
from portal.dev.embedded.postgres import OWNER
from portal.people.models import ContactPoint
from reminders.models import Attempt, InboundMessage, InboundState, Reminder
from reminders.planner_corrections import STEP as CORRECTION
from reminders.rules.states import State
from reminders.rules.timing import LEASE
from tests.drill import acts, commits
from tests.drill.acts import Act
from tests.drill.commits import Commits
from tests.drill.drill import Drill
from tests.drill.place import STAGE
from tests.drill.provider import Faults
from tests.drill.scene import Scene
from tests.drill.storm import Workers
from tests.drill.web import Web, in_background
from tests.fakes.twilio import Callback

_NEAR = dt.timedelta(seconds=5)
_STANDSTILL = 5.0
_EVERY = 10
"""One message in so many is told of."""
_ATTEMPT = re.compile(r"attempt=([0-9a-f-]{36})")


def races(drill: Drill, scene: Scene, *, changes: int, stops: int, jitter: int) -> None:
    """Everything at once; `jitter` is how many texts an act may come too early or too late."""
    size = len(scene.visits)
    drill.say(f"T-REM-07, -08: {size} reminders, {changes} changes, {stops} STOPs")
    faults = Faults(taken_then_cut=0.01, cut=0.005, too_fast=0.01)
    drill.begin(scene, faults, seed=7, latency=0.03)
    chance = random.Random(drill.seed + 7)
    order = _order_of_claims(scene)
    chosen = chance.sample(range(size), changes + stops)
    script = drill.place.home.run / "acts.json"
    acts.write(
        script,
        scene.practice,
        [
            Act(
                chance.choice(("move", "move", "cancel")),
                str(order[place][0]),
                _about(place, jitter, chance),
            )
            for place in chosen[:changes]
        ],
    )
    stopping = sorted(
        (_about(place - jitter, 2 * jitter, chance), order[place][1]) for place in chosen[changes:]
    )
    workers = Workers(drill.nursery, chance)
    with drill.web() as web:
        desk = drill.nursery.start("acts", str(script))
        news = _News(drill)
        background = [
            in_background(web, _stops(drill, web, stopping)),
            in_background(web, news.calls()),
        ]
        storm = drill.storm(seed=7, calls_between=max(40, size // 60))

        def over() -> bool:
            workers.look()
            acting = not drill.nursery.ended(desk) or background[0].is_alive()
            return not acting and not drill.waiting(scene)

        try:
            storm.blow(over, seconds=max(240, (changes + stops) / 10))
        finally:  # or a drill that is stopped waits for them at its end
            news.over = True
        for thread in background:
            thread.join(60)
        late = any(thread.is_alive() for thread in background)
        workers.stop()
        done = drill.settle(scene, storm, seconds=120, step=dt.timedelta(minutes=8))
        told = not web.refused and not late
    drill.work_what_waits(scene)
    drill.kills += storm.kills + workers.kills
    _judge(drill, scene, changes, len(stopping), done=done and told)
    _judge_news(drill, scene, news, workers, done=done and told)


@dataclass
class _News:
    """The provider tells of some messages that they were sent and delivered, twice, anyhow."""

    drill: Drill
    over: bool = False
    told: list[str] = field(default_factory=list)
    """Attempts that were told of."""

    def calls(self) -> Iterator[Callback]:
        """As the messages come, in small heaps that are shuffled."""
        provider, chance, seen = self.drill.provider, random.Random(9), 0
        while not self.over or seen < len(provider.messages):
            heap = []
            fresh = provider.messages[seen : seen + 30]
            for message in fresh[-seen % _EVERY :: _EVERY]:
                heap += provider.callbacks(message, "sent", "delivered") * 2
                self.told.append(_attempt_of(message.status_callback))
            seen += len(fresh)
            chance.shuffle(heap)
            yield from heap
            if not fresh:
                time.sleep(0.1)


def _attempt_of(callback: str) -> str:
    found = _ATTEMPT.search(callback)
    return found[1] if found else "none"


def _stops(drill: Drill, web: Web, stopping: list[tuple[int, str]]) -> Iterator[Callback]:
    """STOP from each number, when the claims come near it."""
    seen, since = 0, time.monotonic()
    for after, number in stopping:
        while (taken := len(drill.provider.messages)) < after:
            if taken != seen:
                seen, since = taken, time.monotonic()
            if time.monotonic() - since > _STANDSTILL:
                break  # what is left comes after the last text
            time.sleep(0.02)
        yield web.text_from(number, "STOP")


def _order_of_claims(scene: Scene) -> list[tuple[UUID, str]]:
    """Visits and numbers in the order in which a dispatcher takes their texts."""
    numbers = {visit.appointment: visit.number for visit in scene.visits}
    with scene.inside():
        subjects = Reminder.objects.order_by("due_at", "pk").values_list("subject_id", flat=True)
        return [(subject, numbers[subject]) for subject in subjects]


def _about(place: int, jitter: int, chance: random.Random) -> int:
    return max(0, place + chance.randrange(-jitter, jitter + 1))


@dataclass
class Found:
    """What the book and the order of commits say."""

    disagree: list[str] = field(default_factory=list)
    after_cancel: list[str] = field(default_factory=list)
    after_stop: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Messages whose attempt no row knows."""
    left_behind: list[str] = field(default_factory=list)
    """Told an hour, and not that it has changed."""


@dataclass(frozen=True)
class Claim:
    """What an attempt was about."""

    reminder: str
    visit: str
    patient: str
    step: str = ""
    """The policy's step; a correction tells also of a visit that was cancelled."""
    also: tuple[str, ...] = ()
    """Rows that left in the same message."""


def compare(
    book: Iterable[tuple[str, str]],
    claims: Mapping[str, Claim],
    order: Commits,
    booked: Mapping[str, str],
) -> Found:
    """Judge a race. `book` is (attempt, body), `booked` the hour of each visit at first."""
    found, sent, told = Found(), Counter[str](), dict[str, str]()
    for attempt, body in book:
        claim, at = claims.get(attempt), order.claims.get(attempt)
        if claim is None or at is None:
            found.unknown.append(attempt)
            continue
        sent.update((claim.reminder, *claim.also))
        told[claim.visit] = body
        change = order.visit_at(claim.visit, at)
        hour = change.hour if change else booked[claim.visit]
        if change and change.status.startswith("cancelled"):
            if claim.step != CORRECTION or "cancelled" not in body:
                found.after_cancel.append(claim.visit)
        elif hour not in body:
            found.disagree.append(claim.visit)
        if claim.patient in order.stops and order.stops[claim.patient] < at:
            found.after_stop.append(claim.patient)
    found.doubled += [reminder for reminder, times in sent.items() if times > 1]
    for visit, body in told.items():
        last = order.changes.get(visit, [None])[-1]
        if last and not last.status.startswith("cancelled") and last.hour not in body:
            found.left_behind.append(visit)
    return found


def _judge(drill: Drill, scene: Scene, changes: int, stops: int, *, done: bool) -> None:
    order = commits.read(drill.place.postgres.url(OWNER, STAGE))
    with scene.inside():
        rows = Attempt.objects.values_list(
            "pk",
            "reminder_id",
            "reminder__subject_id",
            "reminder__patient_id",
            "reminder__policy_step",
            "also",
        )
        claims = {
            str(pk): Claim(str(row), str(visit), str(patient), step, tuple(map(str, also)))
            for pk, row, visit, patient, step, also in rows
        }
        kept = InboundMessage.objects.count()
    book = [
        (_attempt_of(message.status_callback), message.body) for message in drill.provider.messages
    ]
    booked = {str(visit.appointment): visit.hour for visit in scene.visits}
    found = compare(book, claims, order, booked)
    drill.note(
        "T-REM-07",
        f"{changes} moves and cancellations: 0 disagree, 0 after cancel",
        f"{len(found.disagree)} disagree, {len(found.after_cancel)} after cancel, "
        f"{len(found.doubled)} doubled, {len(found.left_behind)} left with the old hour",
        not found.disagree + found.after_cancel + found.doubled + found.unknown
        and not found.left_behind,
        f"{sum(map(len, order.changes.values()))} changes committed, {order.near(_NEAR)} within "
        f"5 s of the claim; {len(found.unknown)} messages without an attempt",
        f"rows: {drill.states(scene)}",
        done=done,
    )
    in_flight = _in_flight(scene)
    most = max(in_flight.values(), default=0)
    drill.note(
        "T-REM-08",
        f"{stops} STOPs: 0 claims after its commit, <= 1 in flight",
        f"{len(found.after_stop)} after, at most {most} in flight",
        not found.after_stop and most <= 1 and len(order.stops) == stops == kept,
        f"{len(order.stops)} committed, {kept} messages kept, {len(in_flight)} had one in the air",
        done=done,
    )


def _in_flight(scene: Scene) -> Counter[UUID]:
    """Of each number, how many texts were in the air when its STOP was written.

    Claimed before it, not answered before it, and by a dispatcher whose lease had not ended.
    """
    with scene.inside():
        stopped = dict(
            ContactPoint.objects.exclude(stopped_at=None).values_list("pk", "stopped_at")
        )
        attempts = Attempt.objects.filter(contact_point__in=list(stopped)).values_list(
            "contact_point_id", "created_at", "answered_at"
        )
        return Counter(
            point
            for point, claimed, answered in attempts
            if (at := stopped[point]) is not None
            and at - LEASE < claimed <= at
            and (answered is None or answered > at)
        )


def _judge_news(drill: Drill, scene: Scene, news: _News, workers: Workers, *, done: bool) -> None:
    with scene.inside():
        rows = Attempt.objects.values_list("pk", "reminder_id", "also")
        rows_of = {str(pk): {carrier, *also} for pk, carrier, also in rows}
        delivered = set(Reminder.objects.filter(state=State.DELIVERED).values_list("pk", flat=True))
        waiting = InboundMessage.objects.filter(state=InboundState.NEW).count()
        kept = InboundMessage.objects.count()
        worked = AuditEvent.objects.filter(action="inbound.work").count()
    told = set().union(*(rows_of.get(attempt, {attempt}) for attempt in news.told))
    wrong = told ^ delivered
    drill.note(
        "T-REM-09",
        "callbacks twice and shuffled, workers killed: states right",
        f"{len(wrong)} wrong, {waiting} replies not worked, {worked - kept} worked twice",
        not wrong and not waiting and worked == kept and bool(told),
        f"{len(told)} messages told of, {workers.kills} kills of a worker",
        done=done,
    )
