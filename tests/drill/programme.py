"""Which tests run, with how many rows: the usual, the short and the full drill."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from functools import cached_property

from portal.dev.embedded.postgres import OWNER
from tests.drill import clocks, commits, kills, lag, night, outages, races, risk, scene
from tests.drill.drill import Drill, Size
from tests.drill.place import SCENE, copy
from tests.drill.scene import Scene

Tests = list[tuple[str, Callable[[], None]]]

LONGEST = {Size.SHORT: 25 * 60.0, Size.USUAL: 25 * 60.0, Size.FULL: 90 * 60.0}
"""Seconds after which nothing more is begun, however busy the machine is."""


def run(drill: Drill, only: Collection[str]) -> None:
    """Everything in order, or only the tests with these numbers."""
    deadline = time.monotonic() + LONGEST[drill.size]
    drill.say("migrating")
    template = drill.place.template()
    for number, test in tests(drill, _Scenes(drill, template), template):
        if only and number not in only:
            continue
        if time.monotonic() > deadline:
            drill.note(f"T-{number}", "everything is drilled", "there was no time left", met=False)
            continue
        test()


_SCENES = {
    Size.SHORT: (60, 60, 200),
    Size.USUAL: (1_000, 2_000, 10_000),
    Size.FULL: (1_000, 2_000, 10_000),
}
"""Patients of a small, a middling and a large scene."""


class _Scenes:
    """The people of the tests; each scene is made when the first test wants it."""

    def __init__(self, drill: Drill, template: str) -> None:
        self._drill, self._template = drill, template
        self._few, self._some, self._many = _SCENES[drill.size]

    @cached_property
    def few(self) -> Scene:
        return self._made(self._few)

    @cached_property
    def some(self) -> Scene:
        return self._made(self._some)

    @cached_property
    def many(self) -> Scene:
        return self._made(self._many)

    def _made(self, size: int) -> Scene:
        self._drill.say(f"making {size} patients")
        database = f"{SCENE}_{size}"
        copy(self._template, database)
        commits.watch(self._drill.place.postgres.url(OWNER, database))
        return scene.build(database, size)


def tests(drill: Drill, scenes: _Scenes, template: str) -> Tests:
    """What is run: each test with its number."""
    return (
        _short(drill, scenes, template)
        if drill.size is Size.SHORT
        else _whole(drill, scenes, template)
    )


def _short(drill: Drill, scenes: _Scenes, template: str) -> Tests:
    return [
        ("01", lambda: kills.kill_storm(drill, scenes.many, seed=1, kills=12, calls_between=12)),
        ("02", lambda: kills.doubts(drill, scenes.few, share=0.3)),
        ("red", lambda: kills.seen_red(drill, scenes.few)),
        ("03", lambda: lag.lag(drill, scenes.few, share=0.3, lagging=0.5, at_most=None)),
        ("04", lambda: outages.without_redis(drill, scenes.few, times=3)),
        ("05", lambda: outages.without_postgres(drill, scenes.few, restarts=1, crashes=1)),
        ("06", lambda: outages.rolling_deploys(drill, scenes.few, times=4)),
        ("07", lambda: races.races(drill, scenes.many, changes=60, stops=30, jitter=15)),
        ("10", lambda: clocks.clocks(drill, scenes.few)),
        ("11", lambda: outages.backlog(drill, scenes.few)),
        ("12", lambda: kills.rate_limit(drill, scenes.few, a_second=30)),
        ("14", lambda: outages.orphan_locks(drill, scenes.few, times=5)),
        ("RISK", lambda: _risks(drill, template, 24, kills=6)),
    ]


def _whole(drill: Drill, scenes: _Scenes, template: str) -> Tests:
    full = drill.size is Size.FULL
    others = _storm_on_many if full else _storm_on_some
    changes, stops = (5_000, 2_000) if full else (2_000, 600)
    return [
        ("01", lambda: _storm_on_many(drill, scenes, seed=1)),
        ("01", lambda: others(drill, scenes, seed=2)),
        ("01", lambda: others(drill, scenes, seed=3)),
        *(("02", _doubts(drill, scenes, share)) for share in (0.02, 0.1, 0.3)),
        ("red", lambda: kills.seen_red(drill, scenes.few)),
        ("03", lambda: lag.lag(drill, scenes.some, share=0.02, lagging=0.03, at_most=0.002)),
        ("03", lambda: lag.lag(drill, scenes.few, share=0.3, lagging=0.5, at_most=None)),
        ("04", lambda: outages.without_redis(drill, scenes.few, times=20)),
        ("05", lambda: outages.without_postgres(drill, scenes.few, restarts=10, crashes=3)),
        ("06", lambda: outages.rolling_deploys(drill, scenes.few, times=50)),
        ("07", lambda: races.races(drill, scenes.many, changes=changes, stops=stops, jitter=300)),
        ("10", lambda: clocks.clocks(drill, scenes.few)),
        ("night", lambda: night.night(drill, scenes.few)),
        ("11", lambda: outages.backlog(drill, scenes.few)),
        ("12", _rate_limit(drill, scenes, full=full)),
        ("14", lambda: outages.orphan_locks(drill, scenes.few, times=50)),
        ("RISK", lambda: _risks(drill, template, 10_000 if full else 1_000, kills=100)),
    ]


def _storm_on_many(drill: Drill, scenes: _Scenes, *, seed: int) -> None:
    kills.kill_storm(drill, scenes.many, seed=seed, kills=300, calls_between=20, handed_over=0.002)


def _storm_on_some(drill: Drill, scenes: _Scenes, *, seed: int) -> None:
    kills.kill_storm(drill, scenes.some, seed=seed, kills=100, calls_between=7, handed_over=0.02)


def _rate_limit(drill: Drill, scenes: _Scenes, *, full: bool) -> Callable[[], None]:
    if full:
        return lambda: kills.rate_limit(drill, scenes.many, a_second=150)
    return lambda: kills.rate_limit(drill, scenes.some, a_second=60)


def _doubts(drill: Drill, scenes: _Scenes, share: float) -> Callable[[], None]:
    return lambda: kills.doubts(drill, scenes.few, share=share)


def _risks(drill: Drill, template: str, size: int, kills: int) -> None:
    database = f"{SCENE}_risk"
    copy(template, database)
    alder, fillings = risk.build(database, size)
    risk.risks(drill, alder, fillings, kills=kills)
