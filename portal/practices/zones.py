"""The time zones that people can choose from."""

import zoneinfo
from functools import cache


@cache
def zone_names() -> tuple[str, ...]:
    """The zones that people live in, as Area/City, and UTC."""
    technical = ("Etc/", "SystemV/", "posix/", "right/", "US/")
    return tuple(
        sorted(
            name
            for name in zoneinfo.available_timezones()
            if name == "UTC" or ("/" in name and not name.startswith(technical))
        )
    )
