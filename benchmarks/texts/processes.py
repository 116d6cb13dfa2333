"""Programs that are measured from outside: what they took, and that they ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import urlopen

from benchmarks import processes
from benchmarks.servers import environment
from portal.dev.embedded import LauncherError
from portal.dev.embedded.home import CHECKOUT
from portal.dev.embedded.processes import answers, free_port

LATENCY_MS = 100


@dataclass(frozen=True)
class Spent:
    """What one run of a program took: seconds on the clock and of CPU, and its most memory in MB.

    `database` is CPU of all of Postgres meanwhile.
    """

    seconds: float
    cpu: float
    database: float
    megabytes: float
    said: str


def run(arguments: list[str], *, database: str, postmaster: int, **more: str) -> Spent:
    """Run one of our programs to its end. Raises CalledProcessError when it fails."""
    before, started = processes.cpu_seconds(postmaster), time.monotonic()
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        env={**environment(database), **more},
        stdout=subprocess.PIPE,
        text=True,
    )
    peak = _Peak(child.pid)
    said = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    peak.over.set()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, arguments)
    return Spent(
        seconds=time.monotonic() - started,
        cpu=usage.ru_utime + usage.ru_stime,
        database=processes.cpu_seconds(postmaster) - before,
        megabytes=peak.megabytes,
        said=said,
    )


class _Peak:
    """Looks at the memory of a process ten times a second, until `over`."""

    def __init__(self, pid: int) -> None:
        self.megabytes = 0.0
        self.over = threading.Event()
        threading.Thread(target=self._look, args=(pid,), daemon=True).start()

    def _look(self, pid: int) -> None:
        while not self.over.wait(0.1):
            self.megabytes = max(self.megabytes, processes.peak_megabytes(pid))


@contextlib.contextmanager
def provider(latency_ms: int = LATENCY_MS) -> Iterator[str]:
    """A stand-in of the provider; yields its origin."""
    port = free_port()
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.texts.stub", str(port), str(latency_ms)], cwd=CHECKOUT
    )
    try:
        deadline = time.monotonic() + 20
        while not answers(port):
            if child.poll() is not None or time.monotonic() > deadline:
                raise LauncherError("the stand-in of the provider does not start")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(5)


def counted(origin: str) -> dict[str, int]:
    """How many texts the stand-in took, and the most in one second."""
    with urlopen(f"{origin}/count") as answer:  # noqa: S310 - our own loopback server
        return dict(json.load(answer))
