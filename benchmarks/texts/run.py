"""The figures about texts, one after another."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connections

from benchmarks import databases
from benchmarks.scene import PRACTICE
from benchmarks.texts import crowd, rows
from benchmarks.texts.planning import idle_sweep_ms
from benchmarks.texts.processes import Spent, counted, provider, run
from benchmarks.verdicts import Figure
from portal.practices.selectors import practice_named
from portal.tenancy.context import practice_scope
from reminders.dispatcher import Dispatcher
from reminders.services import planning
from reminders.transports import CONNECTIONS

WHOLE = 100_000
"""Texts of the goal: handed over within 300 s, so 3 ms each."""
CROWD = 1_000
_CAP = 20
_OF_A_SLOW_SENDER = 300
_IN_A_DAY = 60
"""Visits of one clinician: all of them begin within what is planned ahead."""
_SHARED = 4_000


@dataclass
class Texts:
    """What the figures need: whose processor time to read, how many texts, whom to tell."""

    postmaster: int
    count: int
    say: Callable[[str], None]

    def whole(self) -> list[Figure]:
        """Everything, on the small database as it was filled; it is used up afterwards."""
        figures: list[Figure] = []
        with provider() as origin:
            figures += self._handing_over(origin)
        figures.append(self._rate())
        figures += self._crowd()
        figures.append(self._planning())
        connections.close_all()
        return figures

    # --- Handing over ---------------------------------------------------------------

    def _handing_over(self, origin: str) -> list[Figure]:
        self._use(origin)
        quarter = self.count // 4
        start = self._dispatch(databases.SMALL, origin)
        self.say(f"making {quarter} patients with a text that is due")
        rows.add_due_texts(PRACTICE, quarter, self.say)
        few = self._dispatch(databases.SMALL, origin)
        rows.add_due_texts(PRACTICE, self.count, self.say)
        self.say(f"handing over {self.count} texts")
        before = counted(origin)["taken"]
        many = self._dispatch(databases.SMALL, origin)
        taken = counted(origin)["taken"] - before
        if taken != self.count:
            message = f"{taken} of {self.count} texts were handed over: {many.said}"
            raise RuntimeError(message)
        self.say("the bare client")
        bare = run(
            ["-m", "benchmarks.texts.bare", origin, str(quarter), str(CONNECTIONS)],
            database=databases.SMALL,
            postmaster=self.postmaster,
        )
        seconds, cpu, database = (
            (getattr(many, name) - getattr(start, name)) / self.count
            for name in ("seconds", "cpu", "database")
        )
        bare_spent = json.loads(bare.said)
        ceiling = bare_spent["seconds"] / quarter
        return [
            Figure(
                f"{WHOLE} texts at this pace",
                300,
                "300 s at most",
                [seconds * WHOLE],
                unit="seconds",
                notes=f"{self.count} in {seconds * self.count:.0f} s, {1 / seconds:.0f} a second, "
                f"one process, {CONNECTIONS} threads, a provider that takes 100 ms",
            ),
            Figure(
                "handing over a text",
                2,
                "2 CPU ms",
                [cpu * 1000 + database * 1000],
                notes=f"the process {cpu * 1000:.2f}, the database {database * 1000:.2f}; "
                f"the bare client {bare_spent['cpu'] * 1000 / quarter:.2f}",
            ),
            Figure(
                "a text beside the bare client",
                1.25,
                "1.25x: 80 % of its rate",
                [seconds * 1000],
                [ceiling * 1000],
                unit="ms",
            ),
            Figure(
                "memory with four times the texts",
                1.15,
                "1.15x at most",
                [many.megabytes],
                [few.megabytes],
                unit="MB",
            ),
        ]

    def _rate(self) -> Figure:
        """A sender that may hand over twenty segments a second, and has many more to go."""
        self.say(f"a sender with {_CAP} segments a second")
        with provider() as origin:
            self._use(origin, segments_a_second=_CAP)
            rows.add_due_texts(PRACTICE, _OF_A_SLOW_SENDER, self.say)
            before = rows.segments_gone(PRACTICE)
            dispatcher = Dispatcher(threads=4)
            started = time.monotonic()
            while time.monotonic() - started < 10:
                dispatcher.send(until=started + 10)
                time.sleep(0.2)
            seconds = time.monotonic() - started
            segments = rows.segments_gone(PRACTICE) - before
        waiting = rows.waiting(PRACTICE)
        if not waiting:
            raise RuntimeError("the slow sender had nothing left to send: its rate was no limit")
        return Figure(
            "segments a second of a slow sender",
            _CAP * 1.3,
            f"{_CAP} a second, and one full bucket",
            [segments / seconds],
            unit="a second",
            notes=f"{segments} segments in {seconds:.1f} s and {waiting} texts still waited",
        )

    # --- Planning -------------------------------------------------------------------

    def _planning(self) -> Figure:
        self.say(f"planning {self.count} texts")
        databases.point_at(databases.SMALL)
        rows.add_visits(PRACTICE, self.count, self.say, first=rows.TOMORROW, by_one=_IN_A_DAY)
        practice_id = practice_named(PRACTICE).pk
        started, cpu = time.monotonic(), time.process_time()
        with practice_scope(practice_id):
            planned = planning.plan()
        seconds, own = time.monotonic() - started, time.process_time() - cpu
        if planned.made < self.count:
            message = f"only {planned.made} texts were planned for {self.count} visits"
            raise RuntimeError(message)
        return Figure(
            "planning a text",
            0.2,
            "0.2 ms: 5,000 a second",
            [seconds * 1000 / planned.made],
            unit="ms",
            notes=f"{planned.made} rows in {seconds:.1f} s, {planned.made / seconds:.0f} a second, "
            f"{own * 1000 / planned.made:.3f} CPU ms of the process each",
        )

    # --- A thousand practices ---------------------------------------------------------

    def _crowd(self) -> list[Figure]:
        self.say(f"{CROWD} practices with {crowd.EACH} texts each")
        with provider() as origin:
            self._use(origin)
            alone = self._cost_of_one(databases.SMALL, origin)
            connections.close_all()
            databases.copy_small()
            crowd.add_texts(databases.GROWN, CROWD)
            databases.point_at(databases.GROWN)
            looks = crowd.look_ms()
            shape = crowd.shape_of_the_look()
            sweeps = idle_sweep_ms()
            among = self._cost_of_one(databases.GROWN, origin)
        scans = [step for step in shape if step.startswith("Seq Scan")]
        return [
            Figure(
                "a look at a million texts",
                1,
                "1 ms",
                looks,
                unit="ms",
                notes=f"{CROWD} practices; by {', '.join(shape)}",
            ),
            Figure(
                "a sweep that finds nothing to plan",
                1,
                "1 ms",
                sweeps,
                unit="ms",
                notes=f"{CROWD} practices, all planned within the hour",
            ),
            Figure("whole tables read by a look", 0, "none", [float(len(scans))], unit="tables"),
            Figure(f"a practice's text among {CROWD}", 1.5, "1.5x at most", [among], [alone]),
        ]

    def _cost_of_one(self, database: str, origin: str) -> float:
        """CPU milliseconds a text of one practice's batch in that database."""
        databases.point_at(database)
        self._dispatch(database, origin)  # whatever was left
        start = self._dispatch(database, origin)
        rows.add_due_texts(PRACTICE, _SHARED, self.say)
        spent = self._dispatch(database, origin)
        own = spent.cpu + spent.database - start.cpu - start.database
        return own * 1000 / _SHARED

    # --- Tools --------------------------------------------------------------------------

    def _use(self, origin: str, segments_a_second: int | None = None) -> None:
        os.environ["TWILIO_API_BASE"] = origin
        settings.TWILIO_API_BASE = origin  # for the dispatcher in this process
        rows.use_twilio(PRACTICE, segments_a_second)

    def _dispatch(self, database: str, origin: str) -> Spent:
        return run(
            ["manage.py", "dispatch", "--once"],
            database=database,
            postmaster=self.postmaster,
            TWILIO_API_BASE=origin,
        )
