"""Starting the demo: one of it, on a port that is free, with programs that are all there."""

import fcntl
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.dev import demonstration
from portal.dev.embedded import Home, LauncherError
from portal.dev.embedded.account import Account
from portal.dev.embedded.home import open_lock, try_lock


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    home.prepare(Account())
    monkeypatch.setenv("PORTAL_HOME", str(home.path))
    return home


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_busy_port_says_how_to_choose_another(taken_port: int) -> None:
    with pytest.raises(LauncherError, match=f"make demo PORT={taken_port + 1}"):
        demonstration.check_port(taken_port)


def test_a_second_start_says_where_the_first_is(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    (home.run / "demo.json").write_text(json.dumps({"url": "http://localhost:8123"}))
    with open_lock(home.run / "demo.lock") as lock:
        assert try_lock(lock, fcntl.LOCK_EX)
        assert demonstration.main([]) == 0
        assert "already running at http://localhost:8123" in capsys.readouterr().out
        assert demonstration.main(["--fresh"]) == 1
        assert "Stop it first" in capsys.readouterr().err


def test_starting_over_leaves_a_database_that_somebody_named_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://portal_app@db.example/portal")
    with pytest.raises(LauncherError, match="only the demo's own servers are emptied"):
        demonstration.main(["--fresh"])


def test_the_programs_are_called_as_modules_so_that_spaces_in_the_path_do_no_harm(
    home: Home,
) -> None:
    programs = dict(demonstration.programs(home, 8123))
    assert {"worker", "beat", "web"} <= set(programs)
    for command in programs.values():
        assert command[0] == sys.executable
        assert command[1] == "-m" or command[1].endswith("manage.py")
    assert "127.0.0.1:8123" in programs["web"]
    assert not any(word.startswith(("0.", "*", ":")) for word in programs["web"])
