"""A practice with a text to send, committed, and the commands as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.environment.fixtures import CommittedDatabase
from tests.reminders.dispatching.conftest import desk, fake, one

__all__ = ["desk", "fake", "one"]

Run = Callable[..., Any]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; what it wrote, read as JSON where it was asked for."""

    def command(*words: str, **options: Any) -> Any:
        capsys.readouterr()
        call_command(*words, **options)
        said = capsys.readouterr().out
        return json.loads(said) if "--json" in words else said

    return command


@pytest.fixture
def empty_place(committed_db: CommittedDatabase) -> Iterator[str]:
    """The name of an empty database beside the test's own."""
    import contextlib

    from tests.environment import databases

    name = f"{committed_db.name}_restored"
    with databases._maintenance() as cursor:
        databases._drop(cursor, name)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    with contextlib.closing(databases._connect(name)) as connection:
        cursor = connection.cursor()
        cursor.execute(f'GRANT CONNECT ON DATABASE "{name}" TO portal_app, portal_dispatch')
    yield name
    databases.drop(name)


@pytest.fixture
def taken(desk: Any, run: Run, tmp_path: Path) -> Path:
    """The folder of a backup of Alder at noon, keys left out."""
    said = run("backup", str(tmp_path / "data"), "--without-keys", "--json")
    return Path(said["folder"])
