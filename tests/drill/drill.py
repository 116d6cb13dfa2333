"""What every test of the drill needs: a stage, its clock, its dispatchers, its rows and verdict."""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Min

from portal import clock
from portal.tenancy.context import practice_scope
from portal.work.models import WorkItem
from reminders.models import DeliveryEvent, InboundMessage, InboundState, Reminder, Subject
from reminders.rules.states import ACTIVE, State
from tests.drill import judge
from tests.drill.nursery import Nursery
from tests.drill.place import STAGE, Place
from tests.drill.provider import Faults, Provider
from tests.drill.report import Line
from tests.drill.scene import NOON, Scene
from tests.drill.storm import Storm
from tests.drill.web import Web

_ACTIVE = [state.value for state in ACTIVE]
_MANY_MOVES = 120


class Size(StrEnum):
    """How much is drilled: for the tests, in twelve minutes, and as the design asks."""

    SHORT = "short"
    USUAL = "usual"
    FULL = "full"


@dataclass
class Drill:
    """One run of the drill."""

    place: Place
    nursery: Nursery
    provider: Provider
    say: Callable[[str], None]
    seed: int
    size: Size
    lines: list[Line] = field(default_factory=list)
    clock_moves: int = 0
    kills: int = 0

    # --- The stage ----------------------------------------------------------------

    def begin(
        self,
        scene: Scene,
        faults: Faults,
        *,
        seed: int = 0,
        latency: float = 0.02,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        """A fresh stage before noon, every text planned by a dispatcher, and the clock at noon.

        `prepare` changes the stage first, inside the practice.
        """
        self.place.set_stage(scene.database)
        if prepare is not None:
            with scene.inside():
                prepare()
        self.provider.latency = 0.0
        self.provider.begin(Faults(), self.seed + seed)
        self.move_to(NOON - dt.timedelta(minutes=2))
        self.once()
        assert self.provider.calls == 0, "a text left before its time"
        self.provider.begin(faults, self.seed + seed)
        self.provider.latency = latency
        self.move_to(NOON + dt.timedelta(seconds=1))

    def move_to(self, moment: dt.datetime) -> None:
        """Move the portal's clock. Only while no dispatcher runs: calls take real seconds."""
        clock.move_to(moment)
        self.provider.ahead = moment - dt.datetime.now(dt.UTC)  # noqa: TID251 - two clocks meet
        self.clock_moves += 1

    def storm(self, *, seed: int = 0, **more: Any) -> Storm:
        """Dispatchers for this stage."""
        return Storm(self.nursery, self.provider, random.Random(self.seed + seed), **more)

    @contextlib.contextmanager
    def web(self) -> Iterator[Web]:
        """The web server, for the provider's calls."""
        web = Web(self.nursery, settings.PORT)
        web.start()
        try:
            yield web
        finally:
            self.nursery.end(web.pid, signal.SIGKILL)

    def once(self, *, broken: bool = False) -> None:
        """`dispatch --once`, to its end."""
        pid = self.nursery.start("dispatch", "--once", broken=broken)
        while not self.nursery.ended(pid):
            time.sleep(0.02)

    # --- Its rows -----------------------------------------------------------------

    def waiting(self, scene: Scene) -> int:
        """How many rows somebody must look at by now."""
        with scene.inside():
            return Reminder.objects.filter(state__in=_ACTIVE, due_at__lte=clock.now()).count()

    def unclaimed(self, scene: Scene) -> int:
        """How many texts nobody has taken yet."""
        with scene.inside():
            return Reminder.objects.filter(
                state=State.PLANNED, attempts=0, due_at__lte=clock.now()
            ).count()

    def open(self, scene: Scene) -> int:
        """How many rows somebody must still look at, now or later."""
        with scene.inside():
            return Reminder.objects.filter(state__in=_ACTIVE).count()

    def states(self, scene: Scene) -> dict[str, int]:
        """How many rows stand where."""
        with scene.inside():
            return dict(
                collections.Counter(
                    Reminder.objects.filter(subject_type=Subject.APPOINTMENT).values_list(
                        "state", flat=True
                    )
                )
            )

    def settle(
        self,
        scene: Scene,
        storm: Storm,
        *,
        seconds: float,
        step: dt.timedelta,
        kills: int = 0,
        broken: bool = False,
    ) -> bool:
        """Move the clock from one thing that is due to the next until nothing is left to do.

        Moves are at least `step` long, and none is made while a dispatcher runs. Until `kills`
        were made in all, each move is followed by a few more. False if time ran out.
        """
        deadline = time.monotonic() + seconds
        for _ in range(_MANY_MOVES):
            if storm.kills < kills:
                storm.blow(lambda: not self.waiting(scene), seconds=20, kills=2)
            while self.waiting(scene):
                if time.monotonic() > deadline:
                    return False
                self.once(broken=broken)
            with scene.inside():
                due = Reminder.objects.filter(state__in=_ACTIVE).aggregate(due=Min("due_at"))["due"]
            if due is None:
                return True
            self.move_to(max(due + dt.timedelta(seconds=1), clock.now() + step))
        return False

    def work_what_waits(self, scene: Scene) -> None:
        """Replies and news that a killed worker had in hand are the sweep's, some seconds later."""
        for _ in range(_MANY_MOVES):
            with scene.inside():
                replies = InboundMessage.objects.filter(state=InboundState.NEW)
                if not (replies.exists() or DeliveryEvent.objects.filter(waits=True).exists()):
                    return
            self.move_to(clock.now() + dt.timedelta(seconds=16))
            self.once()

    # --- The verdict --------------------------------------------------------------

    def judged(self, scene: Scene) -> judge.Verdict:
        """The book against the rows."""
        with practice_scope(scene.practice):
            rows = Reminder.objects.filter(subject_type=Subject.APPOINTMENT).values_list(
                "subject_id", "state", "possible_double"
            )
            states = {subject: (state, marked) for subject, state, marked in rows}
            tasks = WorkItem.objects.filter(code="reminder.doubt").values_list("source_id")
            asked = Reminder.objects.filter(pk__in=tasks).values_list("subject_id", flat=True)
            handed = set(asked)
        wanted = (judge.Wanted(v.number, v.appointment, v.hour) for v in scene.visits)
        book = (judge.Taken(m.to, m.body) for m in self.provider.messages)
        return judge.compare(wanted, book, states, handed)

    def note(
        self, test: str, wanted: str, found: str, met: bool, *notes: str, done: bool = True
    ) -> None:
        """One line of the table; said at once, so that a run that is cut short has shown it.

        What was not `done` in its time is not met, and the table says so.
        """
        unfinished = [] if done else ["NOT FINISHED: something still waited when its time was over"]
        self.lines.append(Line(test, wanted, found, met and done, [*notes, *unfinished]))
        self.say(f"{test}: {found}: {'met' if met and done else 'NOT MET'}")


__all__ = ["STAGE", "Drill"]
