"""From samples to a figure, and from a figure to a verdict or none."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

STEADY = 0.15
"""How far a reference may stray from its own median before nothing is said about a ratio."""

MET, OVER, NONE, REPORT = "met", "OVER", "no verdict", "report"


@dataclass
class Figure:
    """One measured thing beside its goal.

    `ours` and `theirs` hold one sample a round, in CPU milliseconds unless `unit` says otherwise.
    Without `theirs` the median of `ours` is held against the goal itself.
    """

    name: str
    goal: float | None
    goal_words: str
    ours: list[float]
    theirs: list[float] = field(default_factory=list)
    unit: str = "CPU ms"
    notes: str = ""

    @property
    def ratio(self) -> float | None:
        """The median over the rounds of ours over theirs."""
        if not self.theirs:
            return None
        return median(a / b for a, b in zip(self.ours, self.theirs, strict=True))

    @property
    def spread(self) -> float | None:
        """How far the reference strayed, as a share of its median."""
        return stray(self.theirs) if self.theirs else None

    @property
    def value(self) -> float:
        """What is held against the goal."""
        return median(self.ours) if self.ratio is None else self.ratio

    @property
    def verdict(self) -> str:
        """`met` or `OVER`; `no verdict` when the reference strays; `report` without a goal."""
        if self.goal is None:
            return REPORT
        if self.spread is not None and self.spread > STEADY:
            return NONE
        return MET if self.value <= self.goal else OVER

    def as_json(self) -> dict[str, Any]:
        """Everything, for `--json`."""
        found = {name: getattr(self, name) for name in ("ratio", "spread", "value", "verdict")}
        return {**asdict(self), **found}


def stray(samples: list[float]) -> float:
    """The middle half's width over the median: one disturbed round in five does not count."""
    ordered = sorted(samples)
    cut = len(ordered) // 4
    kept = ordered[cut : len(ordered) - cut]
    return (kept[-1] - kept[0]) / median(ordered)


def caught(broken: Figure, healthy: Figure) -> bool:
    """Whether a variant that was broken on purpose stands out: over the goal, and clearly worse."""
    assert broken.goal is not None  # noqa: S101 - variants are made of figures with a goal
    return broken.value > broken.goal and broken.value > healthy.value * (1 + STEADY)
