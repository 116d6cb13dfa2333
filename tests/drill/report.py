"""The table, and the verdict on its last line."""

from __future__ import annotations

from dataclasses import dataclass, field

_COLUMNS = "{:10} {:46} {:52} {}"


@dataclass
class Line:
    """One figure: what was wanted, what was found."""

    test: str
    wanted: str
    found: str
    met: bool
    notes: list[str] = field(default_factory=list)


def table(lines: list[Line], facts: dict[str, str], *, stopped: str = "") -> str:
    """What is printed at the end; `stopped` says why the drill did not come to its end."""
    last = f"FAIL {stopped}" if stopped else verdict(lines)
    written = [_COLUMNS.format("test", "wanted", "found", "").rstrip()]
    for line in lines:
        mark = "met" if line.met else "NOT MET"
        written.append(_COLUMNS.format(line.test, line.wanted, line.found, mark))
        written += [f"{'':10} {note}" for note in line.notes]
    written += ["", *(f"{name}: {value}" for name, value in facts.items()), last]
    return "\n".join(written) + "\n"


def verdict(lines: list[Line]) -> str:
    """`PASS`, or `FAIL` with the tests that did not hold."""
    failed = sorted({line.test for line in lines if not line.met})
    if not lines:
        return "FAIL nothing was drilled"
    return f"FAIL {' '.join(failed)}" if failed else "PASS"
