"""The figures as a table for people, or as JSON."""

from __future__ import annotations

import json
from statistics import median
from typing import Any

from benchmarks.verdicts import STEADY, Figure

_COLUMNS = "{:34} {:>9} {:>9} {:>7} {:>7}  {:26} {}"


def table(figures: list[Figure], facts: dict[str, Any]) -> str:
    """One line a figure, its goal beside it."""
    lines = [_COLUMNS.format("", "ours", "reference", "ratio", "strays", "goal", "verdict")]
    for each in figures:
        lines.append(_line(each))
        if each.notes:
            lines.append(f"    {each.notes}")
    lines += [
        "",
        f"CPU ms a request, application and database; the median of {facts['rounds']} rounds.",
        f"No verdict: the reference itself strayed by more than {STEADY:.0%}: too busy.",
        *(f"{name}: {value}" for name, value in facts.items()),
    ]
    return "\n".join(lines) + "\n"


def as_json(figures: list[Figure], facts: dict[str, Any]) -> str:
    """The same for programs."""
    content = {"facts": facts, "figures": [each.as_json() for each in figures]}
    return json.dumps(content, indent=2) + "\n"


def _line(figure: Figure) -> str:
    ours = f"{median(figure.ours):.2f}"
    theirs = f"{median(figure.theirs):.2f}" if figure.theirs else ""
    ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else ""
    spread = f"{figure.spread:.0%}" if figure.spread is not None else ""
    name = figure.name if figure.unit == "CPU ms" else f"{figure.name} [{figure.unit}]"
    return _COLUMNS.format(
        name, ours, theirs, ratio, spread, figure.goal_words, figure.verdict
    ).rstrip()
