"""``make install`` before anything is installed: what it says when the machine is not ready."""

import subprocess
import sys
from pathlib import Path

import pytest

from portal.dev import install


def test_an_old_python_is_told_which_one_to_get(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_succeeds", lambda _python, _code: False)
    with pytest.raises(install.InstallError, match=r"Python 3\.11 or newer is needed .* install"):
        install.find_python()


def test_a_newer_python_on_the_path_is_taken_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/opt/{name}")
    monkeypatch.setattr(install, "_succeeds", lambda python, _code: python == "/opt/python3.12")
    assert install.find_python("/usr/bin/python3") == "/opt/python3.12"


def test_a_missing_ensurepip_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_succeeds", lambda _python, code: "ensurepip" not in code)
    with pytest.raises(install.InstallError, match="apt-get install python3-venv"):
        install.find_python()


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("error: Failed to fetch: `somewhere`", "registry cannot be reached"),
        ("ERROR: Could not find a version\n[Errno 111] Connection refused", "cannot be reached"),
        ("invalid peer certificate: UnknownIssuer", "registry cannot be reached"),
        ("OSError: [Errno 28] No space left on device", "is full: free 700 MB"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "differs from the hash"),
        ("something\nelse went wrong", "installing failed: else went wrong"),
        ("", "installing failed: no reason given"),
    ],
)
def test_each_trouble_gets_one_line_that_says_what_to_do(said: str, advice: str) -> None:
    line = str(install._explained(said, "installing"))
    assert advice in line
    assert "\n" not in line


def test_the_installer_runs_alone_under_an_isolated_python() -> None:
    """It is started before .venv exists: nothing but the standard library may be imported."""
    code = f"import runpy; runpy.run_path({install.__file__!r}, run_name='imported')"
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr


def test_the_makefile_uses_nothing_that_old_make_or_another_sh_lacks() -> None:
    text = Path(install.CHECKOUT / "Makefile").read_text()
    for newer in ("$(file ", ".ONESHELL", "!=", "::=", "SHELL", "[[", "sed -i", "readlink -f"):
        assert newer not in text
