"""One whole run: set the stage, measure each thing, show that a broken portal is caught."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import databases, report
from benchmarks.rounds import Meter, Side, in_turn, repeated
from benchmarks.servers import Server
from benchmarks.verdicts import Figure, caught
from portal.dev.embedded import Home

OTHERS = 4
"""Practices beside the measured one, of its size; the grown database has ten times as many."""


class Run:
    """What a run knows: where it is, how much is asked, what it has found."""

    def __init__(
        self, home: Home, postmaster: int, options: argparse.Namespace, say: Callable[[str], None]
    ) -> None:
        self.home, self.options, self.say = home, options, say
        self.meter = Meter(postmaster)
        self.quick: bool = options.quick
        self.rounds: int = options.rounds
        self.requests = 20 if self.quick else 40
        self.figures: list[Figure] = []
        self.left_behind: list[int] = []
        self.missed: list[str] = []

    def whole(self) -> int:
        """Everything in order. Returns the exit code."""
        databases.use(databases.SMALL)
        self._set_the_stage()
        if self.options.part != "texts":
            self._whole_of_pages()
        if self.options.part != "pages":
            self._texts()
        self._print()
        return 1 if self.missed or self.left_behind else 0

    def _whole_of_pages(self) -> None:
        self._people()
        with (
            self._serving("portal", "portal.wsgi") as portal,
            self._serving("reference", "benchmarks.reference.wsgi") as reference,
        ):
            healthy = self._pages(portal, reference)
            self._submit(portal, reference)
            self._broken(reference, healthy)
            self._growth(portal)
            self._others(portal, reference)

    def _texts(self) -> None:
        from benchmarks.texts.run import Texts

        count = min(self.options.texts, 2_000) if self.quick else self.options.texts
        self.figures += Texts(self.meter.postmaster, count, self.say).whole()

    # --- The stage ----------------------------------------------------------------

    def _set_the_stage(self) -> None:
        self.say("making the database and migrating it")
        seconds = databases.make_anew()
        self.figures.append(
            Figure("migrate from empty", 10, "10 s at most", [seconds], unit="seconds")
        )
        import django

        django.setup()
        databases.fill(20 if self.quick else 24, self.say)

    def _people(self) -> None:
        from benchmarks import growth
        from benchmarks.pages import PAGES
        from benchmarks.scene import Scene
        from portal.dev import preparation

        preparation.collect_static(self.home, say=self.say)
        others = 2 if self.quick else OTHERS
        growth.add_practices(databases.SMALL, source="alder", first=1, count=others)
        self.pages = [
            page
            for page in PAGES
            if self.options.only in page.name and (page.quick or not self.quick)
        ]
        self.scene = Scene.make({page.as_ for page in PAGES})
        self.say("copying practices, ten for each of the others")
        databases.copy_small()
        growth.add_practices(databases.GROWN, source="alder", first=100, count=others * 9)

    @contextlib.contextmanager
    def _serving(self, name: str, application: str, database: str = "") -> Iterator[Server]:
        from benchmarks.extras import believing_one_proxy

        with believing_one_proxy():
            server = Server.start(self.home, name, application, database or databases.SMALL)
        try:
            yield server
        finally:
            self.left_behind += server.stop()

    # --- What is measured ---------------------------------------------------------

    def _pages(self, portal: Server, reference: Server) -> dict[str, Figure]:
        from benchmarks import tape
        from benchmarks.load import ask_all

        found = {}
        for page in self.pages:
            self.say(f"{page.name}: beside its reference")
            with self.scene.inside():
                path = page.path(self.scene)
            ask = self.scene.ask(page.as_, path)
            recorded = tape.record(self.scene.clients[page.as_], ask)
            replay = self._keep(recorded, page.name, ask)
            for server, each in ((portal, ask), (reference, replay)):
                ask_all(server.port, [each] * 16)  # warm all threads
            ours, theirs = in_turn(
                self.meter,
                [
                    Side(portal, repeated(ask, self.requests)),
                    Side(reference, repeated(replay, self.requests * 3)),
                ],
                self.rounds,
            )
            words = f"{page.goal}x at most"
            notes = f"{recorded.asked} statements, {len(recorded.body.encode())} bytes"
            figure = Figure(page.name, page.goal, words, ours, theirs, notes=notes)
            found[page.name] = figure
            self.figures.append(figure)
        return found

    def _submit(self, portal: Server, reference: Server) -> None:
        from benchmarks import tape
        from benchmarks.load import Ask, ask_all
        from benchmarks.pages import SUBMIT_GOAL

        self.say("form submit: beside its reference")
        client, ask = self.scene.submit_kept()
        recorded = tape.record(client, ask)
        replay = self._keep(recorded, "form submit", ask)
        ask_all(reference.port, [replay] * 16)
        ask_all(portal.port, self.scene.submits(16))

        def fresh() -> list[Ask]:
            return self.scene.submits(self.requests)

        ours, theirs = in_turn(
            self.meter,
            [Side(portal, fresh), Side(reference, repeated(replay, self.requests * 3))],
            self.rounds,
        )
        notes = f"{recorded.asked} statements"
        goal = f"{SUBMIT_GOAL}x at most"
        self.figures.append(Figure("form submit", SUBMIT_GOAL, goal, ours, theirs, notes=notes))

    def _keep(self, recorded: Any, name: str, ask: Any) -> Any:
        """Give the reference its tape; returns the request that plays it."""
        from benchmarks.load import Ask

        key = "".join(letter if letter.isalnum() else "-" for letter in name)
        recorded.save(self.home.files / "tapes", key)
        return Ask(f"/{key}/", ask.method, ask.headers, ask.body, ask.status)

    def _broken(self, reference: Server, healthy: dict[str, Figure]) -> None:
        """The same page with a query for each patient: it has to turn red."""
        page = self.pages[0]
        self.say(f"{page.name}, broken on purpose: a query for each patient")
        with self.scene.inside():
            ask = self.scene.ask(page.as_, page.path(self.scene))
        key = "".join(letter if letter.isalnum() else "-" for letter in page.name)
        from benchmarks.load import Ask, ask_all

        replay = Ask(f"/{key}/", headers=ask.headers)
        with self._serving("broken", "benchmarks.broken_wsgi") as broken:
            ask_all(broken.port, [ask] * 16)
            ours, theirs = in_turn(
                self.meter,
                [
                    Side(broken, repeated(ask, self.requests)),
                    Side(reference, repeated(replay, self.requests * 3)),
                ],
                self.rounds,
            )
        figure = Figure(
            f"{page.name}, with N+1", page.goal, f"{page.goal}x; must be OVER", ours, theirs
        )
        self._must_stand_out(figure, healthy[page.name])

    def _growth(self, portal: Server) -> None:
        from benchmarks.load import ask_all

        pages = [page for page in self.pages if page.grows][: 1 if self.quick else None]
        with self._serving("grown", "portal.wsgi", databases.GROWN) as grown:
            for page in pages:
                self.say(f"{page.name}: ten times the others")
                with self.scene.inside():
                    ask = self.scene.ask(page.as_, page.path(self.scene))
                for server in (portal, grown):
                    ask_all(server.port, [ask] * 16)
                sides = [Side(each, repeated(ask, self.requests)) for each in (grown, portal)]
                ours, theirs = in_turn(self.meter, sides, self.rounds)
                self.figures.append(
                    Figure(f"{page.name}, others x10", 1.5, "1.5x at most", ours, theirs)
                )

    def _must_stand_out(self, broken: Figure, healthy: Figure) -> None:
        self.figures.append(broken)
        if caught(broken, healthy):
            broken.notes = "broken on purpose, and caught"
        else:
            broken.notes = "BROKEN ON PURPOSE AND NOT CAUGHT: believe none of the figures above"
            self.missed.append(broken.name)

    def _others(self, portal: Server, reference: Server) -> None:
        from benchmarks import extras
        from benchmarks.load import ask_all

        self.say("memory of the workers")
        ours, theirs = extras.memory(portal), extras.memory(reference)
        self.figures.append(
            Figure("memory of a worker", 2, "2x at most", ours, theirs, unit="MB PSS")
        )
        self.say("signing in")
        counter = iter(range(0, 100_000, 8))
        side = Side(portal, lambda: extras.sign_ins(8, next(counter)))
        costs = [self.meter.cost(side) for _ in range(self.rounds)]
        hashes = [extras.one_hash() for _ in range(self.rounds)]
        self.figures.append(Figure("signing in", 1.1, "1.1x its own hash", costs, hashes))
        self.say("a page beside 32 sign-ins")
        home = self.scene.ask("ana", "me/")
        ask_all(portal.port, [home] * 16)
        self.figures.append(extras.storm(portal, home))
        self.say("the dispatcher at rest")
        own, database = extras.idle_sweep(self.meter.postmaster, 100)
        notes = f"the process {own:.2f}, the database {database:.2f}"
        self.figures.append(
            Figure("idle look of the dispatcher", 1, "1 ms of database", [database], notes=notes)
        )
        self.say("cold starts")
        ours, theirs = [], []
        for _ in range(self.rounds):
            ours.append(extras.cold_start("portal.wsgi", "/health"))
            theirs.append(extras.cold_start("benchmarks.reference.wsgi", "/nothing/"))
        self.figures.append(Figure("cold start to first answer", 3, "3x at most", ours, theirs))

    def _print(self) -> None:
        facts = {
            "rounds": self.rounds,
            "requests a round": self.requests,
            "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
            "processes left behind": len(self.left_behind),
            "broken variants not caught": ", ".join(self.missed) or "none",
        }
        make = report.as_json if self.options.json else report.table
        sys.stdout.write(make(self.figures, facts))
