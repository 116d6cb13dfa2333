"""``manage.py demo --check``: start a second demo on free ports, walk through it, stop it.

It signs in as each of the cast over HTTP and walks the steps of every installed app that has a
``demo_check`` module: ``steps(client)`` yields a sentence after each thing it saw and raises
CheckFailed when something is not as it should be.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from portal.dev.demonstration import Demonstration, StopAsked
from portal.dev.embedded import Home, LauncherError
from portal.dev.embedded.processes import free_port
from portal.dev.launch import Progress
from portal.dev.visitor import CheckFailed, DemoClient


def main() -> int:
    """Exit code 0 when everything was as it should be, else 1."""
    say = Progress()
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_DISPATCH_URL", "REDIS_URL"):
        os.environ.pop(name, None)  # never somebody's real rows
    os.environ["PORTAL_MODE"] = "demo"
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    with tempfile.TemporaryDirectory(prefix="third-session-check-") as folder:
        home = Home(Path(folder) / "home")
        demonstration = Demonstration(home, free_port(), say)
        try:
            demonstration.start()
            say(f"ready at {demonstration.url}")
            return 0 if walk(demonstration) else 1
        except LauncherError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        except StopAsked:
            return 130
        finally:
            demonstration.stop()
            _show_logs_of_a_failure(home)
            home.empty()


_failed = False


def walk(demonstration: Demonstration) -> bool:
    """Walk all steps; print each thing seen. True when nothing failed."""
    global _failed
    client = DemoClient(demonstration.url, demonstration.look_after)
    started = time.monotonic()
    seen = 0
    for name, steps in [*signing_in(client), *app_steps(client)]:
        try:
            for sentence in steps:
                seen += 1
                sys.stdout.write(f"{time.monotonic() - started:6.1f} s  {sentence}\n")
                sys.stdout.flush()
        except (CheckFailed, OSError) as error:
            _failed = True
            sys.stdout.write(f"FAILED  {name}: {error}\n")
    sys.stdout.write(f"{'Something is wrong' if _failed else 'All is well'}: {seen} things seen.\n")
    return not _failed


def signing_in(client: DemoClient) -> Iterator[tuple[str, Iterator[str]]]:
    """Each of the cast, with the printed password, as a person would."""
    from portal.dev.cast import CAST

    for member in CAST:
        yield f"signing in as {member.name}", _sign_in(client, member.name)


def _sign_in(client: DemoClient, name: str) -> Iterator[str]:
    page = client.sign_in(name)
    yield f"{name} signed in with the printed password and is at {page.path}"


def app_steps(client: DemoClient) -> Iterator[tuple[str, Iterator[str]]]:
    """The steps of every installed app, in data-flow order."""
    from django.apps import apps

    for config in apps.get_app_configs():
        if config.name.startswith(("django", "allauth")):
            continue
        if find_spec(f"{config.name}.demo_check"):
            yield config.name, import_module(f"{config.name}.demo_check").steps(client)


def _show_logs_of_a_failure(home: Home) -> None:
    """The last lines of each log, since the home is removed."""
    if not _failed:
        return
    for path in sorted(home.log.glob("*.log")):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        wanted = [line for line in lines if '"level": "info"' not in line][-15:]
        if wanted and path.stem in ("web", "worker", "dispatcher", "beat"):
            sys.stderr.write(f"--- {path.name}\n" + "\n".join(wanted) + "\n")


def _stop(_number: int, _frame: object) -> None:
    raise StopAsked
