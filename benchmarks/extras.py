"""What is not one page: signing in, the dispatcher at rest, memory, a cold start."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlencode

from django.contrib.auth.hashers import check_password, make_password
from django.db import connections

from benchmarks import processes
from benchmarks.databases import SMALL
from benchmarks.load import Ask, Connection, ask_all
from benchmarks.scene import PRACTICE
from benchmarks.servers import Server, environment
from benchmarks.verdicts import Figure
from portal.dev.cast import cast_member
from portal.dev.embedded.home import CHECKOUT

STORM = 32
_CSRF = "s" * 32
_NAMES = ("Ana", "Ben", "Fay")


def sign_ins(count: int, first: int) -> list[Ask]:
    """Right passwords, each from an address of its own, so that no limit counts them."""
    from django.conf import settings

    asks = []
    for number in range(first, first + count):
        member = cast_member(_NAMES[number % len(_NAMES)])
        headers = {
            "Cookie": f"{settings.CSRF_COOKIE_NAME}={_CSRF}",
            "X-CSRFToken": _CSRF,
            "X-Forwarded-For": f"198.18.{number // 250 % 250}.{number % 250 + 1}",
        }
        body = urlencode({"login": member.username, "password": member.password})
        asks.append(Ask(f"/{PRACTICE}/accounts/login/", "POST", headers, body, 302))
    return asks


def one_hash() -> float:
    """CPU milliseconds of checking one password with the project's own hasher."""
    encoded = make_password("a password for the benchmark")
    started = time.process_time()
    for _ in range(3):
        check_password("a password for the benchmark", encoded)
    return (time.process_time() - started) * 1000 / 3


def storm(server: Server, page: Ask) -> Figure:
    """Ask for a page all the time, first in quiet, then beside 32 people who sign in at once."""
    quiet = [Connection(server.port).ask(page).seconds for _ in range(10)]
    ask_all(server.port, sign_ins(4, 0))  # warm
    done = threading.Event()

    def sign_in() -> None:
        try:
            ask_all(server.port, sign_ins(STORM, 1000), at_once=STORM)
        finally:
            done.set()

    thread = threading.Thread(target=sign_in)
    started = time.monotonic()
    thread.start()
    waits = []
    while not done.is_set():
        waits += [each.seconds for each in ask_all(server.port, [page], at_once=1)]
    lasted = time.monotonic() - started
    thread.join()
    notes = (
        f"{len(waits)} pages answered in {lasted:.1f} s; quiet {median(quiet) * 1000:.0f} ms, "
        f"beside the storm median {median(waits) * 1000:.0f} ms, slowest {max(waits) * 1000:.0f} ms"
    )
    share = max(waits) / lasted
    goal = "no page waits for half of it"
    return Figure(
        f"a page beside {STORM} sign-ins", 0.5, goal, [share], unit="of the storm", notes=notes
    )


def idle_sweep(meter_pid: int, turns: int) -> tuple[float, float]:
    """CPU milliseconds of one look of the dispatcher with nothing due: itself, and the database."""
    from reminders.dispatcher import Dispatcher

    dispatcher = Dispatcher(threads=0)
    for _ in range(3):
        dispatcher.turn()  # the planning sweep, and whatever was due
    dispatcher._next_plan = float("inf")
    before_db, before = processes.cpu_seconds(meter_pid), time.process_time()
    for _ in range(turns):
        dispatcher.turn()
    own = (time.process_time() - before) * 1000 / turns
    database = (processes.cpu_seconds(meter_pid) - before_db) * 1000 / turns
    connections.close_all()
    return own, database


def memory(server: Server) -> list[float]:
    """Megabytes of each worker."""
    return [processes.pss_megabytes(pid) for pid in server.workers]


def cold_start(application: str, path: str) -> float:
    """CPU milliseconds of a new process until its first answer."""
    script = (
        "import sys, importlib; from io import BytesIO\n"
        f"application = importlib.import_module({application!r}).application\n"
        f"environ = dict(REQUEST_METHOD='GET', PATH_INFO={path!r}, SERVER_NAME='localhost',"
        " SERVER_PORT='80', HTTP_HOST='localhost', **{'wsgi.input': BytesIO(), 'wsgi.errors':"
        " sys.stderr, 'wsgi.url_scheme': 'http', 'wsgi.version': (1, 0)})\n"
        "said = []\n"
        "list(application(environ, lambda status, headers: said.append(status)))\n"
        "sys.exit(0 if said[0].startswith('200') else said[0])\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", script], cwd=CHECKOUT, env=environment(SMALL), check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


@contextmanager
def believing_one_proxy() -> Iterator[None]:
    """Servers started meanwhile count limits by the address that the benchmark names."""
    os.environ["TRUSTED_PROXY_COUNT"] = "1"
    try:
        yield
    finally:
        del os.environ["TRUSTED_PROXY_COUNT"]
