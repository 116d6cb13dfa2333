"""`make drill-reminders`: break everything, count, print the table, leave nothing running."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Collection
from pathlib import Path
from types import FrameType

from portal.dev import launch
from portal.dev.embedded import LauncherError
from portal.dev.embedded.processes import free_port
from tests.drill import lanes, report
from tests.drill.place import Place
from tests.drill.provider import READ_SECONDS, Provider


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m tests.drill",
        description="Kill, cut and restart everything that sends texts, and count what arrived.",
    )
    size = made.add_mutually_exclusive_group()
    size.add_argument("--short", action="store_true", help="what the tests run: a minute")
    size.add_argument("--full", action="store_true", help="as many as the design asks: an hour")
    made.add_argument("--only", default="", help="tests with these numbers, like 01,12")
    made.add_argument("--lane", type=int, help=argparse.SUPPRESS)  # what `lanes.run` starts
    made.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    made.add_argument("--seed", type=int, default=1, help="where chance begins (%(default)s)")
    return made


def main(arguments: list[str]) -> int:
    """Exit code 0 for PASS."""
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _as_interrupt)
    started = time.monotonic()
    if options.short or options.only or options.lane is not None:
        lines, facts, stopped = _one(options)
    else:
        lines, facts, stopped = lanes.run(options.seed, full=options.full)
    spent = sum(os.times()[:4])  # the servers and the nursery, which have ended, count too
    facts["took"] = f"{time.monotonic() - started:.0f} s, of CPU {spent:.0f} s"
    if options.to is not None:
        lanes.write(options.to, lines, facts, stopped)
    else:
        sys.stdout.write(report.table(lines, facts, stopped=stopped))
    return 0 if not stopped and report.verdict(lines) == "PASS" else 1


def _one(options: argparse.Namespace) -> tuple[list[report.Line], dict[str, str], str]:
    """Everything that is wanted in this process: lines, facts, and what stopped it, if anything."""
    lines: list[report.Line] = []
    facts = {"seed": str(options.seed)}
    try:
        _drill(options, launch.Progress(), lines, facts)
    except LauncherError as error:
        return lines, facts, str(error)
    except KeyboardInterrupt:
        return lines, facts, "it was stopped"
    except Exception:  # noqa: BLE001 - whatever it was, the last line is the verdict
        traceback.print_exc()
        return lines, facts, "it broke: see above"
    return lines, facts, ""


def _drill(
    options: argparse.Namespace,
    say: launch.Progress,
    lines: list[report.Line],
    facts: dict[str, str],
) -> None:
    place = Place(_name(options))
    provider = Provider(chance=random.Random(options.seed))
    with place.running(), provider.running():
        environment = place.environment(free_port(), provider.url)
        environment["DRILL_READ_SECONDS"] = str(READ_SECONDS)
        place.enter(environment)
        from tests.drill import programme
        from tests.drill.drill import Drill, Size
        from tests.drill.nursery import Nursery

        nursery = Nursery(place.home, environment)
        try:
            size = Size.SHORT if options.short else Size.FULL if options.full else Size.USUAL
            drill = Drill(place, nursery, provider, say, options.seed, size, lines)
            programme.run(drill, _numbers(options))
            facts |= {
                lanes.KILLS: str(drill.kills),
                lanes.MOVES: str(drill.clock_moves),
                "time-out of a call": f"{READ_SECONDS:g} s (10 s outside the drill)",
                "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
            }
        finally:
            nursery.stop()
            from django.db import connections

            connections.close_all()


def _name(options: argparse.Namespace) -> str:
    """The folder below PORTAL_HOME: two lanes never share one."""
    if options.short:
        return "drill-short"
    return "drill" if options.lane is None else f"drill-lane-{options.lane}"


def _numbers(options: argparse.Namespace) -> Collection[str]:
    """Which tests are wanted; all, if that is empty."""
    if options.lane is not None:
        return lanes.LANES[options.lane]
    return set(filter(None, options.only.split(",")))


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
