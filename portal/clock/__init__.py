"""What time it is, here.

The portal's now is the database's `now()` plus an offset that is zero in production; the demo and
the tests move it. Python asks `clock.now()`, queries use `(SELECT portal_now())` or a parameter.
"""

from portal.clock.database_clock import (
    back_to_real_time,
    forget,
    forget_if_moved,
    local_time,
    move_to,
    now,
    offset,
    today,
    zone,
)

__all__ = [
    "back_to_real_time",
    "forget",
    "forget_if_moved",
    "local_time",
    "move_to",
    "now",
    "offset",
    "today",
    "zone",
]
