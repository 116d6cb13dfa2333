"""T-REM-04, -05, -06, -11 and -14: what the reminders stand on goes away and comes back."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg2
import redis
from django.db import connections

from portal.appointments.models import Appointment
from portal.dev.embedded.postgres import APP, OWNER, SUPERUSER
from reminders.models import Attempt, Reason, Reminder
from reminders.rules.states import Outcome, State
from reminders.rules.timing import OffsetKind
from reminders.selectors import policies_in_force
from reminders.services import policies
from tests.drill.drill import Drill
from tests.drill.place import STAGE
from tests.drill.provider import Faults
from tests.drill.scene import BY, NOON, Scene

_ADDED_DELAY = 60.0
_USABLE_AGAIN = 5.0


@dataclass
class _Now:
    """Does the next thing when its time has come; asked a few times a second."""

    things: list[Callable[[], None]]
    every: float
    at: float = 0.0

    def look(self) -> bool:
        """True once everything was done."""
        if self.things and time.monotonic() >= self.at:
            self.things.pop(0)()
            self.at = time.monotonic() + self.every
        return not self.things


# --- T-REM-04 ---------------------------------------------------------------------------------


def without_redis(drill: Drill, scene: Scene, *, times: int) -> None:
    """Flushed, stopped and started again in the middle of the run."""
    drill.say(f"T-REM-04: the broker goes away {times} times")
    drill.begin(scene, Faults(), latency=0.1)
    valkey, home = drill.place.valkey, drill.place.home
    things: list[Callable[[], None]] = []
    for _ in range(times):
        things += [lambda: _flush(valkey.url), valkey.stop, lambda: valkey.start(home)]
    now = _Now(things, every=0.3)
    storm = drill.storm(slots=1, threads=_slow_enough(scene, times)).calm
    done = storm.blow(lambda: now.look() and not drill.open(scene), seconds=180)
    verdict = drill.judged(scene)
    silence = _longest_silence(drill)
    drill.note(
        "T-REM-04",
        f"Redis flushed and stopped {times} times: 0 lost, delay <= 60 s",
        f"{verdict.words()}, longest silence {silence:.1f} s",
        verdict.clean and silence <= _ADDED_DELAY and not storm.unasked,
        f"rows: {drill.states(scene)}",
        done=done,
    )


def _slow_enough(scene: Scene, times: int) -> int:
    """So many calls at once, a tenth of a second each, that the run outlasts its outages."""
    return max(1, round(len(scene.visits) / (times * 12)))


def _flush(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushall()


def _longest_silence(drill: Drill) -> float:
    """Seconds between two messages in the book, or before the first."""
    moments = sorted([NOON + dt.timedelta(seconds=1), *drill.provider.taken_at.values()])
    pairs = itertools.pairwise(moments)
    return max(((after - before).total_seconds() for before, after in pairs), default=0.0)


# --- T-REM-05 ---------------------------------------------------------------------------------


def without_postgres(drill: Drill, scene: Scene, *, restarts: int, crashes: int) -> None:
    """Restarted, and crashed with its recovery, in the middle of the run."""
    drill.say(f"T-REM-05: {restarts} restarts and {crashes} crashes of the database")
    drill.begin(scene, Faults(), latency=0.1)
    things = [lambda: restart(drill, crash=False)] * restarts
    things += [lambda: restart(drill, crash=True)] * crashes
    now = _Now(things, every=1.0)
    threads = _slow_enough(scene, restarts + crashes)
    storm = drill.storm(slots=1, threads=threads).calm
    storm.blow(lambda: now.look() and not drill.waiting(scene), seconds=240)
    done = drill.settle(scene, storm, seconds=120, step=dt.timedelta(minutes=8))
    verdict = drill.judged(scene)
    drill.note(
        "T-REM-05",
        f"{restarts} restarts, {crashes} crashes of Postgres: 0 lost, 0 doubled",
        f"{verdict.words()}, {len(verdict.doubled)} doubled",
        verdict.clean and not now.things and not storm.unasked,
        f"the dispatcher ended by itself {storm.unasked} times; rows: {drill.states(scene)}",
        done=done,
    )


def restart(drill: Drill, *, crash: bool) -> None:
    """Stop the database and start it again; with `crash` as if its machine had failed."""
    server = drill.place.postgres
    connections.close_all()
    if crash and server.process is not None:
        server.process.send_signal(signal.SIGQUIT)  # at once, and recovery at the next start
        server.process.wait(20)
    else:
        server.stop()
    server.start(drill.place.home)


# --- T-REM-06 ---------------------------------------------------------------------------------


def rolling_deploys(drill: Drill, scene: Scene, *, times: int) -> None:
    """SIGTERM: the batch in hand is finished, so that nothing is even in doubt."""
    drill.say(f"T-REM-06: {times} deploys")
    drill.begin(scene, Faults())
    between = max(1, len(scene.visits) // times)
    storm = drill.storm(seed=6, signal=signal.SIGTERM, calls_between=between, at_most=2.0)
    done = storm.blow(
        lambda: storm.kills >= times and not drill.open(scene), seconds=180, kills=10 * times
    )
    verdict = drill.judged(scene)
    with scene.inside():
        doubts = Attempt.objects.filter(outcome__in=[Outcome.DOUBT, Outcome.LOST]).count()
    drill.note(
        "T-REM-06",
        f"SIGTERM {times} times: 0 lost, 0 doubled, 0 in doubt",
        f"{verdict.words()}, {len(verdict.doubled)} doubled, {doubts} in doubt",
        verdict.clean and not doubts and not storm.unasked and storm.kills >= times,
        f"{storm.kills} times; rows: {drill.states(scene)}",
        done=done,
    )


# --- T-REM-11 ---------------------------------------------------------------------------------


def backlog(drill: Drill, scene: Scene) -> None:
    """Six hours without a dispatcher: no text after its visit has begun, and those are listed."""
    drill.say("T-REM-11: six hours without a dispatcher")
    drill.begin(scene, Faults(), prepare=_three_hours_before)
    ends = NOON + dt.timedelta(hours=25, minutes=15)  # a quarter of an hour after the first visit
    drill.move_to(ends - dt.timedelta(hours=6))
    drill.once()
    drill.move_to(ends)
    storm = drill.storm(slots=1, batch=100).calm
    done = drill.settle(scene, storm, seconds=120, step=dt.timedelta(minutes=8))
    with scene.inside():
        begins = dict(Appointment.objects.values_list("pk", "starts_at"))
        expired = set(
            Reminder.objects.filter(state=State.EXPIRED, reason=Reason.TOO_LATE).values_list(
                "subject_id", flat=True
            )
        )
    late, unlisted = 0, 0
    for visit in scene.visits:
        messages = drill.provider.by_number.get(visit.number, [])
        begin = begins[visit.appointment]
        late += sum(drill.provider.taken_at[message.sid] >= begin for message in messages)
        unlisted += not messages and visit.appointment not in expired
    drill.note(
        "T-REM-11",
        "6 h outage: 0 texts after the visit began, expired ones listed",
        f"{late} after it began, {unlisted} missing and not listed, {len(expired)} listed",
        not late and not unlisted and bool(expired) and bool(drill.provider.messages),
        f"rows: {drill.states(scene)}",
        done=done,
    )


def _three_hours_before() -> None:
    for policy in policies_in_force():
        policies.retire_policy(policy=policy, by=BY)
    policies.add_policy(name="Before", kind=OffsetKind.HOURS_BEFORE, offset=3, by=BY)


# --- T-REM-14 ---------------------------------------------------------------------------------

_SLOW = """
CREATE FUNCTION drill_slow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(60);
    RETURN NEW;
