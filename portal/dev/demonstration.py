"""``manage.py demo``: the whole portal with made-up people, in the foreground, until Ctrl-C."""

import argparse
import contextlib
import fcntl
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from portal.dev import launch
from portal.dev.embedded import Home, LauncherError, Servers, default_home
from portal.dev.embedded.home import CHECKOUT, open_lock, read_json, try_lock, write_private
from portal.dev.embedded.processes import ProcessMark, is_free
from portal.dev.supervisor import Supervisor

DEFAULT_PORT = 8000
_READY_SECONDS = 90.0
_LOOK_SECONDS = 0.3


class StopAsked(BaseException):
    """Ctrl-C, SIGTERM, or the terminal closed. Not an error, so no handler may swallow it."""


class Demonstration:
    """One running demo below one home. Start it, look after it, stop it."""

    def __init__(self, home: Home, port: int, say: Callable[[str], None]) -> None:
        self.home = home
        self.port = port
        self.say = say
        self.url = f"http://localhost:{port}"
        self.servers: Servers | None = None
        self.supervisor: Supervisor | None = None
        self.parts = launch.missing_parts(os.environ)

    def start(self) -> None:
        """Servers, database, people, static files, then the programs. Raises LauncherError."""
        self._end_leftovers()
        if self.parts:
            self.servers = launch.enter(self.home, self.parts, self.say)
        os.environ.setdefault("PORTAL_MODE", "demo")
        os.environ["PORTAL_HOME"] = str(self.home.path)
        os.environ.setdefault("SECRET_KEY", self.home.secret())
        os.environ["PORT"] = str(self.port)
        self._prepare()
        self.supervisor = Supervisor(self.home, os.environ, self.say)
        for name, command in programs(self.home, self.port):
            self.say(f"starting {name}")
            self.supervisor.add(name, command)
            self._save()
        self._wait_until_ready()

    def look_after(self) -> None:
        """Start again what died, servers first. Raises LauncherError for the hopeless."""
        if self.servers is not None and not self.servers.alive():
            self.say("the servers have ended; starting them again")
            self.servers.stop()
            self.servers = launch.enter(self.home, self.parts, self.say)
        if self.supervisor is not None:
            if self.supervisor.look():
                self._save()
            hopeless = self.supervisor.has_given_up()
            if hopeless is not None:
                log = self.home.log / f"{hopeless.name}.log"
                raise LauncherError(f"{hopeless.name} ends again and again: {log} says why.")

    def stop(self) -> None:
        """Programs first, then our use of the servers."""
        if self.supervisor is not None:
            self.supervisor.stop()
        if self.servers is not None:
            self.servers.stop()
        (self.home.run / "demo.json").unlink(missing_ok=True)

    def kill(self) -> None:
        """Stop without waiting."""
        if self.supervisor is not None:
            self.supervisor.kill()

    def _prepare(self) -> None:
        import django

        django.setup()
        from portal.dev import preparation

        # Compressing is work for the second core while the first makes up people.
        with ThreadPoolExecutor(1) as beside:
            static = beside.submit(preparation.collect_static, self.home, say=self.say)
            preparation.prepare(self.home, seed=True, say=self.say)
            static.result()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while (answer := _readiness(self.port)) != "ok":
            self.look_after()
            if time.monotonic() > deadline:
                raise LauncherError(
                    f"The portal does not get ready ({answer}): {self.home.log} says why."
                )
            time.sleep(0.1)

    def _end_leftovers(self) -> None:
        """What a killed demo left behind where the kernel did not end it for us."""
        for found in (read_json(self.home.run / "demo.json") or {}).get("programs", []):
            with contextlib.suppress(TypeError):
                ProcessMark(**found).end(signal.SIGTERM, 10, signal.SIGKILL)

    def _save(self) -> None:
        marks = self.supervisor.marks() if self.supervisor is not None else []
        state = {
            "pid": os.getpid(),
            "url": self.url,
            "programs": [asdict(mark) for mark in marks],
        }
        write_private(self.home.run / "demo.json", json.dumps(state, indent=2) + "\n")


def programs(home: Home, port: int) -> Iterator[tuple[str, list[str]]]:
    """The programs of the portal beside its servers, each by name and command.

    Called as modules, because a script's first line breaks in a folder with spaces in its name.
    """
    python = sys.executable
    celery = [python, "-m", "celery", "--app", "portal.celery"]
    quiet = ["--without-gossip", "--without-mingle"]
    threads = ["--pool", "threads", "--concurrency", "4"]
    yield "worker", [*celery, "worker", *threads, *quiet, "--loglevel", "INFO"]
    yield "beat", [*celery, "beat", "--pidfile=", "--schedule", str(home.run / "beat")]
    from django.core.management import get_commands

    if "dispatch" in get_commands():
        yield "dispatcher", [python, str(CHECKOUT / "manage.py"), "dispatch"]
    binds = ["--bind", f"127.0.0.1:{port}"]
    if is_free(port, host="::1"):
        binds += ["--bind", f"[::1]:{port}"]
    yield (
        "web",
        [
            *[python, "-m", "gunicorn", "portal.wsgi:application", *binds],
            *["--worker-class", "gthread", "--workers", "2", "--threads", "4"],
            *["--graceful-timeout", "3", "--no-control-socket", "--log-level", "warning"],
            *["--forwarder-headers", ""],  # no header says below which path the portal lives
        ],
    )


