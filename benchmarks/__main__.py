"""``make bench``: start servers and databases of its own, measure, print, leave nothing running."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from portal.dev import launch
from portal.dev.embedded import Home, LauncherError, default_home


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the portal against a bare Django view that does the same work.",
    )
    made.add_argument("--quick", action="store_true", help="fewer pages and requests: 2 minutes")
    made.add_argument("--json", action="store_true", help="print JSON instead of a table")
    made.add_argument("--part", choices=["pages", "texts"], help="only this part")
    made.add_argument(
        "--texts", type=int, default=10_000, help="texts to hand over and to plan (%(default)s)"
    )
    made.add_argument("--only", default="", help="pages whose name contains this")
    made.add_argument("--rounds", type=int, default=5, help="at least 5 (default: %(default)s)")
    return made


def main(arguments: list[str]) -> int:
    """Exit code 0 when everything could be measured and the broken variants were caught."""
    options = parser().parse_args(arguments)
    if options.rounds < 5:
        sys.stderr.write("Fewer than five rounds say nothing: --rounds 5 or more.\n")
        return 2
    if not Path("/proc/self/stat").exists():
        sys.stderr.write(
            "CPU of other processes and memory in shares are read from /proc, which this system "
            "does not have: run the benchmark on Linux. Nothing was measured.\n"
        )
        return 2
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_DISPATCH_URL", "REDIS_URL"):
        os.environ.pop(name, None)  # never somebody's real rows
    home = Home(default_home() / "bench")
    os.environ.update({"PORTAL_MODE": "demo", "PORT": "8000", "PORTAL_HOME": str(home.path)})
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    say = launch.Progress()
    try:
        with launch.enter(home, launch.missing_parts(os.environ), say) as servers:
            from benchmarks.run import Run

            postmaster = servers.state.servers["postgres"].pid
            return Run(home, postmaster, options, say).whole()
    except LauncherError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
