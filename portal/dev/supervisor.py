"""Keeps a few programs running in the foreground and leaves none behind.

Each child leads a session of its own, so Ctrl-C reaches only us and we stop them in order. When we
are killed the kernel tells them (Linux); their marks are on disk, so the next start finds what is
left elsewhere.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from portal.dev.embedded import Home
from portal.dev.embedded.home import CHECKOUT
from portal.dev.embedded.processes import ProcessMark, die_with_parent

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_STEADY_SECONDS = 60.0
_STOP_SECONDS = 10.0


@dataclass
class Child:
    """A program to keep running; ``log`` is the name of its file in PORTAL_HOME/log."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    mark: ProcessMark | None = None
    started_at: float = 0.0
    pause: float = _FIRST_PAUSE
    start_again_at: float | None = field(default=None)


class Supervisor:
    """Starts children, starts the dead again with growing pauses, stops all in reverse order."""

    def __init__(
        self, home: Home, environment: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self.home = home
        self.environment = dict(environment)
        self.say = say
        self.children: list[Child] = []

    def add(self, name: str, command: list[str]) -> None:
        """Start a program and keep it running from now on."""
        child = Child(name, command)
        self.children.append(child)
        self._start(child)

    def marks(self) -> list[ProcessMark]:
        """The living children, for the state file."""
        return [child.mark for child in self.children if child.mark is not None]

    def look(self) -> bool:
        """Start again what has died and whose pause is over. True when something changed."""
        changed = False
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._note_death(child, child.process.returncode)
                changed = True
            if child.start_again_at is not None and time.monotonic() >= child.start_again_at:
                self._start(child)
                changed = True
        return changed

    def has_given_up(self) -> Child | None:
        """A child that died again and again without ever running for a while, or None."""
        return next((child for child in self.children if child.pause > _LONGEST_PAUSE), None)

    def stop(self) -> None:
        """Ask each to end, last started first; insist after ten seconds."""
        for child in reversed(self.children):
            child.start_again_at = None
            if child.process is None:
                continue
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(_STOP_SECONDS)
            self._kill_session(child)

    def kill(self) -> None:
        """End everything now: the second Ctrl-C."""
        for child in self.children:
            self._kill_session(child)

    def _start(self, child: Child) -> None:
        with self.home.open_log(child.name) as log:
            child.process = subprocess.Popen(  # noqa: S603 - our own programs
                child.command,
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        child.mark = ProcessMark.of(child.process.pid)
        child.started_at = time.monotonic()
        child.start_again_at = None

    def _note_death(self, child: Child, code: int) -> None:
        if time.monotonic() - child.started_at > _STEADY_SECONDS:
            child.pause = _FIRST_PAUSE
        how = f"signal {-code}" if code < 0 else f"exit {code}"
        self.say(
            f"{child.name} ended ({how}); starting it again in {child.pause:g} s. "
            f"{self.home.log / (child.name + '.log')} says why"
        )
        child.process, child.mark = None, None
        child.start_again_at = time.monotonic() + child.pause
        child.pause *= 2

    @staticmethod
    def _kill_session(child: Child) -> None:
        """What the child left in its session, and the child if it is still there."""
        if child.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(2)
