"""What an act is, and the list that each part of the day keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from portal import clock

Stage = SimpleNamespace
Act = Callable[[Stage], Any]
NUMBER = "+447700900101"  # Ana's


class Acts(list[Act]):
    """The acts of one part of the day, in order; as a decorator it takes the next one."""

    def __call__(self, function: Act) -> Act:
        """Put an act at the end."""
        self.append(function)
        return function


def later(**ahead: float) -> dt.datetime:
    """That much after now."""
    return clock.now() + dt.timedelta(**ahead)
