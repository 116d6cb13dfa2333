#!/usr/bin/env python3
"""Every command of the project. On a clean clone each starts what it needs by itself."""

import importlib.util
import os
import sys
from pathlib import Path


def main() -> int:
    """Hand over to the .venv when this Python lacks Django, then to portal/dev/launch.py."""
    if importlib.util.find_spec("django") is None:
        venv = Path(__file__).resolve().parent / ".venv"
        inside = venv / "bin" / "python"
        if inside.exists() and Path(sys.prefix).resolve() != venv.resolve():
            os.execv(inside, [str(inside), *sys.argv])  # noqa: S606 - our own Python
        sys.stderr.write("Django is not installed: run 'make install', then this again.\n")
        return 1
    from portal.dev import launch

    return launch.run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
