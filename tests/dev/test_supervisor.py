"""Programs that are kept running, and that leave with us however we leave."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.dev.embedded import Home
from portal.dev.embedded.account import Account
from portal.dev.embedded.home import CHECKOUT
from portal.dev.embedded.processes import ProcessMark
from portal.dev.supervisor import Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF_CODE = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
DEAF = [sys.executable, "-c", DEAF_CODE]
PARENT = """
import os, sys, time
from pathlib import Path
from portal.dev.embedded import Home
from portal.dev.supervisor import Supervisor
supervisor = Supervisor(Home(Path(sys.argv[1])), os.environ, print)
supervisor.add("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
print(supervisor.marks()[0].pid, flush=True)
time.sleep(60)
"""


def wait_until(look: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.prepare(Account())
    return home


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(home: Home, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(home, os.environ, said.append)
    yield supervisor
    supervisor.kill()


def test_a_child_that_dies_is_started_again_and_said(
    supervisor: Supervisor, said: list[str]
) -> None:
    supervisor.add("sleeper", SLEEP)
    before = supervisor.marks()[0]
    os.kill(before.pid, signal.SIGKILL)
    assert wait_until(supervisor.look)
    assert "sleeper ended (signal 9)" in said[0]
    assert "sleeper.log" in said[0]
    assert supervisor.marks() == []
    assert wait_until(supervisor.look)
    assert supervisor.marks()[0] != before


def test_the_pause_before_a_restart_grows_until_it_is_hopeless(supervisor: Supervisor) -> None:
    supervisor.add("failing", [sys.executable, "-c", "raise SystemExit(3)"])
    child = supervisor.children[0]
    pauses = []
    while supervisor.has_given_up() is None:
        assert wait_until(lambda: supervisor.look() and child.process is None)
        pauses.append(child.pause)
        child.start_again_at = 0.0
        if supervisor.has_given_up() is None:
            assert supervisor.look()
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]


def test_stopping_ends_the_last_started_first(supervisor: Supervisor) -> None:
    supervisor.add("first", SLEEP)
    supervisor.add("second", SLEEP)
    marks = supervisor.marks()
    supervisor.stop()
    assert not any(mark.alive() for mark in marks)


def test_a_child_that_does_not_listen_is_ended_all_the_same(
    supervisor: Supervisor, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.dev.supervisor._STOP_SECONDS", 0.2)
    supervisor.add("deaf", DEAF)
    assert wait_until(lambda: "deaf" in (home.log / "deaf.log").read_text())
    mark = supervisor.marks()[0]
    supervisor.stop()
    assert not mark.alive()


def test_what_a_child_started_itself_is_ended_with_it(supervisor: Supervisor, home: Home) -> None:
    supervisor.add("family", ["/bin/sh", "-c", "sleep 60 & echo $!; wait"])
    log = home.log / "family.log"
    assert wait_until(lambda: log.read_text().strip().isdigit())
    grandchild = ProcessMark.of(int(log.read_text()))
    assert grandchild is not None
    supervisor.stop()
    assert grandchild.wait(5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the next start does it")
def test_a_killed_supervisor_takes_its_children_along(home: Home) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(home.path)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = ProcessMark.of(int(parent.stdout.readline()))
    assert child is not None
    parent.kill()
    parent.communicate()
    assert child.wait(5)
