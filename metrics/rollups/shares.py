"""A share of a count, its interval, and the difference of two shares.

Wilson's score interval: Wilson EB (1927) J Am Stat Assoc 22:209. The difference is method 10 of
Newcombe RG (1998) Stat Med 17:873, built from the two Wilson intervals.
"""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
ENOUGH = 30
"""Fewer than this many in the denominator: the words "not enough data yet", no figure."""
SMALL_CELL = 11
"""Fewer people than this are hidden outside the care team and in exports."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Two limits of a share or of a difference of shares, as fractions of one."""

    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`. Without a total there is no data, which is not 0 %."""

    count: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.total:
            raise ValueError(f"{self.count} of {self.total} is not a share")

    @property
    def value(self) -> float | None:
        """A fraction between 0 and 1; None when nothing was counted."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> Interval | None:
        """95 % by Wilson; None when nothing was counted."""
        return wilson(self.count, self.total) if self.total else None

    @property
    def is_enough(self) -> bool:
        """Whether the small-number rule lets the figure be shown."""
        return self.total >= ENOUGH


@dataclass(frozen=True, slots=True)
class Difference:
    """First share minus second, in fractions of one."""

    value: float
    interval: Interval


def wilson(count: int, total: int) -> Interval:
    """The 95 % score interval of `count` of `total`, within 0 and 1. Raises ValueError for none."""
    if total < 1:
        raise ValueError("an interval needs at least one observation")
    share = count / total
    centre = share + Z_95**2 / (2 * total)
    spread = Z_95 * sqrt(share * (1 - share) / total + Z_95**2 / (4 * total**2))
    scale = 1 + Z_95**2 / total
    # Rounding may leave a limit a hair inside the share at 0 and at 1, where it equals the share.
    low = 0.0 if count == 0 else (centre - spread) / scale
    high = 1.0 if count == total else (centre + spread) / scale
    return Interval(low, high)


def difference(first: Share, second: Share) -> Difference | None:
    """First minus second with Newcombe's 95 % interval; None when either has no data."""
    one, two = first.interval, second.interval
    if first.value is None or second.value is None or one is None or two is None:
        return None
    value = first.value - second.value
    below = sqrt((first.value - one.low) ** 2 + (two.high - second.value) ** 2)
    above = sqrt((one.high - first.value) ** 2 + (second.value - two.low) ** 2)
    return Difference(value, Interval(value - below, value + above))
