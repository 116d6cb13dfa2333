"""manage.py on a clean clone: what it starts by itself, and when it starts nothing."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.utils import OperationalError

from portal.dev import launch
from portal.dev.embedded import Home, default_home
from portal.dev.embedded.home import CHECKOUT
from portal.dev.embedded.servers import end_unused

URLS = {"DATABASE_URL": "postgres://app@db/portal", "REDIS_URL": "redis://cache/0"}


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """As a new user has it: nothing of the portal is set."""
    ours = ("DATABASE_", "REDIS_", "PORTAL_", "SECRET_KEY", "DJANGO_", "PORT", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PORTAL_HOME": str(home), "DEMO_PATIENTS": "1", **more}


def manage(
    home: Path, *arguments: str, python: str = sys.executable, **more: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [python, str(CHECKOUT / "manage.py"), *arguments],
        cwd="/",
        env=clean_environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that several commands of this module share, as on a real machine."""
    path = tmp_path_factory.mktemp("launch") / "home"
    yield path
    Home(path).run.mkdir(parents=True, exist_ok=True)
    assert end_unused(Home(path)), "a command left its servers in use"
    Home(path).empty()


def test_production_never_gets_a_database_of_its_own() -> None:
    assert launch.missing_parts({"PORTAL_MODE": "production"}) == []


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, ["postgres", "valkey"]),
        ({"DATABASE_URL": URLS["DATABASE_URL"]}, ["valkey"]),
        ({"REDIS_URL": URLS["REDIS_URL"]}, ["postgres"]),
        (URLS, []),
    ],
)
def test_only_what_nobody_named_is_started(given: dict[str, str], missing: list[str]) -> None:
    assert launch.missing_parts(dict(given)) == missing


def test_the_home_is_in_the_checkout_unless_said_otherwise() -> None:
    assert default_home({}) == CHECKOUT / ".portal"
    assert default_home({"PORTAL_HOME": "/somewhere else"}) == Path("/somewhere else")


def test_production_without_settings_is_refused_in_one_line(home: Path) -> None:
    finished = manage(home, "check", PORTAL_MODE="production")
    assert finished.returncode == 1
    assert "SECRET_KEY is not set." in finished.stderr
    assert finished.stderr.count("\n") == 1
    assert finished.stdout == ""


def test_there_is_no_demo_in_production(home: Path) -> None:
    settings = {
        "PORTAL_MODE": "production",
        "SECRET_KEY": "x" * 50,
        "PUBLIC_URL": "https://portal.example",
        "EMAIL_URL": "smtp://mail.example",
        "DATABASE_URL": "postgres://portal_app@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    finished = manage(home, "demo", **settings)
    assert finished.returncode == 1
    assert "There is no demo in production" in finished.stderr


def test_a_database_that_does_not_answer_is_said_in_one_line(home: Path) -> None:
    nowhere = {name: url for name, url in launch.NOWHERE.items() if name != "SECRET_KEY"}
    finished = manage(home, "migrate", PORTAL_MODE="demo", SECRET_KEY="x" * 50, **nowhere)
    assert finished.returncode == 1
    assert "The database does not answer" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OperationalError('could not extend file "base/5/16400": No space left on device'),
    ],
)
def test_a_disk_that_fills_up_meanwhile_is_said_in_one_line(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fill(_arguments: list[str]) -> int:
        raise error

    monkeypatch.setattr(launch, "_run", fill)
    assert launch.run(["manage.py", "seed"]) == 1
    assert "is full: free 500 MB" in capsys.readouterr().err


def test_our_own_errors_keep_their_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_arguments: list[str]) -> int:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(launch, "_run", fail)
    with pytest.raises(OperationalError):
        launch.run(["manage.py", "seed"])


def test_help_starts_nothing(home: Path) -> None:
    finished = manage(home, "help")
    assert finished.returncode == 0
    assert "seed" in finished.stdout
    assert "demo" in finished.stdout
    assert finished.stderr == ""


def test_a_command_migrates_and_fills_an_empty_database_first(home: Path) -> None:
    """Output is on stdout, progress on stderr, and the second command finds all done."""
    ask = "from portal.practices.selectors import active_practices as a; print(a().count())"
    first = manage(home, "shell", "-v0", "-c", ask)
    assert (first.returncode, first.stdout.strip()) == (0, "3"), first.stderr
    assert "migrating the database" in first.stderr
    assert "made-up people" in first.stderr
    second = manage(home, "shell", "-v0", "-c", ask)
    assert second.stdout.strip() == "3"
    assert "migrating" not in second.stderr


def test_a_python_without_django_hands_over_to_the_venv(home: Path, tmp_path: Path) -> None:
    bare = subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True
    )
    assert bare.returncode == 0
    finished = manage(home, "version", python=str(tmp_path / "bare/bin/python"))
    if (CHECKOUT / ".venv/bin/python").exists():
        assert finished.stdout.startswith("5.2"), finished.stderr
    else:
        assert "make install" in finished.stderr


def test_a_home_of_somebody_else_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finished = manage(tmp_path / "file" / "home", "check")
    assert finished.returncode == 1
    assert "PORTAL_HOME" in finished.stderr
    assert "Traceback" not in finished.stderr
