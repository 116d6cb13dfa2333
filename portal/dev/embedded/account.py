"""The account the servers run under: PostgreSQL refuses root, so root lends it to ``nobody``."""

import grp
import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.dev.embedded.problems import LauncherError

# Started with these alone: a person's LC_*, PG* or LD_* settings must not reach the servers.
_CLEAN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """Who the servers run as. ``name`` is None when that is the person who called us."""

    name: str | None = None
    uid: int = -1
    gid: int = -1
    group: str | None = None

    @property
    def is_other(self) -> bool:
        """Whether the servers run as somebody else than the caller."""
        return self.name is not None

    def popen_options(self) -> dict[str, Any]:
        """Keyword arguments for subprocess: the account, a clean environment, a folder it has."""
        options: dict[str, Any] = {"env": self.environment(), "cwd": "/"}
        if self.name is not None:
            options |= {"user": self.name, "group": self.group, "extra_groups": []}
        return options

    def environment(self) -> Mapping[str, str]:
        """What a server sees of the environment."""
        return dict(_CLEAN_ENVIRONMENT)

    def own(self, path: Path) -> None:
        """Give a file or folder to this account."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may use the folder. Asked of the system: modes alone miss ACLs."""
        return self._test("-x", folder) and self._test("-r", folder)

    def can_pass(self, folder: Path) -> bool:
        """Whether this account may go through the folder to what lies below."""
        return self._test("-x", folder)

    def _test(self, flag: str, path: Path) -> bool:
        if not self.is_other:
            return True
        command = ["/bin/sh", "-c", f'test {flag} "$1"', "sh", str(path)]
        finished = subprocess.run(  # noqa: S603 - fixed program, a path as argument
            command, check=False, capture_output=True, **self.popen_options()
        )
        return finished.returncode == 0


def server_account() -> Account:
    """``nobody`` when we are root, else the caller. Raises LauncherError without a nobody."""
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise LauncherError(
            "PostgreSQL does not run as root and this system has no user 'nobody': "
            "run as an ordinary user."
        ) from None
    return Account("nobody", entry.pw_uid, entry.pw_gid, grp.getgrgid(entry.pw_gid).gr_name)
