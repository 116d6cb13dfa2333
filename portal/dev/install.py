"""Make .venv and fill it from the hash-pinned locks: what ``make install`` runs.

Runs under whatever Python the machine has, before anything is installed, so it uses the standard
library alone and no grammar newer than Python 3.7 (macOS brings 3.9 and should be told, not shown
a syntax error). Usage: ``python3 -I portal/dev/install.py runtime|dev``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
INSIDE = VENV / "bin" / "python"
OLDEST = (3, 11)
_NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
_SPACE_NEEDED = 700 * 1024 * 1024  # everything installed, browser driver included
_PROBE = f"import sys; sys.exit(sys.version_info < {OLDEST})"
_VENV_PROBE = "import ensurepip, venv"
_STARTED = time.monotonic()

_UNREACHABLE = re.compile(
    r"connection (refused|reset|error)|connectionerror|failed to establish|could not connect|"
    r"dns error|name resolution|network is unreachable|no route to host|timed out|"
    r"error sending request|failed to fetch|proxyerror|certificate",
    re.IGNORECASE,
)
_DISK_FULL = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)


class InstallError(Exception):
    """An installation that cannot go on, as one line that says what to do."""


def say(line: str) -> None:
    """One line of progress, on stderr."""
    sys.stderr.write(f"{time.monotonic() - _STARTED:6.1f} s  {line}\n")
    sys.stderr.flush()


def find_python(current: str = sys.executable) -> str:
    """A Python of 3.11 or newer that can make a venv: the one that runs us, else one on PATH."""
    candidates = [current]
    candidates += [found for found in map(shutil.which, _NEWER_NAMES) if found]
    new_enough = [path for path in candidates if _succeeds(path, _PROBE)]
    for path in new_enough:
        if _succeeds(path, _VENV_PROBE):
            return path
    needed = ".".join(map(str, OLDEST))
    if new_enough:
        raise InstallError(
            f"{new_enough[0]} cannot make a venv because its ensurepip module is missing: "
            "install it (Debian, Ubuntu: apt-get install python3-venv) and run make again."
        )
    raise InstallError(
        f"Python {needed} or newer is needed and {current} is "
        f"{'.'.join(map(str, sys.version_info[:3]))}: install a newer one "
        "(Debian: apt-get install python3 python3-venv; macOS: brew install python), "
        "or name it: make PYTHON=/path/to/python3."
    )


def make_venv(python: str) -> None:
    """Make .venv, or make it again when its Python is gone, too old or moved away."""
    if _succeeds(str(INSIDE), _PROBE) and _succeeds(str(INSIDE), "import pip"):
        return
    say(f"making .venv with {python}")
    finished = _run([python, "-m", "venv", "--clear", str(VENV)])
    if finished.returncode != 0:
        raise _explained(finished.stdout, "making .venv")


def install(lock: Path) -> None:
    """Install a lock, with uv when it can be had and with pip when not."""
    installer = CHECKOUT / "requirements" / "installer.lock"
    pip = [str(INSIDE), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    hashed = ["--require-hashes", "-r"]
    if not _same_uv(installer):
        say("installing the installer")
        _run([*pip, *hashed, str(installer)])
    count = sum(1 for line in lock.read_text().splitlines() if re.match(r"[A-Za-z0-9]", line))
    say(f"installing {count} packages from {lock.relative_to(CHECKOUT)}")
    said = ""
    if _succeeds(str(INSIDE), "import uv"):
        uv = [str(INSIDE), "-m", "uv", "pip", "install", "--quiet", "--python", str(INSIDE)]
        # As pip does: a company's own certificate authority is in the system's store only, and
        # what was compiled once need not be compiled by every process.
        finished = _run([*uv, "--system-certs", "--compile-bytecode", *hashed, str(lock)])
        if finished.returncode == 0:
            return
        said = finished.stdout
        if _DISK_FULL.search(said):
            raise _explained(said, "installing")
    # pip knows settings that uv does not read (pip.conf, a mirror): slower, and often enough.
    say("trying pip instead: a minute")
    finished = _run([*pip, *hashed, str(lock)])
    if finished.returncode != 0:
        raise _explained(finished.stdout + said, "installing")


def _same_uv(installer: Path) -> bool:
    pinned = installer.read_text().split(" ", 1)[0].partition("==")[2]
    probe = f"import importlib.metadata as m, sys; sys.exit(m.version('uv') != {pinned!r})"
    return _succeeds(str(INSIDE), probe)


def _explained(said: str, doing: str) -> InstallError:
    if _DISK_FULL.search(said):
        return _disk_full()
    if "DO NOT MATCH THE HASHES" in said or "hash mismatch" in said.lower():
        return InstallError(
            "A package differs from the hash that requirements/ pins: do not install it; "
            "check the mirror your pip or uv is set to."
        )
    if _UNREACHABLE.search(said):
        return InstallError(
            "The package registry cannot be reached: check the network, the proxy or the index "
            "that pip is set to, and run make again. It goes on where it stopped."
        )
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return InstallError(f"{doing} failed: {lines[-1] if lines else 'no reason given'}")


def _disk_full() -> InstallError:
    return InstallError(f"The disk that holds {CHECKOUT} is full: free 700 MB and run make again.")


def _succeeds(python: str, code: str) -> bool:
    """Whether this Python exists, starts and runs the code with exit 0."""
    try:
        return _run([python, "-c", code]).returncode == 0
    except OSError:
        return False


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(  # noqa: S603 - commands of this file only
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=environment,
        cwd=str(CHECKOUT),
    )


def main(arguments: list[str]) -> int:
    """Install ``runtime`` or ``dev`` (which holds runtime) and leave the stamps make looks at."""
    wanted = arguments[0] if arguments else "dev"
    try:
        if shutil.disk_usage(str(CHECKOUT)).free < _SPACE_NEEDED and not VENV.exists():
            raise _disk_full()
        make_venv(find_python())
        install(CHECKOUT / "requirements" / f"{wanted}.lock")
        for stamp in ("runtime", "dev") if wanted == "dev" else ("runtime",):
            (VENV / f".{stamp}").touch()
    except InstallError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename or VENV}: {error.strerror}. Is it yours to write?\n")
        return 1
    say("installed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