def _readiness(port: int) -> str:
    """``ok``, or in a few words what is not there yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
            return str(json.load(answer)["status"])
    except urllib.error.HTTPError as error:
        try:
            parts = json.load(error).get("parts", {})
        except ValueError:
            return f"answer {error.code}"
        return ", ".join(f"{name}: {state}" for name, state in parts.items() if state != "ok")
    except (OSError, ValueError):
        return "no answer"


def main(arguments: list[str]) -> int:
    """Run the demo; exit code 0 when it was stopped by hand or is running already."""
    options = parser().parse_args(arguments)
    if options.check:
        from portal.dev import checking

        return checking.main()
    say = launch.Progress()
    home = Home(default_home())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    try:
        with _alone(home, options.fresh) as running:
            if running is not None:
                return _say_it_runs(running, fresh=options.fresh)
            check_port(options.port)
            return _run(Demonstration(home, options.port, say))
    except StopAsked:
        return 0


def parser() -> argparse.ArgumentParser:
    """The command line of ``manage.py demo``."""
    made = argparse.ArgumentParser(
        prog="manage.py demo", description="Run the portal with made-up people, until Ctrl-C."
    )
    made.add_argument("--fresh", action="store_true", help="start over: remove the demo's data")
    made.add_argument(
        "--check",
        action="store_true",
        help="start a second demo on free ports, walk through it, stop it; exit 0 or 1",
    )
    made.add_argument(
        "--port",
        type=int,
        default=int(os.environ.get("PORT") or DEFAULT_PORT),
        help="the web server's port (default: PORT, else 8000)",
    )
    return made


def check_port(port: int) -> None:
    """Raise LauncherError when somebody listens there already."""
    if not is_free(port) or not is_free(port, host="0.0.0.0"):  # noqa: S104 - only asked, not used
        raise LauncherError(
            f"Port {port} is in use by another program: stop that, or choose another port: "
            f"make demo PORT={port + 1}"
        )


def _run(demonstration: Demonstration) -> int:
    try:
        demonstration.start()
        from portal.dev import announcement  # needs the settings, which need the servers

        demonstration.say("ready")
        sys.stdout.write(announcement.ready(demonstration.url, demonstration.home))
        sys.stdout.flush()
        while True:
            time.sleep(_LOOK_SECONDS)
            demonstration.look_after()
    except StopAsked:
        demonstration.say("stopping; a second Ctrl-C does not wait")
        return 0
    finally:
        try:
            demonstration.stop()
            demonstration.say("stopped; the data is kept")
        except StopAsked:
            demonstration.kill()


@contextlib.contextmanager
def _alone(home: Home, fresh: bool) -> Iterator[str | None]:
    """Hold the home for one demo; yields the address of the one that runs, if one does."""
    from portal.dev.embedded.account import server_account

    account = server_account()
    home.prepare(account)
    with contextlib.ExitStack() as held:
        lock = held.enter_context(open_lock(home.run / "demo.lock"))
        if not try_lock(lock, fcntl.LOCK_EX):
            yield str((read_json(home.run / "demo.json") or {}).get("url", "its address soon"))
            return
        if fresh:
            _empty(home)
            home.prepare(account)
            lock = held.enter_context(open_lock(home.run / "demo.lock"))
            try_lock(lock, fcntl.LOCK_EX)
        yield None


def _empty(home: Home) -> None:
    if launch.missing_parts(os.environ) != ["postgres", "valkey"]:
        raise LauncherError(
            "DATABASE_URL or REDIS_URL is set: only the demo's own servers are emptied. "
            "Unset them, or empty that database by hand."
        )
    from portal.dev.embedded.servers import end_unused

    if not end_unused(home):
        raise LauncherError(
            "Another command is using the demo's database: end it, then run this again."
        )
    home.empty()


def _say_it_runs(url: str, *, fresh: bool) -> int:
    sys.stdout.write(f"The demo is already running at {url}\n")
    if fresh:
        sys.stderr.write("Stop it first (Ctrl-C where it runs), then start over.\n")
        return 1
    sys.stdout.write(
        "A second one wants a home of its own: PORTAL_HOME=/another/folder PORT=8001\n"
    )
    return 0


def _ask_to_stop(_number: int, _frame: object) -> None:
    raise StopAsked
