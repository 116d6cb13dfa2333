"""What people may write back, by what must become of it (T-SMS).

One phrase a line; a line that begins with # is a note. Written for this project, as people type on
a telephone: without accents, with slips, in a hurry.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def phrases(name: str) -> list[str]:
    """The lines of `name`.txt, `\\u….` escapes read, notes and blank lines left out."""
    lines = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]
