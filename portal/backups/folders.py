"""Folders and files for their owner alone, and the manifest that says what is in them."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError

FORMAT: Final = "third-session-backup/1"
MANIFEST: Final = "manifest.json"
DATABASE: Final = "database.dump"
FILES: Final = "files.tar"


def private_folder(path: Path) -> Path:
    """Make a folder that nobody else can enter. Raises CommandError for one that others can."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise CommandError(f"Others can enter {path}. Run: chmod 700 {path}")
    return path


def private_file(path: Path) -> Path:
    """Make an empty file that nobody else can read, for a program to write into."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def write_manifest(folder: Path, facts: dict[str, Any], files: Iterable[str]) -> None:
    """Write down what is in the folder, last of all: without it a backup is not complete."""
    said = {"format": FORMAT, **facts, "files": {name: sha256(folder / name) for name in files}}
    path = private_file(folder / MANIFEST)
    path.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """What is in a backup, once every file has been compared. Raises CommandError."""
    try:
        said: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CommandError(f"{folder} holds no complete backup: {MANIFEST} is missing.") from None
    except (OSError, ValueError):
        raise CommandError(f"{folder / MANIFEST} cannot be read.") from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise CommandError(f"{folder / MANIFEST} is of another kind than {FORMAT}.")
    for name, expected in said["files"].items():
        path = folder / Path(name).name
        if not path.is_file() or sha256(path) != expected:
            raise CommandError(f"{path} is not the file that was written: its checksum is another.")
    return dict(said)


def sha256(path: Path) -> str:
    """The hash of a file, a megabyte at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
