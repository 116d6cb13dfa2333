"""Processes by more than their number: a number is used again, a number with its start is not."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class ProcessMark:
    """A process: its number and the moment it started, as the system tells it (opaque text)."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "ProcessMark | None":
        """The mark of a living process, or None when there is none of that number."""
        started = _started(pid)
        return None if started is None else cls(pid, started)

    def alive(self) -> bool:
        """Whether this very process is still there (a zombie is not)."""
        return _started(self.pid) == self.started

    def send(self, number: signal.Signals) -> None:
        """Signal this process if it is still the same one; silently nothing otherwise."""
        if self.alive():
            try:
                os.kill(self.pid, number)
            except (ProcessLookupError, PermissionError):
                return

    def wait(self, seconds: float) -> bool:
        """Wait for its end; False when it is still there after ``seconds``."""
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def end(self, gently: signal.Signals, seconds: float, firmly: signal.Signals) -> None:
        """Ask, wait, insist."""
        self.send(gently)
        if not self.wait(seconds):
            self.send(firmly)
            self.wait(seconds)


def _started(pid: int) -> str | None:
    """Start time of a living process, from /proc where there is one, else from ps."""
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        # The name in brackets may hold spaces and brackets: the fields begin after the last one.
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    listing = subprocess.run(  # noqa: S603 - fixed program, a number as argument
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "PATH": "/bin:/usr/bin"},
    ).stdout.split(maxsplit=1)
    if len(listing) != 2 or listing[0].startswith("Z"):
        return None
    return listing[1].strip()


def command_of(pid: int) -> str:
    """The command line of a process, or an empty text."""
    return subprocess.run(  # noqa: S603 - fixed program, a number as argument
        ["/bin/ps", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A ``preexec_fn`` that makes the kernel send ``number`` when the parent is gone (Linux).

    Elsewhere None: there the keeper and the next start clean up after a killed parent.
    """
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        library.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and here
            os._exit(1)

    return prepare


def answers(port: int, *, host: str = _LOOPBACK, seconds: float = 1.0) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=seconds):
            return True
    except OSError:
        return False


def is_free(port: int, *, host: str = _LOOPBACK) -> bool:
    """Whether we could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """A loopback port nobody listens on: the preferred one when it is free.

    Keeping the number over a restart lets programs that are connected find the server again.
    """
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])
