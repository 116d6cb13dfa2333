"""Which tests run, with how many rows: whole, and in the short form."""

from __future__ import annotations

from portal.dev.embedded.postgres import OWNER
from tests.drill import clocks, commits, kills, lag, outages, races, risk, scene
from tests.drill.drill import Drill
from tests.drill.place import SCENE, copy


def run(drill: Drill, only: set[str]) -> None:
    """Everything in order, or only the tests with these numbers."""

    def wanted(number: str) -> bool:
        return not only or number in only

    drill.say("migrating")
    template = drill.place.template()
    small, large = (60, 300) if drill.short else (1_000, 10_000)
    drill.say(f"making {small} and {large} patients")
    scenes = {}
    for size in (small, large):
        database = f"{SCENE}_{size}"
        copy(template, database)
        commits.watch(drill.place.postgres.url(OWNER, database))
        scenes[size] = scene.build(database, size)
    if wanted("01"):
        storms = [(1, 20)] if drill.short else [(1, 300), (2, 100), (3, 100)]
        for seed, count in storms:
            kills.kill_storm(drill, scenes[large], seed=seed, kills=count)
    if wanted("02"):
        for share in (0.3,) if drill.short else (0.02, 0.1, 0.3):
            kills.doubts(drill, scenes[small], share=share)
    if wanted("07") or wanted("08"):
        amount = (100, 40, 15) if drill.short else (5_000, 2_000, 300)
        races.races(drill, scenes[large], changes=amount[0], stops=amount[1], jitter=amount[2])
    if wanted("12"):
        kills.rate_limit(drill, scenes[large], a_second=40 if drill.short else 100)
    few = scenes[small]
    if wanted("03"):
        if not drill.short:
            lag.lag(drill, few, share=0.02, lagging=0.05, at_most=0.002)
        lag.lag(drill, few, share=0.3, lagging=0.5, at_most=None)
    if wanted("10"):
        clocks.clocks(drill, few)
    if wanted("04"):
        outages.without_redis(drill, few, times=4 if drill.short else 20)
    if wanted("05"):
        restarts, crashes = (2, 1) if drill.short else (10, 3)
        outages.without_postgres(drill, few, restarts=restarts, crashes=crashes)
    if wanted("06"):
        outages.rolling_deploys(drill, few, times=8 if drill.short else 50)
    if wanted("11"):
        outages.backlog(drill, few)
    if wanted("14"):
        outages.orphan_locks(drill, few, times=5 if drill.short else 50)
    if wanted("RISK"):
        database = f"{SCENE}_risk"
        copy(template, database)
        alder, fillings = risk.build(database, 40 if drill.short else 1_000)
        risk.risks(drill, alder, fillings, kills=6 if drill.short else 100)
