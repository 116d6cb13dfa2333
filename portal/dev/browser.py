"""The browser of journeys and pictures: a Chromium that the machine has, never one that is
downloaded.
"""

import os
import shutil
from pathlib import Path

MISSING = "Chromium is missing"
HOW_TO = "install it (Debian: apt-get install chromium) or set CHROMIUM to its path"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing is looked up but this machine: a page that asks another host gets no answer.
_ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
_MAC_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find_chromium() -> str | None:
    """Its path: CHROMIUM from the environment, else the first of the usual names."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given if Path(given).exists() else None
    on_path = next((found for found in map(shutil.which, _NAMES) if found), None)
    return on_path or next((place for place in _MAC_PLACES if Path(place).exists()), None)


def launch_options(executable: str) -> dict[str, object]:
    """How to start it: it finds no other host, and has no sandbox for root, as it refuses one."""
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    return {
        "executable_path": executable,
        "headless": True,
        "args": [*sandbox, _ONLY_HERE, "--disable-dev-shm-usage", "--force-prefers-reduced-motion"],
    }
