"""Processes of the portal, started in milliseconds.

Three hundred kills need three hundred starts, and a cold start costs two seconds of imports. So
one process imports everything, opens nothing, and forks: each child is a process of its own that
runs the same command line. `cold` starts go through the program itself. Whatever ends the nursery
ends its children, and whatever ends the drill ends the nursery.

Run as `python -m tests.drill.nursery`; it takes one JSON line at a time and answers with one.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from typing import Any

from portal.dev.embedded.home import CHECKOUT, Home
from portal.dev.embedded.processes import die_with_parent


class Nursery:
    """The drill's side. Use it from the main thread only."""

    def __init__(self, home: Home, environment: dict[str, str]) -> None:
        with home.open_log("drill-processes") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.drill.nursery"],
                cwd=CHECKOUT,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    def start(self, *words: str, cold: bool = False, skew: int = 0, broken: bool = False) -> int:
        """Run `manage.py` with these words, or what `_run` knows; returns the number.

        The child's machine has a clock that is `skew` seconds ahead. A `broken` one loses and
        doubles texts.
        """
        how = {"cold": cold, "skew": skew, "broken": broken}
        return int(self._ask(do="start", words=words, how=how)["pid"])

    def end(self, pid: int, number: signal.Signals) -> int | None:
        """Signal a child and wait until it is gone. Returns its exit status, minus a signal."""
        code: int | None = self._ask(do="end", pid=pid, number=int(number))["code"]
        return code

    def ended(self, pid: int) -> bool:
        """Whether a child has ended by itself."""
        return bool(self._ask(do="poll", pid=pid)["ended"])

    def stop(self) -> None:
        """Kill what is left."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _ask(self, **wanted: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The nursery has ended: log/drill-processes.log says why.")
        answer: dict[str, Any] = json.loads(line)
        return answer


# --- Inside -----------------------------------------------------------------------------------


def _serve() -> None:
    import django

    django.setup()
    _import_what_children_need()
    alive: set[int] = set()
    answers = os.dup(1)
    os.dup2(2, 1)  # what children print goes to the log
    for line in sys.stdin:
        wanted = json.loads(line)
        os.write(answers, (json.dumps(_obey(wanted, alive, answers)) + "\n").encode())
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    for pid in alive:
        os.waitpid(pid, 0)


def _obey(wanted: dict[str, Any], alive: set[int], answers: int) -> dict[str, Any]:
    if wanted["do"] == "start":
        pid = _fork(list(wanted["words"]), wanted["how"], answers)
        alive.add(pid)
        return {"pid": pid}
    pid = wanted["pid"]
    if pid not in alive:
        return {"ended": True, "code": None}
    if wanted["do"] == "poll":
        gone, _ = os.waitpid(pid, os.WNOHANG)
        if gone:
            alive.discard(pid)
        return {"ended": bool(gone)}
    os.kill(pid, wanted["number"])
    _, status = os.waitpid(pid, 0)
    alive.discard(pid)
    return {"ended": True, "code": os.waitstatus_to_exitcode(status)}


def _fork(words: list[str], how: dict[str, Any], answers: int) -> int:
    prepare = die_with_parent(signal.SIGKILL)
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        if prepare is not None:
            _die_with(parent)
        os.setsid()
        os.close(answers)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if how["cold"]:
            os.execv(sys.executable, [sys.executable, str(CHECKOUT / "manage.py"), *words])  # noqa: S606 - our own
        if how["skew"]:
            real = time.time
            time.time = lambda: real() + how["skew"]
        if how["broken"]:
            _break()
        _run(words)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    except BaseException:  # noqa: BLE001 - a child ends here, whatever happened
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _break() -> None:
    """Send as many a program does: forget some texts, and try again what is in doubt."""
    from itertools import count

    from reminders.rules.answers import Answer, Meaning
    from reminders.transports.twilio import Twilio

    calls, send = count(), Twilio.send

    def forgetful(self: Twilio, text: Any) -> Answer:
        if next(calls) % 10 == 0:
            return Answer(Meaning.ACCEPTED, sid=f"SM{text.attempt_id.hex}")
        return send(self, text)

    Twilio.send = forgetful  # type: ignore[method-assign]  # broken on purpose
    Twilio.find = lambda *_: None  # type: ignore[method-assign]  # so is this


def _die_with(parent: int) -> None:
    """As `die_with_parent`, seen from the child."""
    import ctypes

    ctypes.CDLL(None).prctl(1, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _run(words: list[str]) -> None:
    import random

    random.seed()  # every child would draw the same numbers
    if words[0] == "worker":
        from portal.celery import app

        app.worker_main(["worker", *words[1:]])
    elif words[0] == "web":
        from tests.environment.live_server import serve_for_ever

        serve_for_ever(int(words[1]))
    elif words[0] == "acts":
        from pathlib import Path

        from tests.drill import acts

        acts.play(Path(words[1]))
    elif words[0] == "patients":
        from pathlib import Path

        from tests.drill import patients

        patients.play(Path(words[1]))
    else:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["manage.py", *words, "--skip-checks"])


def _import_what_children_need() -> None:
    """Everything that a child would import, and no connection to anything."""
    from importlib import import_module

    for name in (
        "reminders.management.commands.dispatch",
        "reminders.transports.twilio",
        "twilio.rest.api",
        "twilio.rest.api.v2010.account",
        "portal.urls",
        "portal.practice_urls",
        "portal.celery",
        "celery.bin.worker",
        "celery.apps.worker",
        "tests.environment.live_server",
        "tests.drill.acts",
        "tests.drill.patients",
    ):
        import_module(name)
    from django.conf import settings
    from django.core.checks import run_checks
    from django.db import connections
    from django.urls import get_resolver

    run_checks()
    connections.close_all()  # children would share them
    for address in (settings.ROOT_URLCONF, settings.PRACTICE_URLCONF):
        get_resolver(address)._populate()  # what `reverse` begins with
    from reminders.transports import twilio

    seconds = os.environ.get("DRILL_READ_SECONDS")
    if seconds:  # ten seconds for each of hundreds of time-outs would be the whole drill
        twilio.READ_SECONDS = float(seconds)


if __name__ == "__main__":
    _serve()
