"""gunicorn processes to be measured: started, warmed, and none of them left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from benchmarks import processes
from portal.dev.embedded import Home, LauncherError
from portal.dev.embedded.home import CHECKOUT
from portal.dev.embedded.processes import ProcessMark, answers, die_with_parent, free_port

WORKERS, THREADS = 2, 4
_START_SECONDS = 60.0
_ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_DISPATCH_URL")


def environment(database: str) -> dict[str, str]:
    """The environment of a program that works on that database."""
    changed = {
        name: urlunsplit(urlsplit(os.environ[name])._replace(path=f"/{database}"))
        for name in _ADDRESSES
    }
    return {**os.environ, **changed, "LOG_LEVEL": "WARNING"}


@dataclass
class Server:
    """A running gunicorn."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, home: Home, name: str, application: str, database: str) -> Server:
        """Start one and wait until it answers. Raises LauncherError when it does not."""
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
        command += ["--worker-class", "gthread", "--workers", str(WORKERS)]
        command += ["--threads", str(THREADS), "--keep-alive", "30", "--graceful-timeout", "3"]
        command += ["--no-control-socket", "--log-level", "warning"]
        with home.open_log(f"bench-{name}") as log:
            process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                cwd=CHECKOUT,
                env=environment(database),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        server = cls(name, port, process)
        server._wait(home)
        return server

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        return [pid for pid in processes.tree(self.process.pid) if pid != self.process.pid]

    def stop(self) -> list[int]:
        """End it; returns the processes of it that are still there afterwards: none."""
        before = [ProcessMark.of(pid) for pid in processes.tree(self.process.pid)]
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)
        return [mark.pid for mark in before if mark is not None and not mark.wait(5)]

    def _wait(self, home: Home) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = home.log / f"bench-{self.name}.log"
                raise LauncherError(f"{self.name} does not start: {log} says why.")
            time.sleep(0.05)
