"""PORTAL_HOME: every file the launcher makes lies below it, and nothing else is ever removed."""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from portal.dev.embedded.account import Account
from portal.dev.embedded.problems import LauncherError, disk_full, explain

CHECKOUT = Path(__file__).resolve().parents[3]
# An empty database is 43 MB, the seeded demo about 100, and Postgres stops badly on a full disk.
_ROOM_NEEDED = 200 * 1024 * 1024
_FALLBACK_PARENT = Path("/var/tmp")  # noqa: S108 - checked for owner and mode before use
_OURS = (
    "postgres",
    "postgres.new",
    "programs",
    "files",
    "static",
    "log",
    "run",
    "secret",
    "encryption.key",
)
_OUR_FILES = ("credentials.json", "data-folder.txt", "third-session-home.txt")


def default_home(environ: Mapping[str, str] = os.environ) -> Path:
    """PORTAL_HOME from the environment, else ``.portal`` in the checkout."""
    given = environ.get("PORTAL_HOME", "").strip()
    return Path(given).expanduser().absolute() if given else CHECKOUT / ".portal"


class Home:
    """The folders and small files below one PORTAL_HOME.

    The home is passable for everybody when root made it, because ``nobody`` has to reach the data
    below; what lies in it is readable by its owner only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run = path / "run"
        self.log = path / "log"
        self.files = path / "files"
        self.static = path / "static"

    def prepare(self, account: Account) -> None:
        """Make the folders. Raises LauncherError for a full disk or a folder of somebody else."""
        try:
            self.path.mkdir(mode=0o711, parents=True, exist_ok=True)
            if shutil.disk_usage(self.path).free < _ROOM_NEEDED:
                raise disk_full(self.path)
            self.path.chmod(0o711 if account.is_other else 0o700)
            for folder in (self.run, self.log, self.files, self.static):
                folder.mkdir(mode=0o700, exist_ok=True)
            marker = self.path / "third-session-home.txt"
            if not marker.exists():
                marker.write_text("Made by the launcher; 'make demo-fresh' empties it.\n")
        except OSError as error:
            raise explain(error, self.path) from None

    def data_root(self, account: Account) -> Path:
        """The folder that holds data and copied programs, reachable by the servers' account.

        Below a folder that only root may enter (/root is one) that is a folder in /var/tmp, named
        after this home, and ``data-folder.txt`` says so.
        """
        pointer = self.path / "data-folder.txt"
        if account.can_pass(self.path):
            return self.path
        digest = hashlib.sha256(str(self.path).encode()).hexdigest()[:16]
        fallback = _FALLBACK_PARENT / f"third-session-{digest}"
        with contextlib.suppress(FileExistsError):
            fallback.mkdir(mode=0o711)
        # Anybody may make a folder of that name there first: take it only when it is truly ours.
        status = os.lstat(fallback)
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise LauncherError(f"{fallback} belongs to somebody else: set PORTAL_HOME elsewhere.")
        fallback.chmod(0o711)
        if not pointer.exists() or pointer.read_text().strip() != str(fallback):
            pointer.write_text(f"{fallback}\n")
        return fallback

    def secret(self, name: str = "secret") -> str:
        """A random text kept in a file of its own, made at the first call (the demo's key)."""
        path = self.path / name
        try:
            return path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            value = secrets.token_urlsafe(48)
            write_private(path, value + "\n")
            return value
        except OSError as error:
            raise explain(error, path) from None

    def open_log(self, name: str, *, limit: int = 5_000_000) -> IO[bytes]:
        """A log to append to; one older file is kept when it has grown past ``limit`` bytes."""
        path = self.log / f"{name}.log"
        try:
            if path.exists() and path.stat().st_size > limit:
                path.replace(path.with_suffix(".log.1"))
            return os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0
            )
        except OSError as error:
            raise explain(error, path) from None

    def log_since(self, name: str, position: int) -> str:
        """What was written to a log from ``position`` (bytes) on."""
        try:
            with (self.log / f"{name}.log").open("rb") as handle:
                handle.seek(position)
                return handle.read().decode("utf-8", errors="replace")
        except OSError:
            return ""

    def empty(self) -> None:
        """Remove what the launcher made here, and only that. The servers must be stopped."""
        if not (self.path / "third-session-home.txt").exists():
            return
        pointer = self.path / "data-folder.txt"
        if pointer.exists():
            fallback = Path(pointer.read_text().strip())
            if fallback.parent == _FALLBACK_PARENT and fallback.name.startswith("third-session-"):
                shutil.rmtree(fallback, ignore_errors=True)
        for name in _OURS:
            target = self.path / name
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)
        for name in _OUR_FILES:
            (self.path / name).unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path, *, seconds: float, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold an exclusive lock file; call ``waiting`` once when somebody else has it.

    The system releases it when the holder dies, so there is no stale lock to clean up.
    """
    with open_lock(path) as handle:
        deadline = time.monotonic() + seconds
        told = False
        while not try_lock(handle, fcntl.LOCK_EX):
            if not told:
                waiting()
                told = True
            if time.monotonic() > deadline:
                raise LauncherError(
                    f"Another start has held {path} for {seconds:.0f} seconds: end that process "
                    "and run this again."
                )
            time.sleep(0.05)
        yield


def open_lock(path: Path) -> IO[bytes]:
    """The file behind a lock; never removed, because a lock on a removed file locks nobody."""
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    except OSError as error:
        raise explain(error, path) from None


def try_lock(handle: IO[bytes], kind: int) -> bool:
    """Take the lock now or not at all."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
                handle.write(text)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise explain(error, path) from None


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in a small file of ours, or None when it is missing or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
