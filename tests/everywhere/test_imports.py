"""Walks the source: import contracts, raw managers, charters."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

CHECKOUT = Path(settings.BASE_DIR)
APPS = ("portal", "intake", "messaging", "goals", "reminders", "metrics")
# The only files that may speak to a manager: those that own the rows.
MAY_QUERY = {"models.py", "selectors.py", "services.py", "managers.py", "demo.py"}
MAY_QUERY_FOLDERS = {"models", "selectors", "services", "migrations"}
# Read rows of their own, each for a reason.
EXCEPTIONS = {
    "portal/practices/prefix.py": "finds the practice before there is one",
    "portal/encryption/keyring.py": "the keys behind every encrypted attribute",
    "portal/people/reach.py": "the rows behind every selector's reach",
    "portal/people/accounts.py": "accounts and their sessions: reads and writes what allauth keeps",
    "portal/people/signin/letters.py": "mail about accounts: its own rows",
    "portal/people/contact_points.py": "numbers and addresses, whoever asks",
    "portal/people/planning.py": "what planning asks about people, as tuples",
    "portal/work/history.py": "what became of an item",
    "portal/work/ladder.py": "an alert that nobody acknowledges goes on",
    "portal/work/notices.py": "telling people, and what they have read",
    "portal/work/preferences.py": "which news a person wants by mail",
    "portal/appointments/away.py": "when clinicians are away: reads and verbs",
    "portal/appointments/demo_files.py": "two files in the demo",
    "portal/appointments/clock_rules.py": "appointments after a change of the clocks' rules",
    "portal/appointments/diary.py": "what a calendar reads",
    "portal/appointments/openings.py": "what is busy and what is free",
    "portal/appointments/places.py": "locations: reads and verbs",
    "portal/appointments/planning.py": "what planning asks about visits, as tuples",
    "portal/appointments/series.py": "the verbs of meetings that repeat",
    "portal/appointments/steps.py": "what every verb of an appointment does",
    "portal/appointments/importing/planning.py": "compares a file with the calendar",
    "portal/appointments/importing/runs.py": "an upload from its preview to its end",
    "portal/appointments/importing/tell.py": "a plan as a preview shows it",
    "portal/appointments/importing/verbs.py": "two changes that only a record system makes",
    "portal/appointments/importing/writing.py": "everything that a plan says, or nothing",
    "portal/appointments/wishes.py": "the wish for another time, one task of a visit",
    "reminders/accounts.py": "a practice's accounts with a provider",
    "reminders/health.py": "whether texts are going out",
    "reminders/ledger_facts.py": "what planning asks of the ledger",
    "reminders/planner_again.py": "texts that waited for a number, wanted once more",
    "reminders/planner_corrections.py": "texts that crossed with a change of their visit",
    "reminders/stops.py": "which channels are stopped",
    "reminders/visit_answers.py": "what a patient answered about one visit",
}


def sources(*names: str) -> Iterator[Path]:
    for name in names or APPS:
        yield from (CHECKOUT / name).rglob("*.py")


def test_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, env=os.environ
    )
    assert result.returncode == 0, result.stdout[-3000:]


def test_rows_are_read_through_selectors_and_written_through_services() -> None:
    """Whoever speaks to a manager elsewhere: read through a selector, write through a service."""
    found: list[str] = []
    for path in sources():
        relative = path.relative_to(CHECKOUT)
        if path.name in MAY_QUERY or MAY_QUERY_FOLDERS & set(relative.parts):
            continue
        if str(relative) in EXCEPTIONS or relative.parts[:2] == ("portal", "dev"):
            continue
        found += [
            f"{relative}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute) and node.attr in ("objects", "_base_manager")
        ]
    assert not found


def test_every_package_has_a_charter() -> None:
    for name in APPS:
        for init in [CHECKOUT / name / "__init__.py", *(CHECKOUT / name).glob("*/__init__.py")]:
            inner = init.parent.name
            if inner in ("migrations", "management", "views", "models", "templatetags"):
                continue
            assert ast.get_docstring(ast.parse(init.read_text())), (
                f"{init.relative_to(CHECKOUT)}: say in its docstring what the package is for"
            )


def test_no_raw_sql_outside_the_few_that_may() -> None:
    may = (
        "portal/tenancy",
        "portal/encryption",
        "portal/clock",
        "portal/home/views/status.py",
        "portal/dev",
    )
    for path in sources():
        relative = str(path.relative_to(CHECKOUT))
        if relative.startswith(may) or "/migrations/" in relative:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in ("raw", "extra"), f"{relative}:{node.lineno}"
