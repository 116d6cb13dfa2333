"""Which tests run, with how many rows: whole, and in the short form."""

from __future__ import annotations

from tests.drill import kills, scene
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
        scenes[size] = scene.build(database, size)
    if wanted("01"):
        storms = [(1, 20)] if drill.short else [(1, 300), (2, 100), (3, 100)]
        for seed, count in storms:
            kills.kill_storm(drill, scenes[large], seed=seed, kills=count)
    if wanted("02"):
        for share in (0.3,) if drill.short else (0.02, 0.1, 0.3):
            kills.doubts(drill, scenes[small], share=share)
    if wanted("12"):
        kills.rate_limit(drill, scenes[large], a_second=40 if drill.short else 100)
