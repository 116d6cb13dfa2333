"""The process that owns the servers while anybody uses them.

Commands come and go in any order and any of them may be killed, so none of them is the servers'
parent. Each user holds a shared lock on ``run/<set>.users``; the keeper stops the servers when it
can take that lock alone, which the system makes true even after ``kill -9``. When the keeper
itself is killed the kernel stops its servers (Linux), or the next start does (elsewhere).
Run as ``python -m portal.dev.embedded``; it says one JSON line, then serves.
"""

import fcntl
import os
import secrets
import signal
import time
from contextlib import suppress
from json import dumps
from pathlib import Path
from types import FrameType

from portal.dev.embedded.account import Account, server_account
from portal.dev.embedded.binaries import find_postgres, find_valkey
from portal.dev.embedded.home import Home, open_lock, read_json, try_lock, write_private
from portal.dev.embedded.postgres import (
    APP,
    DISPATCH,
    OWNER,
    SUPERUSER,
    PortTakenError,
    PostgresServer,
)
from portal.dev.embedded.problems import LauncherError, explain
from portal.dev.embedded.processes import ProcessMark, free_port
from portal.dev.embedded.state import State
from portal.dev.embedded.valkey import ValkeyServer

POSTGRES, VALKEY = "postgres", "valkey"
_LOOK_SECONDS = 0.1
_TRIES = 5


class Keeper:
    """Starts the wanted servers, restarts one that dies, stops all when nobody is left."""

    def __init__(self, home: Home, *, durable: bool, parts: list[str]) -> None:
        self.home = home
        self.durable = durable
        self.parts = parts
        self.state_file = state_file(home, parts)
        self.postgres: PostgresServer | None = None
        self.valkey: ValkeyServer | None = None
        self._asked_to_stop = False
        self._restarts: list[float] = []

    def start(self) -> None:
        """Bring the servers up and write the state. Raises LauncherError; nothing runs then."""
        account = server_account()
        self.home.prepare(account)
        root = self.home.data_root(account)
        passwords = credentials(self.home)
        earlier = State.load(self.state_file)
        ports = earlier.ports if earlier else {}
        try:
            if POSTGRES in self.parts:
                self._start_postgres(account, root, passwords, ports.get(POSTGRES))
            if VALKEY in self.parts:
                program = find_valkey(account, root / "programs")
                port = free_port(ports.get(VALKEY))
                self.valkey = ValkeyServer(program, account, passwords[VALKEY], port)
                self.valkey.start(self.home)
        except BaseException:
            self.stop()
            raise
        self._save()

    def _start_postgres(
        self, account: Account, root: Path, passwords: dict[str, str], earlier: int | None
    ) -> None:
        programs = find_postgres(account, root / "programs")
        server = PostgresServer(
            programs, root / "postgres", account, passwords, free_port(earlier), self.durable
        )
        server.initialise()
        for attempt in range(_TRIES):
            try:
                server.start(self.home)
                break
            except PortTakenError:
                if attempt == _TRIES - 1:
                    raise
                server.port = free_port()
        self.postgres = server

    def serve(self) -> None:
        """Watch until nobody uses the servers or a signal says stop."""
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with open_lock(users_file(self.home, self.parts)) as users:
            while not self._asked_to_stop:
                time.sleep(_LOOK_SECONDS)
                if try_lock(users, fcntl.LOCK_EX):  # nobody is left, and nobody new comes in
                    break
                self._restart_the_dead()
            self.stop()

    def stop(self) -> None:
        """Stop what runs; the state stays behind for its ports, with a keeper that is gone."""
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()

    def _restart_the_dead(self) -> None:
        for server in (self.postgres, self.valkey):
            if server is None or server.process is None or server.process.poll() is None:
                continue
            self._restarts = [at for at in self._restarts if at > time.monotonic() - 60]
            self._restarts.append(time.monotonic())
            if len(self._restarts) > _TRIES:
                self._asked_to_stop = True
                return
            with suppress(LauncherError):  # its log says why; the next look tries again
                server.start(self.home)
                self._save()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop = True

    def _save(self) -> None:
        marks: dict[str, ProcessMark] = {}
        ports: dict[str, int] = {}
        environment: dict[str, str] = {}
        versions: dict[str, str] = {}
        if self.postgres is not None and self.postgres.process is not None:
            marks[POSTGRES] = _mark(self.postgres.process.pid)
            ports[POSTGRES] = self.postgres.port
            versions[POSTGRES] = str(self.postgres.programs.major)
            environment |= {
                "DATABASE_URL": self.postgres.url(APP),
                "DATABASE_OWNER_URL": self.postgres.url(OWNER),
                "DATABASE_DISPATCH_URL": self.postgres.url(DISPATCH),
            }
        if self.valkey is not None and self.valkey.process is not None:
            marks[VALKEY] = _mark(self.valkey.process.pid)
            ports[VALKEY] = self.valkey.port
            environment["REDIS_URL"] = self.valkey.url
        State(_mark(os.getpid()), marks, ports, environment, versions).save(self.state_file)


def set_name(parts: list[str]) -> str:
    """The name of a set of servers; the usual one is both."""
    return "servers" if len(parts) > 1 else parts[0]


def state_file(home: Home, parts: list[str]) -> Path:
    """Where the running set is described."""
    return home.run / f"{set_name(parts)}.json"


def users_file(home: Home, parts: list[str]) -> Path:
    """The lock that every user of the set shares."""
    return home.run / f"{set_name(parts)}.users"


def _mark(pid: int) -> ProcessMark:
    mark = ProcessMark.of(pid)
    if mark is None:
        raise LauncherError("A server ended while starting: its log in PORTAL_HOME says why.")
    return mark


def credentials(home: Home) -> dict[str, str]:
    """Random passwords, made once and kept with the data they open."""
    path = home.path / "credentials.json"
    kept = read_json(path) or {}
    names = (SUPERUSER, OWNER, APP, DISPATCH, VALKEY)
    passwords = {name: str(kept.get(name) or secrets.token_urlsafe(24)) for name in names}
    if passwords != kept:
        write_private(path, dumps(passwords, indent=2) + "\n")
    return passwords


def _say(**line: str) -> None:
    """One line to whoever started us; it may be gone already."""
    with suppress(OSError):
        os.write(1, (dumps(line) + "\n").encode())


def main(arguments: list[str]) -> int:
    """Start, report, serve. Exit code 1 when the servers did not start."""
    path, durable, *parts = arguments
    home = Home(Path(path))
    keeper = Keeper(home, durable=durable == "durable", parts=parts)
    try:
        keeper.start()
    except LauncherError as error:
        _say(error=str(error))
        return 1
    except OSError as error:
        _say(error=str(explain(error, home.path)))
        return 1
    _say(ready="yes")
    # The terminal that started us may close: from here on nobody listens.
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    keeper.serve()
    return 0
