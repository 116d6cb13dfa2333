"""Counts the cases, and says at the end how many there were."""

from __future__ import annotations

from collections import Counter
from typing import Any

COUNTED: Counter[str] = Counter()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for each kind of case."""
    if COUNTED:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(COUNTED.items()))
        terminalreporter.write_line(f"fuzz: {sum(COUNTED.values())} cases: {kinds}")
