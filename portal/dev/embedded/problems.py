"""What can go wrong outside our control, as one line that says what to do."""

import errno
import os
import pwd
from pathlib import Path


class LauncherError(Exception):
    """A start that cannot go on. ``str(error)`` is one line for the person at the terminal."""


def explain(error: OSError, place: Path) -> LauncherError:
    """Turn a failed file operation at or below ``place`` into the line that helps."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(place)
    if error.errno in (errno.EACCES, errno.EPERM):
        return LauncherError(
            f"{place} cannot be written{_owner_clause(place)}. "
            "Run as that user, or set PORTAL_HOME to a folder of your own."
        )
    if error.errno == errno.EROFS:
        return LauncherError(f"{place} is on a read-only disk: set PORTAL_HOME to another folder.")
    return LauncherError(f"{place}: {error.strerror or error}. Set PORTAL_HOME to another folder.")


def disk_full(place: Path) -> LauncherError:
    """The line for a disk without room."""
    return LauncherError(
        f"The disk that holds {place} is full: free 500 MB, or set PORTAL_HOME to another disk, "
        "and run this again."
    )


def _owner_clause(place: Path) -> str:
    for candidate in (place, *place.parents):
        try:
            owner = os.lstat(candidate).st_uid
        except OSError:
            continue
        try:
            return f" (it belongs to {pwd.getpwuid(owner).pw_name})"
        except KeyError:
            return f" (it belongs to user {owner})"
    return ""
