"""A practice with a text to send, committed, and the commands as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

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
def taken(desk: Any, run: Run, tmp_path: Path) -> Path:
    """The folder of a backup of Alder at noon, keys left out."""
    said = run("backup", str(tmp_path / "data"), "--without-keys", "--json")
    return Path(said["folder"])
