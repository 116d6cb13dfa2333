"""What a command calls: join the running servers of a home, or start them."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal.dev.embedded import keeper
from portal.dev.embedded.account import server_account
from portal.dev.embedded.home import CHECKOUT, Home, locked, open_lock, try_lock
from portal.dev.embedded.problems import LauncherError, explain
from portal.dev.embedded.state import State

ALL_PARTS = (keeper.POSTGRES, keeper.VALKEY)
_LOCK_SECONDS = 90.0
_RESTART_SECONDS = 15.0
_STOP_SECONDS = 30.0


def _quiet(_line: str) -> None:
    """No progress wanted."""


@dataclass
class Servers:
    """Running servers, ours until ``stop()``: they live while anybody uses them."""

    home: Home
    state: State
    parts: list[str]
    started_here: bool
    _users: IO[bytes]

    def environment(self) -> dict[str, str]:
        """DATABASE_URL, its OWNER and DISPATCH siblings, and REDIS_URL: the parts asked for."""
        return dict(self.state.environment)

    def alive(self) -> bool:
        """Whether their keeper is still there."""
        return self.state.kept()

    def stop(self) -> None:
        """Leave. The last one out stops the servers and waits until they have ended."""
        if self._users.closed:
            return
        if _alone(self._users):
            self.state.keeper.send(signal.SIGTERM)
            self.state.keeper.wait(_STOP_SECONDS)
        self._users.close()

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def join_or_start(
    home: Path | Home,
    *,
    durable: bool,
    parts: Sequence[str] = ALL_PARTS,
    say: Callable[[str], None] = _quiet,
) -> Servers:
    """The servers of ``home``: the running ones, or new ones when there are none.

    ``durable`` is False for tests, whose data may be lost when the machine stops. ``say`` gets one
    line for each step that takes a moment. Raises LauncherError with one line that says what to do.
    """
    home = home if isinstance(home, Home) else Home(home)
    wanted = list(parts)
    home.prepare(server_account())
    users = open_lock(keeper.users_file(home, wanted))
    try:
        # Waits while the last user before us is still stopping the servers.
        fcntl.flock(users, fcntl.LOCK_SH)
        lock = home.run / f"{keeper.set_name(wanted)}.start"
        with locked(
            lock, seconds=_LOCK_SECONDS, waiting=lambda: say("waiting for another start to finish")
        ):
            state = _running(home, wanted)
            started_here = state is None
            if state is None:
                say("starting " + " and ".join(part.capitalize() for part in wanted))
                state = _start(home, durable, wanted)
    except OSError as error:
        users.close()
        raise explain(error, home.path) from None
    except BaseException:
        users.close()
        raise
    return Servers(home, state, wanted, started_here, users)


def end_unused(home: Home) -> bool:
    """Stop servers that nobody uses, leftovers of a kill included. False when somebody does."""
    for parts in (list(ALL_PARTS), *([part] for part in ALL_PARTS)):
        with open_lock(keeper.users_file(home, parts)) as users:
            if not _alone(users):
                return False
            state = State.load(keeper.state_file(home, parts))
            if state is not None:
                state.keeper.end(signal.SIGTERM, _STOP_SECONDS, signal.SIGKILL)
                _end_servers(state)
    return True


def _alone(users: IO[bytes]) -> bool:
    """Whether nobody else uses the servers, asked by taking the lock whole.

    Changing a shared lock into a whole one lets go of it for a moment, in which the keeper may take
    it to stop the servers: then wait until it has.
    """
    deadline = time.monotonic() + _STOP_SECONDS
    while not try_lock(users, fcntl.LOCK_EX):
        if try_lock(users, fcntl.LOCK_SH) or time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _running(home: Home, parts: list[str]) -> State | None:
    """The state of servers that are kept and answer; ends what a killed start left behind."""
    path = keeper.state_file(home, parts)
    state = State.load(path)
    if state is None:
        return None
    deadline = time.monotonic() + _RESTART_SECONDS
    while state.kept():
        if state.answering():
            return state
        if time.monotonic() > deadline:
            state.keeper.end(signal.SIGTERM, _STOP_SECONDS, signal.SIGKILL)
            break
        time.sleep(0.1)  # the keeper may be restarting one of them
        state = State.load(path) or state
    _end_servers(state)
    return None


def _end_servers(state: State) -> None:
    for name, server in state.servers.items():
        gently = signal.SIGINT if name == keeper.POSTGRES else signal.SIGTERM
        server.end(gently, _STOP_SECONDS, signal.SIGKILL)


def _start(home: Home, durable: bool, parts: list[str]) -> State:
    """Start a keeper in a session of its own, so that Ctrl-C reaches us and not the servers."""
    environment = dict(os.environ)
    paths = [str(CHECKOUT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    kind = "durable" if durable else "quick"
    with home.open_log("keeper") as log:
        process = subprocess.Popen(  # noqa: S603 - this Python, our own module
            [sys.executable, "-m", __package__, str(home.path), kind, *parts],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert process.stdout is not None  # noqa: S101 - asked for above
    with process.stdout as answer:
        line = answer.readline()
    try:
        said = json.loads(line)
    except ValueError:
        said = {"error": f"The servers did not start: {home.log / 'keeper.log'} says why."}
    if "error" in said:
        process.wait()
        raise LauncherError(said["error"])
    _let_go(process)
    state = State.load(keeper.state_file(home, parts))
    if state is None:
        raise LauncherError(f"{home.run} lost its state: run this again.")
    return state


def _let_go(process: "subprocess.Popen[bytes]") -> None:
    """The keeper outlives us: keep Python from warning that nobody waits for it."""
    process.returncode = 0
