"""One Valkey server for Celery, the cache and the sign-in limits: in memory, behind a password."""

import contextlib
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from portal.dev.embedded.account import Account
from portal.dev.embedded.home import Home
from portal.dev.embedded.problems import LauncherError
from portal.dev.embedded.processes import die_with_parent

_START_SECONDS = 20.0
_STOP_SECONDS = 5.0
# Nothing is saved: rows are the truth and the queue is a bell, so a lost queue is found again.
_SETTINGS = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
save ""
appendonly no
maxmemory-policy noeviction
enable-debug-command no
enable-module-command no
databases 64
daemonize no
logfile ""
dir /
"""


@dataclass
class ValkeyServer:
    """The program, the account it runs under, and how to reach it."""

    program: Path
    account: Account
    password: str
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """The address of logical database 0."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self, home: Home) -> None:
        """Start and wait for an answer; raises LauncherError when there is none.

        The settings go in through standard input: a file would have to be readable by the
        servers' account, and the command line is readable by everybody.
        """
        with home.open_log("valkey") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own program and arguments
                [str(self.program), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
                **self.account.popen_options(),
            )
        settings = _SETTINGS.format(port=self.port, password=self.password)
        with contextlib.suppress(subprocess.TimeoutExpired, BrokenPipeError):
            self.process.communicate(settings.encode(), timeout=0.05)
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self.answers():
            ended = self.process is None or self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                self.stop()
                raise LauncherError(
                    "Valkey did not start: log/valkey.log in PORTAL_HOME says why, "
                    "or set REDIS_URL to a server of your own."
                )
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it is there and takes our password (two inline commands, no client needed)."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as wire:
                wire.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                reply = b""
                while reply.count(b"\r\n") < 2:
                    received = wire.recv(256)
                    if not received:
                        return False
                    reply += received
        except OSError:
            return False
        return reply == b"+OK\r\n+PONG\r\n"

    def stop(self) -> None:
        """Stop at once; there is nothing to write."""
        if self.process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(_STOP_SECONDS)
