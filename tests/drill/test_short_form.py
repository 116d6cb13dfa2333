"""The drill's short form, as `make drill-reminders ARGS=--short` runs it."""

import os
import subprocess
import sys

from portal.dev.embedded.home import CHECKOUT


def test_nothing_is_lost_or_doubled_whatever_is_killed():
    started = subprocess.run(
        [sys.executable, "-m", "tests.drill", "--short"],
        cwd=CHECKOUT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert started.returncode == 0, f"{started.stdout}\n{started.stderr[-6000:]}"
    assert started.stdout.splitlines()[-1] == "PASS"
