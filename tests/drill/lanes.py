"""The whole drill in two lanes beside each other, each with its own servers, stages and clock.

Much of a test is waiting: for a lease, a grace, a server that starts. One lane waits while the
other works.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypedDict

from portal.dev.embedded.home import CHECKOUT
from portal.dev.embedded.processes import die_with_parent
from tests.drill.report import Line

LANES = (
    ("01", "07"),
    ("02", "red", "03", "04", "05", "06", "10", "night", "11", "12", "14", "RISK"),
)
"""The numbers of tests in each; the first has the storms."""

KILLS, MOVES = "kill -9", "times the portal's clock was moved, always while no dispatcher ran"
_SUMS = (KILLS, MOVES)
"""Facts that are counted in each lane."""


def run(seed: int, *, full: bool = False) -> tuple[list[Line], dict[str, str], str]:
    """Run both to their ends. Returns the lines, the facts, and what stopped a lane, if anything.

    Whoever interrupts it gets what was found so far.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.json" for number in range(len(LANES))]
        running = [_start(number, file, seed, full=full) for number, file in enumerate(files)]
        try:
            with contextlib.suppress(KeyboardInterrupt):
                for process in running:
                    process.wait()
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()
        return read(files)


class _Told(TypedDict):
    """What one lane leaves."""

    lines: list[dict[str, Any]]
    facts: dict[str, str]
    stopped: str


def write(file: Path, lines: list[Line], facts: dict[str, str], stopped: str) -> None:
    """Leave for `run` what one lane has found."""
    told: _Told = {"lines": [asdict(line) for line in lines], "facts": facts, "stopped": stopped}
    file.write_text(json.dumps(told))


def read(files: list[Path]) -> tuple[list[Line], dict[str, str], str]:
    """What the lanes left, together."""
    told: list[_Told] = [json.loads(file.read_text()) for file in files if file.exists()]
    found = [Line(**line) for lane in told for line in lane["lines"]]
    facts = {name: value for lane in told for name, value in lane["facts"].items()}
    for name in _SUMS:
        facts[name] = str(sum(int(lane["facts"].get(name, 0)) for lane in told))
    stopped = list(dict.fromkeys(lane["stopped"] for lane in told if lane["stopped"]))
    if len(told) < len(files):
        stopped.append("a lane ended without a word")
    return sorted(found, key=lambda line: line.test), facts, ", ".join(stopped)


def _start(number: int, file: Path, seed: int, *, full: bool) -> subprocess.Popen[bytes]:
    words = ("--lane", str(number), "--to", str(file), "--seed", str(seed))
    size = ("--full",) if full else ()
    return subprocess.Popen(
        [sys.executable, "-m", "tests.drill", *words, *size],
        cwd=CHECKOUT,
        env=os.environ,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
