"""Every check that is not a test, in one list: ``make check`` runs it, and so does CI."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from portal.dev import launch

CHECKOUT = Path(__file__).resolve().parents[2]
_PYTHON = sys.executable
# By module, because a script's first line breaks in a folder with spaces in its name.
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"
# Name, what it guards, command. A tool's own settings are in pyproject.toml.
CHECKS: list[tuple[str, str, list[str]]] = [
    ("lint", "slips and forbidden imports", ["-m", "ruff", "check", "."]),
    ("format", "one way to lay out code", ["-m", "ruff", "format", "--check", "."]),
    ("types", "every function says its shapes", ["-m", "mypy", "."]),
    (
        "imports",
        "data flows one way",
        ["-c", _LINT_IMPORTS],
    ),
    ("templates", "well-formed pages", ["-m", "djlint", "templates", "--lint", "--quiet"]),
    ("words", "nothing inline, every word translated", ["-m", "portal.dev.template_checks"]),
    ("migrations", "models and migrations agree", ["manage.py", "makemigrations", "--check"]),
    ("django", "settings and models", ["manage.py", "check", "--fail-level", "WARNING"]),
]
# The type checker's Django plugin reads the settings and asks no server.
_ADDRESSES = {**launch.NOWHERE, "PORTAL_MODE": "test"}


def main(arguments: list[str]) -> int:
    """Run all checks, or the named ones; report each; exit 1 when any failed.

    As many at once as there are processors: the types alone take as long as all others together.
    """
    wanted = [check for check in CHECKS if not arguments or check[0] in arguments]
    wanted.sort(key=lambda check: check[0] != "types")
    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for running in as_completed([pool.submit(_run, *check) for check in wanted]):
            name, report, said = running.result()
            sys.stdout.write(report)
            if said is not None:
                failed.append(name)
                sys.stdout.write(said)
            sys.stdout.flush()
    if failed:
        sys.stdout.write(f"{len(failed)} of the checks failed: {', '.join(failed)}\n")
    return 1 if failed else 0


def _run(name: str, guards: str, command: list[str]) -> tuple[str, str, str | None]:
    """The check's name, a line about it, and what it said if it failed."""
    started = time.monotonic()
    finished = subprocess.run(  # noqa: S603 - commands of the list above
        [_PYTHON, *command],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, **(_ADDRESSES if name == "types" else {})},
    )
    good = finished.returncode == 0
    seconds = time.monotonic() - started
    report = f"{'ok    ' if good else 'FAILED'} {seconds:5.1f} s  {name}: {guards}\n"
    return name, report, None if good else finished.stdout.rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