END $$;
CREATE TRIGGER drill_slow BEFORE UPDATE ON reminders_reminder
    FOR EACH ROW EXECUTE FUNCTION drill_slow();
"""
_AT_ONCE = 5


def orphan_locks(drill: Drill, scene: Scene, *, times: int) -> None:
    """Killed in the middle of a long statement: its locks are gone within seconds."""
    drill.say(f"T-REM-14: {times} kills during a long statement")
    drill.begin(scene, Faults())
    owner = drill.place.postgres.url(OWNER, STAGE)
    with contextlib.closing(psycopg2.connect(owner)) as connection:
        connection.autocommit = True
        connection.cursor().execute(_SLOW)
    waits: list[float] = []
    caught = 0
    while len(waits) * _AT_ONCE < times:
        pids = [
            drill.nursery.start("dispatch", "--batch", "2", cold=False) for _ in range(_AT_ONCE)
        ]
        caught += _until_they_sleep(drill)
        for pid in pids:
            drill.nursery.end(pid, signal.SIGKILL)
        drill.kills += len(pids)
        waits.append(_until_usable(owner))
    drill.note(
        "T-REM-14",
        f"{times} kills during a long statement: usable <= 5 s",
        f"after {max(waits):.1f} s at the most",
        max(waits) <= _USABLE_AGAIN and caught >= times * 0.8,
        f"{caught} of them held locks when they died",
    )


def _until_they_sleep(drill: Drill) -> int:
    """Wait until the killed-to-be hold their locks; returns how many do."""
    deadline, asleep = time.monotonic() + 15, 0
    with contextlib.closing(drill.place.postgres.connect(SUPERUSER, STAGE)) as connection:
        cursor = connection.cursor()
        while asleep < _AT_ONCE and time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE wait_event = 'PgSleep' AND usename = %s AND datname = %s",
                [APP, STAGE],
            )
            (asleep,) = cursor.fetchone() or (0,)
            time.sleep(0.05)
    return int(asleep)


def _until_usable(owner: str) -> float:
    """Seconds until the whole table can be locked again."""
    started = time.monotonic()
    with contextlib.closing(psycopg2.connect(owner)) as connection:
        connection.cursor().execute("LOCK TABLE reminders_reminder IN ACCESS EXCLUSIVE MODE")
        return time.monotonic() - started
